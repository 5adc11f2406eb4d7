// n8n-workflow depends on luxon, and n8n provides it to nodes.
import { DateTime } from 'luxon';
import type { ItemFields } from './itemFields';
import { quoted } from './texts';

/**
 * Converts a date field to ISO 8601 in UTC.
 * @param label the field's name as people see it
 * @param value ISO 8601 text or one of n8n's date objects; without a time zone, the workflow's applies
 * @throws NodeOperationError if it isn't a date
 */
export function dateOf(item: ItemFields, label: string, value: unknown): string {
	const text = isDate(value) ? value.toJSON() : value;
	const iso = String(text).trim().replace(' ', 'T');
	const date = DateTime.fromISO(iso, { zone: item.timezone }).toUTC();
	// Luxon reads a time without a date as today.
	if (date.isValid && /^\d{4}-?\d{2}/.test(iso)) return date.toISO();
	throw item.refuse(
		`'${label}' is not a date: ${quoted(String(text))}`,
		'Enter a date such as 2026-01-31T09:00:00.',
	);
}

/** Whether a value is a date object, such as n8n's expressions return. */
export function isDate(value: unknown): value is Date | DateTime {
	return value instanceof Date || DateTime.isDateTime(value);
}
