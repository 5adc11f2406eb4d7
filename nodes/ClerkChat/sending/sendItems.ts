import { NodeOperationError, sleep } from 'n8n-workflow';
import type { IDataObject, INodeExecutionData, NodeApiError } from 'n8n-workflow';
import type { Host } from '../requests/host';
import { fieldsOf } from '../requests/host';
import type { Outcome } from '../requests/outcome';
import { Requester } from '../requests/requester';
import { readSettings } from '../requests/settings';
import type { Settings } from '../requests/settings';
import { inTurns } from '../requests/turns';
import { apiError, endsAll, errorItem, hideSecrets, wordsFor } from '../shared/errors';
import type { Fault, Words } from '../shared/errors';
import type { ApiRequest, Write } from '../shared/operation';
import { Memory } from './memory';

/**
 * Sends what the input items ask for, each of them once, and gives out what came of it.
 * What it promises is in docs/sending.md.
 * @returns the results in the order of the input items and linked to them; a failed item carries `error`
 * @throws NodeApiError or NodeOperationError for the first failed item when On Error is Stop: nothing further is
 * started then, and what is on its way is awaited
 */
export async function sendItems(host: Host, write: Write): Promise<INodeExecutionData[]> {
	const settings = readSettings(host, host.getParameter('options', 0, {}) as IDataObject);
	return await new Run(host, write, settings).execute();
}

/** How many items are read before others in n8n's process get a turn. */
const ITEMS_AT_A_STRETCH = 50;

type ItemError = NodeApiError | NodeOperationError;

/** One request and the items (from 0) it belongs to. */
interface Job {
	items: number[];
	request: ApiRequest;
	/** Its name in the memory. */
	key: string;
	lane?: string;
}

/** What became of an item. All but `sent` are item errors. */
type Ending =
	| { kind: 'sent'; out: INodeExecutionData[] }
	| { kind: 'refused' | 'unknown' | 'notTried'; error: ItemError };

interface Failure {
	item: number;
	error: ItemError;
	words: Words;
	fault: Fault;
}

class Run {
	private readonly memory: Memory;

	private readonly endings = new Map<number, Ending>();

	/** Why nothing further is started, once there is a reason. */
	private end?: Failure;

	/** The first failure of an earlier try that is not tried again; it does not keep the others from being sent. */
	private remembered?: Failure;

	constructor(
		private readonly host: Host,
		private readonly write: Write,
		private readonly settings: Settings,
	) {
		this.memory = new Memory(host.context, host.run);
	}

	async execute(): Promise<INodeExecutionData[]> {
		this.throwIfCancelled();
		const jobs = await this.prepare();
		this.throwIfCancelled();
		const requester = await Requester.create(this.host, this.settings);
		const fresh = jobs.filter((job) => !this.replay(job));
		await inTurns(fresh, this.settings.maxConcurrency, async (job) => {
			await this.send(job, requester);
		});
		this.throwIfCancelled();
		const failure = this.end ?? this.remembered;
		if (failure && !this.host.continueOnFail) throw this.stopError(failure);
		const endings = [...this.endings].sort(([a], [b]) => a - b);
		const out = endings.flatMap(([item, ending]) =>
			ending.kind === 'sent' ? ending.out : [errorItem(ending.error, ending.kind, item)],
		);
		const allWentWell = endings.every(([, { kind }]) => kind === 'sent');
		if (allWentWell) {
			const keys = jobs.map(({ key }) => key);
			this.memory.forgetAll(keys, this.mayRunAgain(out));
		}
		return out;
	}

	/**
	 * With Retry On Fail, n8n runs a node again whose first item has a field `error`; n8n 1.x even when that is null, as
	 * it is in every message that was sent.
	 */
	private mayRunAgain([first]: INodeExecutionData[]): boolean {
		return this.host.runsAgain && first?.json.error !== undefined;
	}

