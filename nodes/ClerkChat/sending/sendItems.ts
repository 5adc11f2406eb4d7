import { NodeOperationError, sleep } from 'n8n-workflow';
import type { IDataObject, INodeExecutionData, NodeApiError } from 'n8n-workflow';
import type { Host } from '../requests/host';
import { fieldsOf, throwIfCancelled } from '../requests/host';
import type { Outcome } from '../requests/outcome';
import { Requester } from '../requests/requester';
import { readSettings } from '../requests/settings';
import type { Settings } from '../requests/settings';
import { inTurns } from '../requests/turns';
import { apiError, endsAll, errorItem, fieldError, hideSecrets, wordsFor } from '../shared/errors';
import type { FailedOutcome, Fault, Words } from '../shared/errors';
import type { ApiRequest, Write } from '../shared/operation';
import { Memory } from './memory';
import type { Place, Remembered } from './memory';
import {
	adviceWhenUnknown,
	answeredWithError,
	doubtful,
	howToGoOn,
	notTried,
	onItsWay,
	position,
	afterDoubt,
	rejected,
	unexpected,
} from './words';

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
	/** Its place in the memory. */
	place: Place;
	lane?: string;
}

/** What became of an item. All but `sent` are item errors. */
type Ending =
	| { kind: 'sent'; out: INodeExecutionData[] }
	| { kind: FailedOutcome; error: ItemError };

/** What is known of a job besides its outcome. */
interface Known {
	/** Texts that must not show in what people read. */
	secrets: string[];
	/** What is remembered of an earlier try. */
	earlier?: Remembered;
}

