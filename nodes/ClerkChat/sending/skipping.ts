import { lookUp } from '../../api/faults';
import { entriesOf, recordKey } from '../../api/matching';
import type { Sought } from '../../api/matching';
import { idOf, readRecordSince } from '../../api/record';
import type { Entry } from '../../api/record';
import type { Requester } from '../../api/requester';
import type { Host } from '../host';
import type { Write } from '../operation';
import { answerOf } from './answer';
import type { Endings } from './endings';
import type { Judge } from './judge';
import type { Memory } from './memory';
import { arrivalOf } from './onTheirWay';
import type { Asked } from './requests';
import type { SendSettings } from './settings';
import { skippedHint } from './hints';
import { claim } from './settling';
import { recordClosed, someHaveIt } from './words';

/** What leaving out needs of a run. */
interface Skipping {
	requester: Requester;
	host: Host;
	write: Write;
	memory: Memory;
	endings: Endings;
	judge: Judge;
}

/** By what is wanted: settled when the last execution of this process that wants it has ended. */
const inLine = new Map<string, Promise<unknown>>();

/** What runs with this option sent lately in this process: the record may not list it yet. */
const lately: Array<{ baseURL: string; entry: Entry }> = [];
const MOST_LATELY = 5_000;

/**
 * Leaves out what was sent in the last hours to the same people from the same number with the same text: such an item
 * comes out as what is on record, and the others are sent. If the record cannot be read, nothing is sent. Executions of
 * this process that want the same message go one after the other. Without the option, all are sent.
 */
export async function leaveOutSent(
	fresh: Asked[],
	{ skipSentWithinHours: hours }: SendSettings,
	run: Skipping,
	send: (wanted: Asked[]) => Promise<void>,
): Promise<void> {
	if (hours === undefined || fresh.length === 0) return await send(fresh);
	const { baseURL } = run.requester;
	const messages = fresh.map((each) => together([each], run.write));
	const keys = messages.flatMap((message) =>
		message.recipients.map((to) => recordKey(baseURL, message, to)),
	);
	const cancelled = cancellationOf(run.host);
	const leave = await takeTurn(keys, cancelled);
	let wanted: Asked[] = [];
	try {
		await Promise.race([arrivalOf(run.requester, messages), cancelled]);
		wanted = await notSentYet(fresh, hours, run);
		await send(wanted);
	} finally {
		// Also when the execution was cancelled in the middle.
		for (const each of wanted) {
			// An answer may say less than the record.
			const timestamp = new Date(run.requester.apiTime(Date.now())).toISOString();
			const asked = { ...together([each], run.write), timestamp };
			for (const result of run.endings.resultsOf(each)) {
				lately.push({ baseURL, entry: { ...asked, ...result } });
			}
		}
		lately.splice(0, lately.length - MOST_LATELY);
		leave();
	}
}

async function notSentYet(
	fresh: Asked[],
	hours: number,
	{ requester, host, write, memory, endings, judge }: Skipping,
): Promise<Asked[]> {
	const since = Date.now() - hours * 3_600_000;
	const reading = await readRecordSince(requester, since);
	if (!reading) return [];
	if (reading.kind !== 'read' || !reading.isWhole) {
		const fault = reading.kind === 'failed' ? reading.fault : {};
		const reason = reading.kind === 'failed' ? lookUp(fault).message : undefined;
		judge.endBefore(fresh, recordClosed(reason), fault);
		return [];
	}
	const after = requester.apiTime(since);
	const ours = lately.filter(({ baseURL }) => baseURL === requester.baseURL);
	const all = [...ours.map(({ entry }) => entry), ...reading.entries];
	const entries = new Map(all.map((entry) => [idOf(entry), entry]));
	const sent = [...entries.values()].filter(
		(entry) => write.rejection?.(entry)?.outcome !== 'refused',
	);
	// The parts of an item are one message here: an earlier run may have sent it so.
	const units = byItem(fresh);
	const sought = units.map((unit) => ({ ...together(unit, write), after }));
	const found = findSent(sought, sent, endings.ids());
	let skipped = 0;
	const skip = (asked: Asked, results: Entry[]) => {
		const { secrets } = requester;
		const telling = { asked: [asked], secrets, timezone: host.timezone };
		const answer = answerOf({ kind: 'done', result: results, status: 200 }, write, telling);
		if (answer.came === 'unknown') return judge.doubt(asked, answer);
		skipped++;
		memory.note(asked.fingerprint, { outcome: 'done', results });
		claim(requester, results);
		endings.succeed(asked, results);
	};
	const wanted = units.flatMap((parts, index) => {
		const entries = found[index];
		if (parts.length > 1) {
			return parts.filter((part, position) => {
				const entry = entries[position];
				if (entry) skip(part, [entry]);
				return !entry;
			});
		}
		const [asked] = parts;
		const have = sought[index].recipients.filter((_, position) => entries[position]);
		if (have.length === 0) return parts;
		if (have.length === entries.length)
			skip(asked, [...new Set(entries.filter((entry) => entry !== undefined))]);
		else judge.refuse(asked, someHaveIt(have));
		return [];
	});
	if (skipped > 0) host.addHint?.(skippedHint(write, skipped, fresh.length, hours));
	return wanted;
}

