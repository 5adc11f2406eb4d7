import type { IPollFunctions } from 'n8n-workflow';
import type { HandedFailure } from '../api/answering';
import { hasFailed, whyFailed } from '../api/failedTexts';
import { othersOf, personOf } from '../api/people';
import { timeOf } from '../api/record';
import { namedIn } from '../api/matching';
import { logFailure } from './failures';
import type { OpenRecord } from './openRecord';
import { handOver } from './ownN8n';
import type { Question } from './conversation';
import type { Questions } from './questions';
import { close, isClosed } from './remembered';

/** How long (ms) after a question went out to look whether it arrived. */
const WATCHED = 3_600_000;

/** Questions that went out within this time (ms) of each other are looked at together. */
const TOGETHER = 60_000;

/** How many looks a poll takes, and how many pages a look. */
const MOST_LOOKS = 10;
const MOST_PAGES = 20;

interface Watching {
	questions: Questions;
	record: OpenRecord;
	/** As for `linkIn`. */
	base: string;
	ownAddress: string;
	/** The API's clock, in ms. */
	now: number;
	/** From when on (ms) this poll has read the record. */
	from: number;
}

/** What questions were told, as their links and the people. */
const told = new Set<string>();

/** Has the workflows go on whose questions did not arrive, instead of waiting for an answer that cannot come. */
export async function tellWhatFailed(
	context: IPollFunctions,
	{ questions, record, base, ownAddress, now, from }: Watching,
): Promise<void> {
	const since = now - WATCHED;
	const watched = () => questions.onTheirWay(since).filter(({ link }) => !isClosed(link));
	const unsure = watched().filter(({ entry }) => !hasFailed(entry) && timeOf(entry) < from);
	const looks = windowsOf(unsure).slice(0, MOST_LOOKS);
	for (const { start, end } of looks) {
		const read = await record.pages({ start: start - 1000, end: end + 1000 }, { most: MOST_PAGES });
		if ('error' in read) {
			logFailure(context, read);
			break;
		}
		questions.add(read.entries, base);
	}
	const failed = new Map<string, Question[]>();
	for (const each of watched()) {
		if (!hasFailed(each.entry)) continue;
		failed.set(each.link, [...(failed.get(each.link) ?? []), each]);
	}
	for (const [link, entries] of failed) {
		const [{ entry }] = entries;
		const to = entries.flatMap(peopleIn).sort();
		const key = `${link}\n${to.join()}`;
		if (told.has(key)) continue;
		const failure: HandedFailure = {
			kind: 'notDelivered',
			id: entry.id as number | string,
			to,
			askedAt: timeOf(entry),
			reason: whyFailed(entry),
		};
		const { verdict } = await handOver(context, { link, handOver: failure, ownAddress }, () => {});
		if (verdict === 'taken' || verdict === 'closed') close(link);
		if (verdict === 'unreachable') break;
		if (verdict !== 'notYet') told.add(key);
	}
}

/** Whom a question went to, as the record writes them. */
function peopleIn({ entry }: Question): string[] {
	const others = othersOf(entry);
	return namedIn(entry)
		.map(String)
		.filter((each) => others.has(personOf(each)));
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