type Done = Outcome<IDataObject[]> & { kind: 'done' };

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
	private replayedFailure?: Failure;

	constructor(
		private readonly host: Host,
		private readonly write: Write,
		private readonly settings: Settings,
	) {
		this.memory = new Memory(host);
	}

	async execute(): Promise<INodeExecutionData[]> {
		throwIfCancelled(this.host);
		const jobs = await this.prepare();
		const fresh = jobs.filter((job) => !this.replay(job));
		const requester = fresh.length > 0 ? await this.requesterFor(fresh) : undefined;
		if (requester) {
			await inTurns(fresh, this.settings.maxConcurrency, async (job) => {
				if (!this.end) await this.send(job, requester);
				if (this.end) requester.stop();
				if (this.end && !this.isSettled(job)) this.skip(job, this.end);
			});
		}
		throwIfCancelled(this.host);
		const failure = this.end ?? this.replayedFailure;
		if (failure && !this.host.continueOnFail) throw this.stopError(failure);
		const endings = [...this.endings].sort(([a], [b]) => a - b);
		const out = endings.flatMap(([item, ending]) =>
			ending.kind === 'sent' ? ending.out : [errorItem(ending.error, ending.kind, item)],
		);
		const allWentWell = endings.every(([, { kind }]) => kind === 'sent');
		if (allWentWell) {
			const places = jobs.map(({ place }) => place);
			// What was completed for this execution is of no use to others.
			const retries = this.write.completed === undefined;
			this.memory.forgetAll(places, { again: retries && this.mayRunAgain(out), retries });
		}
		return out;
	}

	/** What makes the requests; undefined when the credential cannot be read, and these jobs end because of it. */
	private async requesterFor(jobs: Job[]): Promise<Requester | undefined> {
		return await Requester.create(this.host, this.settings).catch((exception: Error) => {
			// What an earlier try sent still comes out.
			if (!this.host.continueOnFail) throw exception;
			const { message, description } = new NodeOperationError(this.host.node, exception);
			const words = { message, description: description ?? '' };
			for (const job of jobs) {
				this.leaveOut(job, words, (told, item) => fieldError(this.host.node, told, item));
			}
			return undefined;
		});
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
				// What an earlier try did stands, whatever the fields say now.
				if (this.replay({ items: [item], place: this.memory.placeOf([item]) })) continue;
				const error = new NodeOperationError(this.host.node, exception as Error, {
					itemIndex: item,
				});
				this.endings.set(item, { kind: 'refused', error });
				if (!this.host.continueOnFail) bad = { item, error };
			}
		}
		if (bad) {
			// In a later try something may have been.
			const nothing = this.memory.isEmpty ? `Nothing was ${this.write.wording.done}.` : '';
			addTo(bad.error, position(bad.item, this.host.itemCount), nothing);
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
			const place = this.memory.placeOf(items, request);
			jobs.push({ items, request, place, lane: orderBy?.(request) });
		}
		return jobs;
	}

	/** Takes from the memory what an earlier try sent, or may have sent. False when the job is to be sent now. */
	private replay(job: Pick<Job, 'items' | 'place'>): boolean {
		const remembered = this.memory.get(job.place);
		if (!remembered) return false;
		if (remembered.outcome === 'sent') {
			// Again, because it may be known only to this process, or by what it asks for.
			this.memory.set(job.place, remembered);
			this.succeed(job, remembered.results);
			return true;
		}
		if (this.settings.resendUnknown) return false;
		const words = remembered.words ?? onItsWay(this.write);
		const failure = this.fail(job, 'unknown', words, { status: remembered.status });
		this.replayedFailure ??= failure;
		return true;
	}

	private async send(job: Job, requester: Requester): Promise<void> {
		try {
			await this.perform(job, requester);
		} catch (exception) {
			// Nothing is expected to be thrown. If it is, the request may have been made.
			const detail = hideSecrets(String(exception), requester.secrets);
			this.doubt(job, unexpected(this.write, detail), {});
		}
	}

	private async perform(job: Job, requester: Requester): Promise<void> {
		const { completed, results, secrets = () => [] } = this.write;
		const repeatable = this.write.repeatable === true;
		if (this.memory.isShared && this.replay(job)) return;
		// Of an earlier try, which 'Send Again' lets be repeated.
		const earlier = this.memory.get(job.place);
		const note = () => !repeatable && this.memory.set(job.place, { outcome: 'unknown' });
		// Before anything is waited for, so that nobody else sends it meanwhile.
		if (this.memory.isShared) note();
		const outcome = await requester.perform(completed?.(job.request) ?? job.request, {
			read: (body) => results(body, job.request),
			repeatable,
			// Written down first: if n8n is stopped before the answer is here, the outcome is unknown.
			onTry: note,
			onRefused: () => this.takeBack(job, earlier),
		});
		if (!outcome) return this.takeBack(job, earlier);
		const known = { secrets: [...requester.secrets, ...secrets(job.request)], earlier };
		if (outcome.kind === 'done') return this.settleDone(job, outcome, known);
		const { kind, fault } = outcome;
		if (kind === 'refused') return this.refuse(job, wordsFor(fault, known.secrets), fault, known);
		this.doubt(job, wordsFor(fault, known.secrets, adviceWhenUnknown(this.write)), fault);
	}

	/** Strikes out the note of a request that was certainly not done; what an earlier try may have done stays. */
	private takeBack({ place }: Job, earlier: Remembered | undefined): void {
		if (earlier) this.memory.set(place, earlier);
		else this.memory.forget(place);
	}

	private settleDone(job: Job, { result: results, status }: Done, known: Known): void {
		const [rejection] = results.flatMap((result) => this.write.rejection?.(result) ?? []);
		if (!rejection) {
			this.memory.set(job.place, { outcome: 'sent', results });
			return this.succeed(job, results);
		}
		const reason = hideSecrets(rejection.reason, known.secrets);
		if (rejection.outcome === 'unknown') {
			return this.doubt(job, answeredWithError(this.write, reason), { status });
		}
		// Not sent, so that a later try sends it, also when the option makes it come out as an ordinary item.
		this.takeBack(job, known.earlier);
		if (!this.settings.rejectedAsError) return this.succeed(job, results);
		this.refuse(job, rejected(this.write, reason), { status }, known);
	}

	/** Fails a job that may have been done, and remembers that. */
	private doubt(job: Job, happened: Words, fault: Fault): void {
		const words = doubtful(this.write, happened);
		if (!this.write.repeatable) {
			this.memory.set(job.place, { outcome: 'unknown', words, status: fault.status });
		}
		this.failNow(job, 'unknown', words, fault);
	}

	/** Fails a job that was not done now. An earlier try may have done it all the same. */
	private refuse(job: Job, words: Words, fault: Fault, { earlier }: Known): void {
		if (!earlier) return this.failNow(job, 'refused', words, fault);
		this.failNow(job, 'unknown', afterDoubt(this.write, words), fault);
	}

	private succeed({ items }: Pick<Job, 'items'>, results: IDataObject[]): void {
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
	private fail(
		{ items }: Pick<Job, 'items'>,
		kind: 'refused' | 'unknown',
		words: Words,
		fault: Fault,
	): Failure {
		const failures = items.map((item) => {
			const error = apiError(this.host.node, words, { fault, itemIndex: item });
			this.endings.set(item, { kind, error });
			return { item, error, words, fault };
		});
		return failures[0];
	}

	private isSettled({ items }: Job): boolean {
		return this.endings.has(items[0]);
	}

	/** Ends a job that is not started because of another item. */
	private skip(job: Job, { item: culprit, words, fault }: Failure): void {
		this.leaveOut(job, notTried(culprit, words), (told, itemIndex) =>
			apiError(this.host.node, told, { fault, itemIndex }),
		);
	}

	/** Ends a job that is not tried now. An earlier try may have done it all the same. */
	private leaveOut(
		{ items, place }: Job,
		words: Words,
		errorOf: (words: Words, item: number) => ItemError,
	): void {
		const mayBeDone = this.memory.get(place) !== undefined;
		const kind = mayBeDone ? 'unknown' : 'notTried';
		const told = mayBeDone ? afterDoubt(this.write, words) : words;
		for (const item of items) this.endings.set(item, { kind, error: errorOf(told, item) });
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
		addTo(error, position(item, this.host.itemCount), `Of the others: ${others.join(', ')}.`);
		if (count('sent') > 0) addTo(error, howToGoOn(this.write));
		return error;
	}
}

/** Adds sentences to the description of an error. */
function addTo(error: ItemError, ...sentences: string[]): void {
	error.description = [error.description, ...sentences].filter(Boolean).join(' ');
}
