import type { Requester } from '../../api/requester';
import { comparable, oneWith, readThoseWith } from '../reading/finding';
import type { FindBy, Finding } from '../reading/finding';
import { idOf } from '../../api/record';
import { createdMeanwhile } from '../words/unclearWords';
import { ledger } from './ledger/ledger';
import { hash, recordLog } from './ledger/ledgerEntry';
import type { LedgerEntry } from './ledger/ledgerEntry';
import type { RunParts } from './decisions';
import type { Task } from './task';

/** How long a new contact may be missing from the list, in ms. Clerk Chat doesn't document how soon it is listed. */
const LISTED_LATE = 5 * 60_000;

/**
 * Decides for each task whether to update an existing contact or create a new one: from the list, and from what the
 * ledger knows of other items, runs and executions. Nothing is created twice.
 */
export class Upserts {
	private readAt = 0;

	constructor(private readonly run: RunParts) {}

	/** Reads the list once for all tasks that are not done, and ends those that can't be decided. */
	async find(all: Task[], requester: Requester): Promise<void> {
		const { host, operation, runLedger, decisions } = this.run;
		const { upsert, wording } = operation.write;
		if (!upsert) return;
		const tasks = all.filter((task) => !runLedger.isDone(task));
		if (tasks.length === 0) return;
		const by = String(host.getParameter(upsert.field, 0)) as FindBy;
		const finding: Finding = { ...upsert, by, thing: wording.thing };
		const valueOf = ({ request }: Task) => String(request.body?.[by]);
		this.readAt = Date.now();
		const found = await readThoseWith(tasks.map(valueOf), finding, requester, host);
		for (const task of tasks) {
			const value = valueOf(task);
			const key = [requester.baseURL, upsert.url, by, comparable(by, value, host)];
			task.recordKey = hash(key);
			if ('words' in found) continue;
			const answer = oneWith(value, found, finding, host);
			if (answer.answer === 'one') task.changes = idOf(answer.entry);
			if (answer.answer === 'unclear') decisions.refuse(task, answer.words);
		}
		if ('words' in found) decisions.endBefore(tasks, found.words, found.fault);
	}

	/**
	 * Updates what was created since the list was read, or shortly before.
	 * @returns what to wait for before asking again; undefined when the task has ended or may be sent
	 */
	blockerOf(task: Task): LedgerEntry | undefined {
		const { runLedger, decisions, operation } = this.run;
		if (task.recordKey === undefined || task.changes !== undefined) return undefined;
		const own = new Set(runLedger.begunFor(task));
		const others = ledger
			.since(recordLog(task.recordKey), 0)
			.filter((entry) => !own.has(entry) && runLedger.accounts.owns(entry))
			.filter(({ ended = Infinity }) => ended > this.readAt - LISTED_LATE);
		const inFlight = others.find(({ state }) => state === 'inFlight');
		if (inFlight) return inFlight;
		const created = others.flatMap(({ results = [] }) => results).at(-1);
		if (created) task.changes = idOf(created);
		else if (others.length > 0) decisions.refuse(task, createdMeanwhile(operation.write));
		return undefined;
	}
}
