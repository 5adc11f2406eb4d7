import type { IDataObject, INodeExecutionData, NodeApiError } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import type { Host } from '../host';
import { apiError, errorItem, fieldError } from '../../api/errors';
import type { ErrorItemFacts, FailedOutcome } from '../../api/errors';
import type { Fault, Words } from '../../api/faults';
import type { Write } from '../operation';
import { referenceOf, toOf } from './task';
import type { Unusable } from './readTasks';
import type { PartialTask, Task } from './task';
import { unlinkedHint } from '../words/sendingHints';
import { howToGoOn, position, unusableItems } from '../words/sendingWords';
import { summaryOf } from '../words/summary';
import type { Told } from '../words/summary';

type ItemError = NodeApiError | NodeOperationError;

/** An item (from 0), or one part of it. */
type Place = Pick<Task, 'item' | 'part'>;

/** What became of an item. */
type Result =
	| { outcome: 'sent'; items: INodeExecutionData[] }
	| ({ outcome: FailedOutcome; error: ItemError; words?: Words } & Omit<
			ErrorItemFacts,
			'outcome' | 'item'
	  >);

/** How an item failed. */
export interface Failure {
	outcome: FailedOutcome;
	words: Words;
	/** What Clerk Chat or the network said; left out when it is none of theirs. */
	fault?: Fault;
	/** Whom it concerns, where that is not whom the item names now. */
	to?: string;
	/** Whether nothing further is started because of it. */
	endsRun?: boolean;
	/** Why it was held back or did not arrive, and the first moment (ms) at which it may go out. */
	hold?: { code?: string; sendAfter?: number };
	/** Whether it comes from an earlier try, so that it keeps no other item from being sent. */
	isEarlier?: boolean;
}

/** The item that ended the run, or that an earlier try left open. */
export interface Culprit extends Failure {
	item: number;
	error: ItemError;
	result: Result;
}

/** What became of the items of a run, as items and words for n8n. */
export class Results {
	/** Why nothing further is started, once there is a reason. */
	culprit?: Culprit;

	private readonly results = new Map<string, { place: Place; result: Result }>();

	/** The first failure of an earlier try that is not tried again. */
	private earlier?: Culprit;

	private readonly unusable: Unusable[] = [];

	constructor(
		private readonly host: Host,
		private readonly write: Write,
		/** Whether the workflow itself keeps what was sent from being sent again ('Skip If Sent'). */
		private readonly skips: boolean,
	) {}

	has(place: Place): boolean {
		return this.results.has(keyOf(place));
	}

	isSent(place: Place): boolean {
		return this.results.get(keyOf(place))?.result.outcome === 'sent';
	}

	/** @param sharedBy the items that have these results together, when they cannot be told apart */
	succeed(place: Place, results: IDataObject[], sharedBy?: number[]): void {
		const pairedItem = sharedBy ? sharedBy.map((each) => ({ item: each })) : { item: place.item };
		this.end(place, { outcome: 'sent', items: results.map((json) => ({ json, pairedItem })) });
		if (sharedBy && results.length > 0) {
			this.host.addHint?.(unlinkedHint(sharedBy.length, results.length));
		}
	}

	fail(task: PartialTask, failure: Failure): void {
		const { item } = task;
		const { outcome, words, fault, endsRun, isEarlier, to = toOf(task, this.write) } = failure;
		const error = fault
			? apiError(this.host.node, words, { fault, itemIndex: item })
			: fieldError(this.host.node, words, item);
		const reference = task.claims.length > 0 ? referenceOf(task) : undefined;
		const { code, sendAfter } = failure.hold ?? {};
		const at = sendAfter === undefined ? undefined : new Date(sendAfter).toISOString();
		const result: Result = { outcome, error, words, to, reference, code, sendAfter: at };
		this.end(task, result);
		const culprit = { ...failure, item, error, result };
		if (endsRun) this.culprit ??= culprit;
		if (isEarlier) this.earlier ??= culprit;
	}

	/** Fails an item whose fields are not usable. */
	failUnusable(
		{ item, error }: Unusable,
		outcome: 'refused' | 'unknown' = 'refused',
		part = 0,
	): void {
		this.end({ item, part }, { outcome, error });
		if (this.unusable.at(-1)?.item !== item) this.unusable.push({ item, error });
	}

