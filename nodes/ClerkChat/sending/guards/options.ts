import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../../../api/bodies';
import type { ItemFields } from '../../fields/itemFields';
import { entriesOf } from '../../fields/lists';
import { addressesWithDefault, boolean, wholeNumber } from '../../fields/readers';
import type { Write } from '../../write';
import type { MaxPerPerson } from './perPerson';
import type { SendBetween } from './sendBetween';

/** The options that hold messages back; each is left out where it is not added. */
export interface GuardOptions {
	sendBetween?: SendBetween;
	skipOptedOut?: boolean;
	maxPerPerson?: MaxPerPerson;
	maxMessages?: number;
	onlyTo?: string[];
}

/** The days of the week, in the order of JavaScript's `getDay`, as the option 'Days' names them. */
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/**
 * Reads the guard options. An option whose expression returns nothing is refused: a guard must not be dropped silently.
 * @throws NodeOperationError when an option is not usable
 */
export function readGuardOptions(
	item: ItemFields,
	{ mostAsTool }: Write,
	isTool: boolean,
): GuardOptions {
	const options = item.collection('options');
	const has = (name: string) => name in options;
	const most = has('maxMessages') ? options.maxMessages : isTool ? mostAsTool : undefined;
	return {
		...(has('onlyTo') && {
			onlyTo: addressesWithDefault(item, 'Only To', options.onlyTo) as string[],
		}),
		...(has('sendBetween') && { sendBetween: sendBetweenOf(item, inner(options.sendBetween)) }),
		// As text, an empty value is refused, too.
		...(has('skipOptedOut') && {
			skipOptedOut: boolean(item, 'Skip Opted-Out', String(options.skipOptedOut) || '-') as boolean,
		}),
		...(has('maxPerPerson') && { maxPerPerson: perPersonOf(item, inner(options.maxPerPerson)) }),
		...((has('maxMessages') || most !== undefined) && {
			maxMessages: wholeNumber(item, 'Most Messages in a Run', most),
		}),
	};
}

/** The fields inside a group: n8n puts them under `values`. */
function inner(group: unknown): IDataObject {
	if (!isObject(group)) return {};
	return isObject(group.values) ? group.values : group;
}

function sendBetweenOf(item: ItemFields, group: IDataObject): SendBetween {
	// Fields that are present without a value stay, so that they are refused.
	const { from, to, days, whoseTime } = {
		from: '08:00',
		to: '21:00',
		days: DAYS,
		whoseTime: 'recipient',
		...group,
	};
	const hours = {
		from: minutesIn(item, 'From', from),
		to: minutesIn(item, 'To', to),
		days: daysIn(item, days),
	};
	if (hours.from === hours.to) {
		throw item.refuse(
			"'From' and 'To' of 'Send Only Between' are the same",
			'For the whole day, enter 00:00 and 24:00.',
		);
	}
	if (whoseTime === 'recipient' || whoseTime === 'workflow') return { hours, whoseTime };
	throw item.refuse(
		"'Whose Time' is not one of its choices",
		"Choose 'Recipient' or 'Workflow', or use an expression that returns recipient or workflow.",
	);
}

function minutesIn(item: ItemFields, label: string, value: unknown): number {
	const [, hour, minute = '0'] = /^(\d{1,2})(?::(\d\d))?$/.exec(String(value).trim()) ?? [];
	const minutes = Number(hour) * 60 + Number(minute);
	if (Number(minute) < 60 && minutes <= 24 * 60) return minutes;
	throw item.refuse(
		`'${label}' of 'Send Only Between' is not a time of day`,
		'Enter it with 24 hours, such as 08:00 or 21:00.',
	);
}

function daysIn(item: ItemFields, value: unknown): Set<number> {
	const days = entriesOf(value).map((day) => DAYS.indexOf(String(day).trim().toLowerCase()));
	if (days.length > 0 && !days.includes(-1)) return new Set(days);
	throw item.refuse(
		days.length === 0
			? "'Days' of 'Send Only Between' is empty"
			: "'Days' of 'Send Only Between' contains something that is not a day",
		'Choose at least one day, or use an expression that returns days such as monday.',
	);
}

function perPersonOf(item: ItemFields, group: IDataObject): MaxPerPerson {
	const { count, hours } = { count: 1, hours: 24, ...group };
	const given = Number(hours);
	if (!(given > 0 && given < Infinity)) {
		throw item.refuse(
			"'Hours' of 'At Most per Person' is not a number above zero",
			'Enter how many hours to count, such as 24.',
		);
	}
	return { count: wholeNumber(item, 'Messages', count), hours: given };
}
