import { NodeOperationError } from 'n8n-workflow';
import type { IDataObject, INodeExecutionData, NodeApiError } from 'n8n-workflow';
import { apiError, fieldError, hideSecrets, wordsFor } from '../shared/errors';
import type { Fault, Words } from '../shared/errors';
import type { ApiRequest, ItemFields, Write } from '../shared/operation';
import type { Host } from './host';
import { limits } from './limits';
import { Memory } from './memory';
import { outcomeOfAnswer, outcomeOfException } from './outcome';
import type { Outcome } from './outcome';
import { jittered, Pause } from './pause';
import { readSettings } from './settings';
import type { Settings } from './settings';
import { inTurns } from './turns';

/**
 * Sends what the input items ask for, each of them once, and gives one item out for each that went in.
 * What it promises is in docs/sending.md.
 * @returns one item per input item, in their order and linked to them; a failed one carries `error` and `details`
 * @throws NodeApiError or NodeOperationError for the first failed item when On Error is Stop: nothing further is
 * started then, and what is on its way is awaited
 */
export async function sendItems(host: Host, write: Write): Promise<INodeExecutionData[]> {
	return await new Run(host, write).execute();
}

type ItemError = NodeApiError | NodeOperationError;

/** One request and the item (from 0) it belongs to. */
interface Job {
	item: number;
	request: ApiRequest;
	/** Its name in the memory. */
	key: string;
	lane?: string;
}

/** What became of an item. `unknown` and `refused` are item errors. */
type Ending =
	| { kind: 'sent'; result: IDataObject }
	| { kind: 'refused' | 'unknown' | 'notTried'; error: ItemError };

class Run {
	private readonly settings: Settings;

	private readonly memory: Memory;

	private readonly pause: Pause;

	private readonly endings = new Map<number, Ending>();

	/** Why nothing further is started, once there is a reason. */
	private end?: { item: number; error: ItemError; words: Words; fault: Fault };

	private started = 0;

	private baseURL = '';

	private secrets: string[] = [];

	constructor(
		private readonly host: Host,
		private readonly write: Write,
	) {
		this.settings = readSettings(host);
		this.memory = new Memory(host.context, host.run);
		this.pause = new Pause(host.cancelSignal);
	}

	async execute(): Promise<INodeExecutionData[]> {
		this.throwIfCancelled();
		const jobs = this.prepare();
		await this.readCredential();
		const fresh = jobs.filter((job) => !this.replay(job));
		await inTurns(fresh, this.settings.maxConcurrency, async (job) => await this.perform(job));
		this.throwIfCancelled();
		if (this.end && !this.host.continueOnFail) throw this.stopError(this.end);
		if ([...this.endings.values()].every(({ kind }) => kind === 'sent')) this.memory.forgetRun();
		return Array.from({ length: this.host.itemCount }, (_, item) => this.toItem(item));
	}

	/**
	 * Reads the fields of all items before the first request goes out: with On Error = Stop, bad input in the last item
	 * is found while nothing has been sent yet.
	 */
	private prepare(): Job[] {
		const jobs: Job[] = [];
		let bad: { item: number; error: ItemError } | undefined;
		for (let item = 0; item < this.host.itemCount && !bad; item++) {
			try {
				const request = this.write.request(this.fieldsOf(item));
				const key = this.memory.keyOf(item, request);
				jobs.push({ item, request, key, lane: this.write.orderBy?.(request) });
			} catch (exception) {
				const error = new NodeOperationError(this.host.node, exception as Error, {
					itemIndex: item,
				});
				this.endings.set(item, { kind: 'refused', error });
				if (!this.host.continueOnFail) bad = { item, error };
			}
		}
		if (!bad) return jobs;
		addTo(bad.error, this.position(bad.item), 'Nothing was sent.');
		throw bad.error;
	}

	private fieldsOf(item: number): ItemFields {
		const { host } = this;
		return {
			get: (name) => host.getParameter(name, item),
			collection: (name) => host.getParameter(name, item, {}) as IDataObject,
			refuse: (message, description) => fieldError(host.node, { message, description }, item),
		};
	}

	private async readCredential(): Promise<void> {
		const { apiKey, baseUrl } = await this.host.getCredentials();
		this.secrets = [String(apiKey ?? '').trim()];
		this.baseURL = String(baseUrl ?? '')
			.trim()
			.replace(/\/+$/, '');
	}

	/** Takes from the memory what an earlier try sent, or may have sent. False when the job is to be sent now. */
	private replay({ item, key }: Job): boolean {
		const remembered = this.memory.get(key);
		if (!remembered) return false;
		if (remembered.outcome === 'sent') {
			this.endings.set(item, { kind: 'sent', result: remembered.result });
			return true;
		}
		if (this.settings.resendUnknown) return false;
		const words = remembered.words ?? {
			message: `n8n was stopped while this ${this.write.wording.thing} was on its way`,
			description: this.adviceWhenUnknown(),
		};
		this.fail(item, 'unknown', words, { status: remembered.status });
		return true;
	}

