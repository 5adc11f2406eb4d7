import { carrierMeaningOf } from '../api/carrierWords';
import { timeOf } from '../api/record';
import type { Entry } from '../api/record';
import { simplified } from '../api/simplified';
import { collect, firstOnly } from './bursts';
import { inOrder } from './cursor';
import type { Position } from './cursor';
import { passes } from './filters';
import type { Settings } from './settings';

/** Whether a text asks for no more texts, with one of the words that carriers know. */
export function isOptOut({ inbound, body }: Entry): boolean {
	return inbound === true && carrierMeaningOf(body) === 'stop';
}

/**
 * The texts that start the workflow, out of those received that answered no question. Texts waiting for their burst to
 * end are kept in the position.
 * @param now in ms by the API's clock
 */
export function startsFrom(
	position: Position,
	texts: Entry[],
	settings: Settings,
	now: number,
): Entry[] {
	const { events, filters, oldestMs = Infinity, firstOnlyMs, quietMs } = settings;
	const { messagesFrom = -Infinity, optOutsFrom = -Infinity } = position;
	const wanted = [...texts]
		.sort(inOrder)
		.filter((text) => passes(text, filters) && !(now - timeOf(text) > oldestMs));
	const isChosen = events.includes('message.received');
	let messages = isChosen ? wanted.filter((text) => !(timeOf(text) <= messagesFrom)) : [];
	// These never wait.
	const optOuts = events.includes('message.optOut')
		? wanted.filter((text) => isOptOut(text) && !(timeOf(text) <= optOutsFrom))
		: messages.filter(isOptOut);
	messages = messages.filter((text) => !optOuts.includes(text));
	const collects = quietMs !== undefined;
	if (firstOnlyMs !== undefined) {
		messages = firstOnly(position, messages, { withinMs: firstOnlyMs, collects, now });
	} else delete position.firsts;
	if (collects) messages = collect(position, messages, { quietMs, now });
	else {
		// The option was removed while texts were waiting.
		messages = [...(position.burst ?? []), ...messages];
		delete position.burst;
	}
	return [...optOuts, ...messages];
}

/** What a simplified message keeps in addition, if set: the fields this trigger adds, and why a text failed. */
const KEPT = ['openQuestion', 'followUp', 'error', 'errorCode'];

/** A message as the trigger returns it. */
export function itemOf(message: Entry, settings: Pick<Settings, 'simplify'>): Entry {
	if (!settings.simplify) return message;
	const item = simplified(message);
	for (const name of KEPT) if ((message[name] ?? null) !== null) item[name] = message[name];
	if (!Array.isArray(message.messages)) return item;
	return { ...item, messages: message.messages.map((each) => itemOf(each as Entry, settings)) };
}
