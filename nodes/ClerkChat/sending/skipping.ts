import { lookUp } from '../../api/faults';
import { contentOf, entriesOf } from '../../api/matching';
import type { Sought } from '../../api/matching';
import { idOf, readRecordSince } from '../../api/record';
import type { Entry } from '../../api/record';
import type { Requester } from '../../api/requester';
import type { Host } from '../host';
import type { Write } from '../operation';
import type { Endings } from './endings';
import type { Judge } from './judge';
import type { Memory } from './memory';
import { arrivalOf } from './onTheirWay';
import type { Asked } from './requests';
import type { SendSettings } from './settings';
import { skippedHint } from './hints';
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
	const messages = fresh.map((each) => soughtOf(each, run.write));
	const keys = messages.map((message) => `${baseURL} ${contentOf(message)}`);
	const cancelled = cancellationOf(run.host);
	const leave = await takeTurn(keys, cancelled);
	let wanted: Asked[] = [];
	try {
		await Promise.race([arrivalOf(run.requester, messages), cancelled]);
		wanted = await notSentYet(fresh, hours, run);
		await send(wanted);
	} finally {
		// Also when the execution was cancelled in the middle.
		const sent = wanted.flatMap((each) => run.endings.resultsOf(each));
		for (const entry of sent) lately.push({ baseURL, entry });
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
		endings.fail(fresh[0], 'notTried', recordClosed(reason), fault, true);
		judge.endRest(fresh);
		return [];
	}
	const after = requester.apiTime(since);
	const ours = lately.filter(({ baseURL }) => baseURL === requester.baseURL);
	const all = [...ours.map(({ entry }) => entry), ...reading.entries];
	const entries = new Map(all.map((entry) => [idOf(entry), entry]));
	const sent = [...entries.values()].filter(
		(entry) => write.rejection?.(entry)?.outcome !== 'refused',
	);
	const sought = fresh.map((each) => ({ ...soughtOf(each, write), after }));
	const found = findSent(sought, sent, endings.ids());
	let skipped = 0;
	const wanted = fresh.filter((each, index) => {
		const { results, have } = found[index];
		if (results.length === 0) return true;
		if (have.length < sought[index].recipients.length) {
			endings.fail(each, 'refused', someHaveIt(write, have), {}, !host.continueOnFail);
			return false;
		}
		skipped++;
		memory.note(each.fingerprint, { outcome: 'done', results });
		endings.succeed(each, results);
		return false;
	});
	if (skipped > 0) host.addHint?.(skippedHint(write, skipped, fresh.length, hours));
	return wanted;
}

/**
 * Finds messages on the record: as one to all of their people, or as one to each alone, as an earlier run may have sent it.
 * @param taken the ids of entries that are other messages
 * @returns for each message its entries, and which of its recipients they went to
 */
function findSent(
	sought: Sought[],
	entries: Entry[],
	taken: Set<string>,
): Array<{ results: Entry[]; have: string[] }> {
	const together = entriesOf(sought, entries, (entry) => taken.has(idOf(entry)));
	const used = new Set([...taken, ...together.flatMap((entry) => (entry ? [idOf(entry)] : []))]);
	const alone = sought.map((message, index) =>
		together[index] || message.recipients.length === 1
			? []
			: message.recipients.map((to) => ({ ...message, recipients: [to] })),
	);
	const foundAlone = entriesOf(alone.flat(), entries, (entry) => used.has(idOf(entry)));
	let position = 0;
	return sought.map(({ recipients }, index) => {
		const entry = together[index];
		if (entry) return { results: [entry], have: recipients };
		const apart = foundAlone.slice(position, (position += alone[index].length));
		return {
			results: apart.filter((each) => each !== undefined),
			have: recipients.filter((_, which) => apart[which]),
		};
	});
}

/** What a message that this option is offered for is found by. */
function soughtOf({ request }: Asked, { onRecord }: Write): Omit<Sought, 'after' | 'before'> {
	return onRecord?.(request) ?? { sender: '', recipients: [], body: '' };
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
	const before = Promise.all(new Set(keys.map((key) => inLine.get(key))));
	let end = () => {};
	const ended = new Promise<void>((resolve) => (end = resolve));
	// One that is cancelled while it waits does not let others past those it waited for.
	const mine = Promise.all([before, ended]);
	for (const key of keys) inLine.set(key, mine);
	await Promise.race([before, cancelled]);
	void mine.then(() => {
		for (const key of keys) if (inLine.get(key) === mine) inLine.delete(key);
	});
	return end;
}