/**
 * Finds messages on the record: as one to all of their people, or as one to each alone.
 * @param taken the ids of entries that are other messages
 * @returns for each message the entry of each of its recipients, undefined when there is none
 */
function findSent(
	sought: Sought[],
	entries: Entry[],
	taken: Set<string>,
): Array<Array<Entry | undefined>> {
	const isTaken = (entry: Entry) => taken.has(idOf(entry));
	// Whoever was in one message to several people has it, whether they are together now, apart, or items of their own.
	const given = new Map<string, Set<string>>();
	const find = (messages: Sought[]) =>
		entriesOf(messages, entries, isTaken, given).map((match) =>
			match?.answer === 'same' ? match.entry : undefined,
		);
	const toAll = find(sought);
	const left = sought.filter((_, index) => !toAll[index]);
	const toEach = find(left.flatMap(toEachOf));
	return sought.map(({ recipients }, index) => {
		const entry = toAll[index];
		return entry ? recipients.map(() => entry) : toEach.splice(0, recipients.length);
	});
}

function byItem(asked: Asked[]): Asked[][] {
	const items = new Map<number, Asked[]>();
	for (const each of asked) {
		const parts = items.get(each.item);
		if (parts) parts.push(each);
		else items.set(each.item, [each]);
	}
	return [...items.values()];
}

function toEachOf<T extends Pick<Sought, 'recipients'>>(message: T): T[] {
	return message.recipients.map((to) => ({ ...message, recipients: [to] }));
}

/** What a message that this option is offered for is found by; of the parts of an item, as one. */
function together(parts: Asked[], { onRecord }: Write): Omit<Sought, 'after' | 'before'> {
	const messages = parts.map(({ request }) => onRecord?.(request));
	const recipients = messages.flatMap((message) => message?.recipients ?? []);
	return { ...(messages[0] ?? { sender: '', body: '' }), recipients };
}

async function cancellationOf({ cancelSignal }: Host): Promise<void> {
	await new Promise<void>((resolve) => {
		if (cancelSignal?.aborted) resolve();
		cancelSignal?.addEventListener('abort', () => resolve(), { once: true });
	});
}

/**
 * Waits until nobody before wants any of these.
 * @returns lets the next one go
 */
async function takeTurn(keys: string[], cancelled: Promise<void>): Promise<() => void> {
	const before = Promise.all(new Set(keys.map((key) => inLine.get(key)))).then(() => {});
	let end = () => {};
	const ended = new Promise<void>((resolve) => (end = resolve));
	// One that is cancelled while it waits does not let others past those it waited for.
	const mine = Promise.all([before, ended]).then(() => {});
	for (const key of keys) inLine.set(key, mine);
	await Promise.race([before, cancelled]);
	void mine.then(() => {
		for (const key of keys) if (inLine.get(key) === mine) inLine.delete(key);
	});
	return end;
}
