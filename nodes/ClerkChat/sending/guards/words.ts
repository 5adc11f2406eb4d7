// n8n-workflow depends on luxon, and n8n provides it to nodes.
import { DateTime } from 'luxon';

import { asText } from '../../../api/bodies';
import type { Fault, Words } from '../../../api/faults';
import { meaningOf } from '../../../api/statuses';
import type { Entry, Reading } from '../../../api/record';
import type { Unreadable } from './guard';
import { capitalized } from '../../words/lines';
import { asClock } from './hours';
import type { Hours } from './hours';

/* What people read about messages that are held back: what happened, then what to do. */

/** How many numbers of a list to name. */
const MOST_NAMED = 3;

/** When it can be sent, as the clock in a time zone shows it. `time` is in ms. */
function sendableAt(time: number, zone: string): string {
	const moment = DateTime.fromMillis(Math.ceil(time / 60_000) * 60_000).setZone(zone);
	return `It can be sent at ${moment.toFormat('HH:mm')} on ${moment.toFormat('yyyy-MM-dd')} (${zone}).`;
}

/**
 * For a message outside the hours.
 * @param there a zone where it is closed, and its local time; `next` is when it opens, in ms
 */
export function outsideHours(
	to: string,
	{ from, to: until }: Hours,
	there: { clock: string; zone: string; next: number; whoseTime: string },
): Words {
	const { clock, zone, next, whoseTime } = there;
	const where = whoseTime === 'workflow' ? "in the workflow's time zone" : `for ${to}`;
	return {
		message: `It's ${clock} ${where}, outside 'Send Only Between' (${asClock(from)} to ${asClock(until)})`,
		description: sendableAt(next, zone),
	};
}

/** For a message that could never be sent. */
export function neverOpen(to: string): Words {
	return {
		message: `'Send Only Between' leaves no hour for ${to}`,
		description:
			"The recipient's possible time zones share no open hour in the next seven days. Choose longer hours or more days, or set 'Whose Time' to 'Workflow'.",
		detail: 'no open hour',
	};
}

/** For a person whose contact is marked as opted out. */
export function optedOutByContact(to: string): Words {
	return {
		message: `${to} has opted out`,
		description:
			"The contact in Clerk Chat is marked as opted out, so 'Skip Opted-Out' held the message back.",
	};
}

/** For a person who texted STOP. @param time in ms */
export function optedOutByText(to: string, time: number, timezone: string): Words {
	const when = DateTime.fromMillis(time).setZone(timezone).toFormat('yyyy-MM-dd HH:mm');
	return {
		message: `${to} has opted out`,
		description: `They texted STOP or a similar word on ${when} (${timezone}), and haven't texted START since. So 'Skip Opted-Out' held the message back.`,
	};
}

/**
 * For a person who would get too many messages.
 * @param had how many they got
 * @param coming how many will be sent before this one
 * @param sendAfter in ms
 */
export function tooManyForPerson(
	{ to, had, coming, sendAfter }: { to: string; had: number; coming: number; sendAfter: number },
	{ count, hours }: { count: number; hours: number },
	timezone: string,
): Words {
	const time = hours === 1 ? 'hour' : `${hours} hours`;
	const messages = had === 1 ? '1 message' : `${had} messages`;
	return {
		message:
			coming === 0
				? `${to} has already received ${messages} in the last ${time}`
				: `${to} would receive ${had + coming + 1} messages within ${hours === 1 ? 'an ' : ''}${time}`,
		description: `'At Most per Person' allows ${count}. ${sendableAt(sendAfter, timezone)}`,
	};
}

/** For a run that would send too many messages. */
export function tooManyInRun(count: number, most: number): Words {
	return {
		message: `This run would send ${count} messages, but 'Most Messages in a Run' allows ${most}`,
		description: 'None were sent. Check the input items, or allow more.',
	};
}

/** For an AI agent that sends too many. @param count the number this message would have */
export function tooManyInCalls(count: number, most: number): Words {
	const messages = most === 1 ? '1 message' : `${most} messages`;
	return {
		message: `An AI agent may send ${messages} in one execution, and this would be number ${count}`,
		description:
			"It was not sent, and trying again won't help. To allow more, add the option 'Most Messages in a Run'.",
	};
}

/** For a number that is not on the list. */
export function notAllowed(others: string[], list: string[]): Words {
	const shown = list.slice(0, MOST_NAMED).join(', ');
	const more = list.length > MOST_NAMED ? ` and ${list.length - MOST_NAMED} more` : '';
	return {
		message: `'Only To' doesn't include ${others.join(', ')}`,
		description: `It allows ${shown}${more}. Add the number there to text it.`,
	};
}

/**
 * For messages that are not sent because the record couldn't be read completely. @param option the option that needs it
 */
export function recordUnreadable(option: string, reading: Reading): Unreadable {
	const fault = reading.kind === 'failed' ? reading.fault : undefined;
	const why = fault
		? meaningOf(fault).message
		: (reading.kind === 'read' && reading.reason) || 'it changed while being read';
	return {
		words: {
			message: "Not sent: Clerk Chat's message history couldn't be read",
			description: `${capitalized(why)}. '${option}' needs it. ${wayOut(fault)}`,
		},
		fault,
	};
}

/** A reading with an entry whose sender or recipients can't be determined. */
export function incomplete(reading: Extract<Reading, { kind: 'read' }>, { id }: Entry): Reading {
	const reason = `it doesn't say who message ${asText(id)} is from or to`;
	return { ...reading, isWhole: false, reason };
}

/** For messages that are not sent because contacts couldn't be read, or some may be missing. */
export function contactsUnreadable(told?: Words, fault?: Fault): Words {
	const why = told?.message ?? 'Clerk Chat may have more contacts than it returns';
	return {
		message: 'Not sent: not all contacts in Clerk Chat could be read',
		description: `${capitalized(why)}. 'Skip Opted-Out' needs to know who opted out. ${wayOut(fault)}`,
	};
}

function wayOut(fault: Fault | undefined): string {
	const isClosed = fault?.status === 401 || fault?.status === 403;
	return isClosed && fault
		? meaningOf(fault).description
		: 'Try again later, or remove the option.';
}