	/**
	 * Reads the fields of all items before the first request goes out: with On Error = Stop, bad input in the last item
	 * is found while nothing has been sent yet.
	 */
	private async prepare(): Promise<Job[]> {
		const requests: Array<{ item: number; request: ApiRequest }> = [];
		let bad: { item: number; error: ItemError } | undefined;
		for (let item = 0; item < this.host.itemCount && !bad; item++) {
			// n8n serves its editor and its webhooks in the same process.
			if (item % ITEMS_AT_A_STRETCH === ITEMS_AT_A_STRETCH - 1) await sleep(0);
			try {
				requests.push({ item, request: this.write.request(fieldsOf(this.host, item)) });
			} catch (exception) {
				const error = new NodeOperationError(this.host.node, exception as Error, {
					itemIndex: item,
				});
				this.endings.set(item, { kind: 'refused', error });
				if (!this.host.continueOnFail) bad = { item, error };
			}
		}
		if (bad) {
			addTo(bad.error, this.position(bad.item), `Nothing was ${this.write.wording.done}.`);
			throw bad.error;
		}
		return this.jobsOf(requests);
	}

	private jobsOf(requests: Array<{ item: number; request: ApiRequest }>): Job[] {
		const { together, orderBy } = this.write;
		const size = together?.size ?? 1;
		const jobs: Job[] = [];
		for (let start = 0; start < requests.length; start += size) {
			const slice = requests.slice(start, start + size);
			const request = together
				? together.merge(slice.map((part) => part.request))
				: slice[0].request;
			const items = slice.map(({ item }) => item);
			const key = this.memory.keyOf(items[0], request);
			jobs.push({ items, request, key, lane: orderBy?.(request) });
		}
		return jobs;
	}

	/** Takes from the memory what an earlier try sent, or may have sent. False when the job is to be sent now. */
	private replay(job: Job): boolean {
		const remembered = this.memory.get(job.key);
		if (!remembered) return false;
		if (remembered.outcome === 'sent') {
			this.succeed(job, remembered.results);
			return true;
		}
		if (this.settings.resendUnknown) return false;
		const words = remembered.words ?? {
			message: `This ${this.write.wording.thing} was on its way already`,
			description: `n8n was stopped before the answer came, or an AI agent asked for it twice at the same moment. ${this.adviceWhenUnknown()}`,
		};
		const failure = this.fail(job, 'unknown', words, { status: remembered.status });
		this.remembered ??= failure;
		return true;
	}

	private async send(job: Job, requester: Requester): Promise<void> {
		const repeatable = this.write.repeatable === true;
		const outcome = await requester.perform(job.request, {
			read: (body) => this.write.results(body, job.request),
			repeatable,
			wanted: () => !this.end,
			// Written down first: if n8n is stopped before the answer is here, the outcome is unknown.
			onTry: () => !repeatable && this.memory.set(job.key, { outcome: 'unknown' }),
			onRefused: () => this.memory.forget(job.key),
		});
		const secrets = [...requester.secrets, ...(this.write.secrets?.(job.request) ?? [])];
		if (outcome) this.settle(job, outcome, secrets);
		else this.skip(job);
	}

	private settle(job: Job, outcome: Outcome<IDataObject[]>, secrets: string[]): void {
		if (outcome.kind === 'done') return this.settleDone(job, outcome.result, secrets);
		const { kind, fault } = outcome;
		if (kind === 'refused') {
			return this.failNow(job, kind, wordsFor(fault, secrets), fault);
		}
		const words = this.unknownWords(wordsFor(fault, secrets, this.adviceWhenUnknown()));
		if (!this.write.repeatable) {
			this.memory.set(job.key, { outcome: 'unknown', words, status: fault.status });
		}
		this.failNow(job, 'unknown', words, fault);
	}

	private settleDone(job: Job, results: IDataObject[], secrets: string[]): void {
		const [reason] = results.flatMap((result) => this.write.rejection?.(result) ?? []);
		if (reason === undefined) {
			this.memory.set(job.key, { outcome: 'sent', results });
			return this.succeed(job, results);
		}
		// Not sent, so that a later try sends it, also when the option makes it come out as an ordinary item.
		this.memory.forget(job.key);
		if (!this.settings.rejectedAsError) return this.succeed(job, results);
		this.failNow(job, 'refused', this.rejectedWords(reason, secrets), { status: 201 });
	}