	private async perform(job: Job): Promise<void> {
		const outcome = await this.send(job);
		if (!outcome) return this.skip(job.item);
		const { item, key } = job;
		if (outcome.kind === 'sent') {
			this.memory.set(key, { outcome: 'sent', result: outcome.result });
			this.endings.set(item, { kind: 'sent', result: outcome.result });
		} else if (outcome.kind === 'unknown') {
			const words = wordsFor(outcome.fault, this.secrets, this.adviceWhenUnknown());
			if (!this.write.repeatable) {
				this.memory.set(key, { outcome: 'unknown', words, status: outcome.fault.status });
			}
			this.fail(item, 'unknown', words, outcome.fault);
		} else if (outcome.kind === 'rejected') {
			this.memory.forget(key);
			if (this.settings.rejectedAsError)
				this.fail(item, 'refused', this.rejectedWords(outcome), outcome.fault);
			else this.endings.set(item, { kind: 'sent', result: outcome.result });
		} else {
			this.memory.forget(key);
			this.fail(item, 'refused', wordsFor(outcome.fault, this.secrets), outcome.fault);
		}
	}

	/** Sends one job, as often as it takes to know. Undefined when it was not started because the run has ended. */
	private async send(job: Job): Promise<Outcome | undefined> {
		for (let tries = 1; ; ) {
			await this.turn();
			if (this.end || this.host.cancelSignal?.aborted) return undefined;
			const sentAt = Date.now();
			const outcome = await this.attempt(job);
			if (outcome.kind === 'sent' || outcome.kind === 'rejected') {
				this.pause.succeeded();
				return outcome;
			}
			if (outcome.fault.status === 429) {
				if (!this.pause.afterTooMany(outcome.fault.retryAfterMs, sentAt)) return outcome;
			} else {
				const wait = this.waitBeforeRepeating(outcome, tries++);
				if (wait === undefined) return outcome;
				await this.pause.wait(wait);
			}
		}
	}

	private async turn(): Promise<void> {
		const { batch } = this.settings;
		if (batch && this.started > 0 && this.started % batch.size === 0) {
			this.pause.atLeast(batch.intervalMs);
		}
		await this.pause.over();
		this.started++;
	}

	private async attempt({ request, key }: Job): Promise<Outcome> {
		// Written down first: if n8n is stopped before the answer is here, the outcome is unknown.
		if (!this.write.repeatable) this.memory.set(key, { outcome: 'unknown' });
		let outcome: Outcome;
		try {
			const answer = await this.host.request({
				...request,
				...this.settings.transport,
				baseURL: this.baseURL,
				json: true,
				returnFullResponse: true,
				// A status that throws makes n8n repeat the request by itself after a 401.
				ignoreHttpStatusErrors: true,
				disableFollowRedirect: true,
			});
			outcome = outcomeOfAnswer(answer, request, this.write, Date.now());
		} catch (exception) {
			outcome = outcomeOfException(exception);
		}
		if (outcome.kind === 'refused') this.memory.forget(key);
		return outcome;
	}

	/** ms to wait before a request is repeated that got no answer; undefined when it is not repeated. */
	private waitBeforeRepeating(
		outcome: Extract<Outcome, { fault: Fault }>,
		tries: number,
	): number | undefined {
		const { kind, fault } = outcome;
		const mayRepeat =
			fault.connection === 'notMade'
				? tries < limits.connectionTries
				: kind === 'unknown' && this.write.repeatable && tries < limits.repeatableTries;
		return mayRepeat ? jittered(limits.firstConnectionWait * 2 ** (tries - 1)) : undefined;
	}

	private fail(item: number, kind: 'refused' | 'unknown', words: Words, fault: Fault): void {
		const error = apiError(this.host.node, words, { fault, itemIndex: item });
		this.endings.set(item, { kind, error });
		// Neither a key that is not accepted nor a service that lets nobody in gets better with the next item.
		const endsAll = fault.status === 401 || fault.status === 429;
		if (!this.host.continueOnFail || endsAll) this.end ??= { item, error, words, fault };
	}

	private skip(item: number): void {
		if (!this.end) return;
		const { words, fault } = this.end;
		const description = `Not tried, because item ${this.end.item + 1} ended like this. ${words.description}`;
		const error = apiError(
			this.host.node,
			{ message: words.message, description },
			{ fault, itemIndex: item },
		);
		this.endings.set(item, { kind: 'notTried', error });
	}

	private adviceWhenUnknown(): string {
		const { thing, done, ifUnknown } = this.write.wording;
		return `It is not known whether the ${thing} was ${done}, so n8n does not send it again. ${ifUnknown}`;
	}

	private rejectedWords({ reason }: Extract<Outcome, { kind: 'rejected' }>): Words {
		const { thing, done } = this.write.wording;
		return {
			message: `The ${thing} was not ${done}`,
			description: `Clerk Chat took it and then gave it up: "${hideSecrets(reason, this.secrets)}".`,
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
		return this.host.itemCount === 1 ? '' : `This is item ${item + 1} of ${this.host.itemCount}.`;
	}

	private toItem(item: number): INodeExecutionData {
		const ending = this.endings.get(item);
		const pairedItem = { item };
		if (ending?.kind === 'sent') return { json: ending.result, pairedItem };
		const error = ending?.error;
		return {
			// n8n recognizes an error item by having no other keys than these.
			json: {
				error: error?.message,
				details: {
					description: error?.description,
					httpCode: (error as NodeApiError | undefined)?.httpCode ?? undefined,
					outcome: ending?.kind,
				},
			},
			pairedItem,
		};
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
