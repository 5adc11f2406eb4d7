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

/** How long (ms) after a question was sent to check whether it was delivered. */
const WATCHED = 3_600_000;

/** Questions sent within this time (ms) of each other are checked together. */
const TOGETHER = 60_000;

/** How many pages one check reads at most. */
const MOST_PAGES = 20;

/** How many checks a poll makes, for watched questions and for questions that someone may be answering. */
const MOST_LOOKS = 10;
const MOST_LOOKS_FOR_TEXTS = 60;

/** What checking the delivery of questions needs. */
export interface Watching {
	questions: Questions;
	record: OpenRecord;
	/** See `linkIn`. */
	base: string;
	ownAddress: string;
	/** The API's clock, in ms. */
	now: number;
	/** From when on (ms) this poll has read the record. */
	from: number;
	/** The questions whose delivery this poll has already checked. */
	lookedAt: Set<Question>;
}

/** The questions already told that they failed, as link and people. */
const told = new Set<string>();

/** Makes workflows continue whose questions were not delivered, instead of waiting for an answer that can't come. */
export async function tellWhatFailed(context: IPollFunctions, watching: Watching): Promise<void> {
	const watched = () => watching.questions.onTheirWay(watching.now - WATCHED);
	await lookAt(context, watching, { asked: watched(), most: MOST_LOOKS });
	await tell(context, watching, watched());
}

/**
 * Before texts are handed to questions: checks whether those questions were delivered, however long ago they were sent.
 * A question that nobody received takes no answer.
 * @param asked returns the questions, by what is known at the moment
 * @returns the questions whose delivery couldn't be checked
 */
export async function lookBeforeAnswers(
	context: IPollFunctions,
	watching: Watching,
	asked: () => Question[],
): Promise<Set<Question>> {
	const tried = new Set<Question>();
	// If one turns out to have failed, the text may be for the one before.
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

/** The questions whose delivery is unknown and that this poll hasn't checked. */
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

/** @returns how many checks it made; none if there is nothing to check, or the record can't be read */
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
			// One that is no longer listed won't be listed again.
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
		// If a copy that a colleague forwarded failed, the question itself may have been delivered.
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

/** The people a question was sent to, as the record writes them. */
function peopleIn({ entry }: Question): string[] {
	const others = peopleOf(entry);
	return namedIn(entry)
		.filter((each) => others.includes(personOf(each)))
		.map(addressIn);
}

/** Windows around the times when questions were sent; times close together share a window. */
function windowsOf(questions: Question[]): Array<{ start: number; end: number }> {
	const windows: Array<{ start: number; end: number }> = [];
	for (const time of questions.map(({ entry }) => timeOf(entry)).sort((a, b) => b - a)) {
		const last = windows.at(-1);
		if (last && last.start - time <= TOGETHER) last.start = time;
		else windows.push({ start: time, end: time });
	}
	return windows;
}
