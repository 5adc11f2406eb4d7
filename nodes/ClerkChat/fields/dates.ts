// n8n provides luxon to nodes, and n8n-workflow brings it here.
import { DateTime } from 'luxon';
import type { ItemFields } from './itemFields';
import { quoted } from './texts';

/**
 * A point in time from a date field, as ISO 8601 in UTC.
 * @param label the field's name as people see it
 * @param value ISO 8601 text or a date object of n8n; without a zone it is in the workflow's
 * @throws NodeOperationError when it is no date
 */
export function dateOf(item: ItemFields, label: string, value: unknown): string {
	const text = isDate(value) ? value.toJSON() : value;
	const iso = String(text).trim().replace(' ', 'T');
	const date = DateTime.fromISO(iso, { zone: item.timezone }).toUTC();
	// Luxon takes a time alone for one of today.
	if (date.isValid && /^\d{4}-?\d{2}/.test(iso)) return date.toISO();
	throw item.refuse(
		`'${label}' is not a date: ${quoted(String(text))}`,
		'Enter a date such as 2026-01-31T09:00:00.',
	);
}

/** Whether a value is a date object, such as n8n's expressions give. */
export function isDate(value: unknown): value is Date | DateTime {
	return value instanceof Date || DateTime.isDateTime(value);
}