	/**
	 * With On Error = Stop, nothing goes out while the fields of an item are not usable.
	 * @param nothingDone whether that is so in earlier tries, too
	 * @throws NodeOperationError that names all of these items
	 */
	throwUnusable(nothingDone: boolean): void {
		if (this.host.continueOnFail || this.unusable.length === 0) return;
		const items = this.unusable.map(({ item }) => item);
		const errors = this.unusable.map(({ error }) => error);
		const error =
			errors.length === 1
				? errors[0]
				: fieldError(this.host.node, unusableItems(items, errors, this.host.itemCount), items[0]);
		const where = errors.length === 1 ? position(items[0], this.host.itemCount) : '';
		addTo(error, where, nothingDone ? `Nothing was ${this.write.wording.done}.` : '');
		throw error;
	}

	/**
	 * What became of the run, in one sentence; it is the first thing to say, beside the output or in the error.
	 * @param settled how many the record settled
	 */
	summary(settled: number): string | undefined {
		return summaryOf(
			this.write,
			[...this.results.values()].map(({ result }) => told(result)),
			settled,
		);
	}

	/** Whether nothing failed, and nothing was skipped. */
	get isAllDone(): boolean {
		return [...this.results.values()].every(({ result }) => told(result).outcome === 'sent');
	}

	/**
	 * @param settled how many the record settled
	 * @throws the error of the item that ended the run, with the whole picture added, when On Error is Stop
	 */
	throwIfStopped(settled: number): void {
		const culprit = this.culprit ?? this.earlier;
		if (!culprit || this.host.continueOnFail) return;
		const { item, error, outcome, fault, hold } = culprit;
		if (this.results.size > 1) {
			error.description = [this.summary(settled), error.description].filter(Boolean).join(' ');
			addTo(error, position(item, this.host.itemCount));
			const isAnySent = [...this.results.values()].some(({ result }) => result.outcome === 'sent');
			// What was not delivered says itself how to go on.
			if (isAnySent && hold?.code !== 'notDelivered') {
				addTo(error, howToGoOn(this.write, outcome, fault ?? {}, this.skips));
			}
		}
		throw error;
	}

	/**
	 * What comes out of the node, in the order of the input items.
	 * @param shape what a result becomes as it comes out; previews stay as they are
	 */
	items(shape?: (result: IDataObject) => IDataObject): INodeExecutionData[] {
		const results = [...this.results.values()].sort(
			({ place: a }, { place: b }) => a.item - b.item || (a.part ?? 0) - (b.part ?? 0),
		);
		return results.flatMap(({ place: { item }, result }) =>
			result.outcome === 'sent'
				? result.items.map((each) => shaped(each, shape))
				: [errorItem(result.error, { ...result, item })],
		);
	}

	private end(place: Place, result: Result): void {
		this.results.set(keyOf(place), { place, result });
	}
}

function told(result: Result): Told {
	if (result.outcome !== 'sent') {
		const { outcome, words, error, code, sendAfter } = result;
		return { outcome, words: words ?? wordsIn(error), code, isWaiting: sendAfter !== undefined };
	}
	const are = (key: string, value: unknown) =>
		result.items.length > 0 && result.items.every(({ json }) => json[key] === value);
	return {
		outcome: are('status', 'preview') ? 'shown' : are('skipped', true) ? 'skipped' : 'sent',
	};
}

function wordsIn({ message, description }: ItemError): Words {
	return { message, description: description ?? '' };
}

function shaped(
	item: INodeExecutionData,
	shape?: (result: IDataObject) => IDataObject,
): INodeExecutionData {
	const { json } = item;
	if (!shape || json.status === 'preview') return item;
	return { ...item, json: { ...shape(json), ...(json.skipped === true && { skipped: true }) } };
}

function keyOf({ item, part = 0 }: Place): string {
	return `${item}:${part}`;
}

/** Adds sentences to the description of an error. */
function addTo(error: ItemError, ...sentences: string[]): void {
	error.description = [error.description, ...sentences].filter(Boolean).join(' ');
}