	private succeed({ items }: Job, results: IDataObject[]): void {
		if (results.length === items.length) {
			items.forEach((item, index) => {
				const out = [{ json: results[index], pairedItem: { item } }];
				this.endings.set(item, { kind: 'sent', out });
			});
			return;
		}
		// Which result belongs to which item cannot be told: each is linked to all of them.
		const pairedItem = items.map((item) => ({ item }));
		items.forEach((item, index) => {
			const out = index === 0 ? results.map((json) => ({ json, pairedItem })) : [];
			this.endings.set(item, { kind: 'sent', out });
		});
		this.host.addHint?.(
			`Clerk Chat answered ${items.length} items with ${results.length} results, so each result is linked to all of these items.`,
		);
	}

	/** Fails because of what just happened, which may keep others from being started. */
	private failNow(job: Job, kind: 'refused' | 'unknown', words: Words, fault: Fault): void {
		const failure = this.fail(job, kind, words, fault);
		if (!this.host.continueOnFail || endsAll(fault)) this.end ??= failure;
	}

	/** @returns the failure of the first of the job's items */
	private fail({ items }: Job, kind: 'refused' | 'unknown', words: Words, fault: Fault): Failure {
		const failures = items.map((item) => {
			const error = apiError(this.host.node, words, { fault, itemIndex: item });
			this.endings.set(item, { kind, error });
			return { item, error, words, fault };
		});
		return failures[0];
	}

	private skip({ items }: Job): void {
		if (!this.end) return;
		const { item: culprit, words, fault } = this.end;
		const description = `Not tried, because item ${culprit + 1} ended like this. ${words.description}`;
		for (const item of items) {
			const error = apiError(
				this.host.node,
				{ message: words.message, description },
				{ fault, itemIndex: item },
			);
			this.endings.set(item, { kind: 'notTried', error });
		}
	}

	private adviceWhenUnknown(): string {
		const { thing, done, ifUnknown } = this.write.wording;
		const notAgain = this.write.repeatable ? '' : `, so it is not ${done} again`;
		return `It is not known whether the ${thing} was ${done}${notAgain}. ${ifUnknown}`;
	}

	private unknownWords(words: Words): Words {
		const { thing, done } = this.write.wording;
		return { ...words, message: `${words.message}; the ${thing} may have been ${done}` };
	}

	private rejectedWords(reason: string, secrets: string[]): Words {
		const { thing, done } = this.write.wording;
		return {
			message: `The ${thing} was not ${done}`,
			description: `Clerk Chat took it and then gave it up: "${hideSecrets(reason, secrets)}".`,
		};
	}

	/** The error that ends the node, with the whole picture added. */
	private stopError({ item, error }: { item: number; error: ItemError }): ItemError {
		if (this.host.itemCount === 1) return error;
		const count = (kind: Ending['kind']) =>
			[...this.endings].filter(([index, ending]) => index !== item && ending.kind === kind).length;
		const counts: Array<[number, string]> = [
			[count('sent'), this.write.wording.done],
			[count('refused'), 'refused too'],
			[count('unknown'), 'with an unknown outcome too'],
			[count('notTried'), 'not tried'],
		];
		const others = counts.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`);
		addTo(error, this.position(item), `Of the others: ${others.join(', ')}.`);
		return error;
	}

	private position(item: number): string {
		// n8n itself adds "[item 1]" to the heading for the second one.
		return this.host.itemCount === 1
			? ''
			: `This is item ${item + 1} of ${this.host.itemCount} (n8n counts from 0).`;
	}

	private throwIfCancelled(): void {
		if (!this.host.cancelSignal?.aborted) return;
		throw new NodeOperationError(this.host.node, 'The execution was stopped');
	}
}

/** Adds sentences to the description of an error. */
function addTo(error: ItemError, ...sentences: string[]): void {
	error.description = [error.description, ...sentences].filter(Boolean).join(' ');
}
