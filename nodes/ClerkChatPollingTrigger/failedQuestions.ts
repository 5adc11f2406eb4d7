import type { IPollFunctions } from 'n8n-workflow';
import type { HandedFailure } from '../api/answering';
import { isDelivered, isFailed, objectionTo } from '../api/messageStatus';
import { idOf, timeOf } from '../api/record';
import { namedIn } from '../api/matching';
import { addressIn, peopleOf, personOf } from '../api/person';
import { logFailure } from './failures';
import type { OpenRecord } from './openRecord';
import { handOver } from './ownN8n';
import type { Question } from './conversation';
import type { Questions } from './questions';
import { close, isClosed } from './remembered';

/** How long (ms) after a question went out to look whether it arrived. */
const WATCHED = 3_600_000;

/** Questions sent within this time (ms) of each other are checked together. */
const TOGETHER = 60_000;

/** How many pages a look takes at most. */
const MOST_PAGES = 20;

/** How many looks a poll takes for the questions that are watched, and for those that somebody writes after. */
const MOST_LOOKS = 10;
const MOST_LOOKS_FOR_TEXTS = 60;

/** What looking whether questions arrived needs. */
export interface Watching {
	questions: Questions;
	record: OpenRecord;
	/** As for `linkIn`. */
	base: string;
	ownAddress: string;
	/** The API's clock, in ms. */
	now: number;
	/** From when on (ms) this poll has read the record. */
	from: number;
	/** Those of which this poll has read whether they arrived. */
	lookedAt: Set<Question>;
}

/** What questions were told, as their links and the people. */
const told = new Set<string>();

/** Has the workflows go on whose questions did not arrive, instead of waiting for an answer that cannot come. */
export async function tellWhatFailed(context: IPollFunctions, watching: Watching): Promise<void> {
	const watched = () => watching.questions.onTheirWay(watching.now - WATCHED);
	await lookAt(context, watching, { asked: watched(), most: MOST_LOOKS });
	await tell(context, watching, watched());
}

/**
 * Looks whether the questions that texts would be handed to arrived, however long ago they went out: what nobody got takes
 * no answer.
 * @param asked the questions by what is known at the moment
 * @returns those of which it could not be read
 */
export async function lookBeforeAnswers(
	context: IPollFunctions,
	watching: Watching,
	asked: () => Question[],
): Promise<Set<Question>> {
	const tried = new Set<Question>();
	// Where one turns out to have failed, the text may be for the one before.
	for (let looks = 0; ; ) {
		const newest = asked();
		const unread = unsure(watching, newest);
		const untried = unread.filter((each) => !tried.has(each));
		const most = MOST_LOOKS_FOR_TEXTS - looks;
		const taken = await lookAt(context, watching, { asked: untried, most });
		await tell(context, watching, newest);
		if (taken === 0) return new Set(unread);
		looks += taken;
		for (const each of untried) tried.add(each);
	}
}

/** Those of which it is not known whether they arrived, and this poll has not read it. */
function unsure({ from, lookedAt }: Watching, asked: Question[]): Question[] {
	return asked.filter(
		(each) =>
			each.isOwn &&
			!isClosed(each.link) &&
			!isDelivered(each.entry) &&
			!isFailed(each.entry) &&
			timeOf(each.entry) < from &&
			!lookedAt.has(each),
	);
}

/** @returns how many looks it took; none when there is nothing to look at, or the record cannot be read */
async function lookAt(
	context: IPollFunctions,
	watching: Watching,
	{ asked, most }: { asked: Question[]; most: number },
): Promise<number> {
	const { questions, record, base, lookedAt } = watching;
	const unread = unsure(watching, asked);
	const looks = windowsOf(unread).slice(0, most);
	for (const { start, end } of looks) {
		const read = await record.pages({ start: start - 1000, end: end + 1000 }, { most: MOST_PAGES });
		if ('error' in read) {
			logFailure(context, read);
			return 0;
		}
		questions.add(read.entries, base);
		const ids = new Set(read.entries.map(idOf));
		for (const each of unread) {
			const time = timeOf(each.entry);
			// One that is not there any more is not going to be.
			const isRead = read.isWhole ? time >= start && time <= end : ids.has(idOf(each.entry));
			if (isRead) lookedAt.add(each);
		}
	}
	return looks.length;
}

async function tell(
	context: IPollFunctions,
	{ questions, ownAddress }: Watching,
	asked: Question[],
): Promise<void> {
	const failed = new Map<string, Question[]>();
	for (const each of asked) {
		if (!each.isOwn || !isFailed(each.entry) || isClosed(each.link)) continue;
		failed.set(each.link, [...(failed.get(each.link) ?? []), each]);
	}
	for (const [link, entries] of failed) {
		const [{ entry }] = entries;
		// Where a copy fails that a colleague sent on, the question itself may have arrived.
		const arriving = questions.withLink(link).filter((each) => !isFailed(each.entry));
		const reached = new Set(arriving.flatMap(peopleIn).map(personOf));
		const to = entries
			.flatMap(peopleIn)
			.filter((each) => !reached.has(personOf(each)))
			.sort();
		if (to.length === 0) continue;
		const key = `${link}\n${to.join()}`;
		if (told.has(key)) continue;
		const failure: HandedFailure = {
			kind: 'notDelivered',
			id: entry.id as number | string,
			to,
			askedAt: timeOf(entry),
			reason: objectionTo(entry)?.reason ?? '',
		};
		const { verdict } = await handOver(context, { link, handOver: failure, ownAddress }, () => {});
		if (verdict === 'taken' || verdict === 'closed') close(link);
		if (verdict === 'unreachable') break;
		if (verdict !== 'notYet') told.add(key);
	}
}

/** Whom a question went to, as the record writes them. */
function peopleIn({ entry }: Question): string[] {
	const others = peopleOf(entry);
	return namedIn(entry)
		.filter((each) => others.includes(personOf(each)))
		.map(addressIn);
}

/** The times at which questions went out, those that lie close together in one window. */
function windowsOf(questions: Question[]): Array<{ start: number; end: number }> {
	const windows: Array<{ start: number; end: number }> = [];
	for (const time of questions.map(({ entry }) => timeOf(entry)).sort((a, b) => b - a)) {
		const last = windows.at(-1);
		if (last && last.start - time <= TOGETHER) last.start = time;
		else windows.push({ start: time, end: time });
	}
	return windows;
}
