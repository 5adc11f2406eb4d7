import type { IDataObject, INodeExecutionData, NodeApiError } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import type { Host } from '../host';
import { apiError, errorItem, fieldError } from '../../api/errors';
import type { FailedOutcome } from '../../api/errors';
import type { Fault, Words } from '../../api/faults';
import { idOf } from '../../api/record';
import type { Write } from '../operation';
import type { Asked } from './requests';
import { failedHint, unlinkedHint } from './hints';
import { howToGoOn, position, unusableItems } from './words';

type ItemError = NodeApiError | NodeOperationError;

/** What became of an item. */
type Ending =
	| { kind: 'done'; out: INodeExecutionData[] }
	| { kind: FailedOutcome; error: ItemError; to?: string };

/** An item (from 0), or one part of it. */
type Place = Pick<Asked, 'item' | 'part'>;

/** What an item asked for, as far as its fields were usable. */
type Failing = Place & Partial<Pick<Asked, 'request'>>;

/** An item that failed. */
interface Failure {
	item: number;
	ending: Ending;
	error: ItemError;
	words: Words;
	fault: Fault;
	kind: FailedOutcome;
}

/** What became of the items of a run, in words and items for n8n. */
export class Endings {
	/** Why nothing further is started, once there is a reason. */
	culprit?: Failure;

	/** The items (from 0) whose fields are not usable, and why. */
	private readonly unusable = new Map<number, ItemError>();

	private readonly endings = new Map<string, { place: Place; ending: Ending }>();

	/** The first failure of an earlier try that is not tried again; it does not keep the others from being sent. */
	private earlierFailure?: Failure;

	constructor(
		private readonly host: Host,
		private readonly write: Write,
	) {}

	has(place: Place): boolean {
		return this.endings.has(keyOf(place));
	}

	/** What came of an item; empty when it failed, or has not ended. */
	resultsOf(place: Place): IDataObject[] {
		const ending = this.endings.get(keyOf(place))?.ending;
		return ending?.kind === 'done' ? ending.out.map(({ json }) => json) : [];
	}

	/** What came of all items of this run so far, in no particular order. */
	results(): IDataObject[] {
		return [...this.endings.values()].flatMap(({ place }) => this.resultsOf(place));
	}

	/** What tells the results of this run so far from others. */
	ids(): Set<string> {
		return new Set(this.results().map(idOf));
	}

	/** @param sharedBy the items that have these results together, when they cannot be told apart */
	succeed(place: Place, results: IDataObject[], sharedBy?: number[]): void {
		const pairedItem = sharedBy ? sharedBy.map((each) => ({ item: each })) : { item: place.item };
		this.end(place, { kind: 'done', out: results.map((json) => ({ json, pairedItem })) });
		if (sharedBy && results.length > 0) {
			this.host.addHint?.(unlinkedHint(sharedBy.length, results.length));
		}
	}

	/** Fails an item whose fields are not usable. */
	refuseFields(place: Place, kind: 'refused' | 'unknown', error: NodeOperationError): void {
		this.end(place, { kind, error });
		if (!this.unusable.has(place.item)) this.unusable.set(place.item, error);
	}

	/** Fails an item because of what just happened. */
	fail(failing: Failing, kind: FailedOutcome, words: Words, fault: Fault, endsRun: boolean): void {
		const failure = this.failed(failing, kind, words, fault);
		if (endsRun) this.culprit ??= failure;
	}

	/** Fails an item because of what an earlier try left open. */
	failEarlier(failing: Failing, words: Words, fault: Fault): void {
		const failure = this.failed(failing, 'unknown', words, fault);
		this.earlierFailure ??= failure;
	}

	/** @param fault why nothing further is started; left out when it is none of Clerk Chat's answers */
	endUntried(failing: Failing, kind: FailedOutcome, words: Words, fault?: Fault): void {
		const { item } = failing;
		const error = fault
			? apiError(this.host.node, words, { fault, itemIndex: item })
			: fieldError(this.host.node, words, item);
		this.end(failing, { kind, error, to: this.toOf(failing) });
	}

	/**
	 * With On Error = Stop, nothing goes out while the fields of an item are not usable.
	 * @param nothingDone whether that is so in earlier tries, too
	 * @throws NodeOperationError that names all of these items
	 */
	throwUnusable(nothingDone: boolean): void {
		if (this.host.continueOnFail || this.unusable.size === 0) return;
		const items = [...this.unusable.keys()];
		const errors = [...this.unusable.values()];
		const [item] = items;
		const error =
			errors.length === 1
				? errors[0]
				: fieldError(this.host.node, unusableItems(items, errors, this.host.itemCount), item);
		const where = errors.length === 1 ? position(item, this.host.itemCount) : '';
		addTo(error, where, nothingDone ? `Nothing was ${this.write.wording.done}.` : '');
		throw error;
	}

	/** @throws the error of the item that ended the run, with the whole picture added, when On Error is Stop */
	throwIfStopped(): void {
		const failure = this.culprit ?? this.earlierFailure;
		if (!failure || this.host.continueOnFail) return;
		const { item, error } = failure;
		if (this.endings.size > 1) {
			const others = [...this.endings.values()].filter(({ ending }) => ending !== failure.ending);
			const count = (kind: Ending['kind']) =>
				others.filter(({ ending }) => ending.kind === kind).length;
			const counts: Array<[number, string]> = [
				[count('done'), this.write.wording.done],
				[count('refused'), 'refused too'],
				[count('unknown'), 'with an unknown outcome too'],
				[count('notTried'), 'not tried'],
			];
			const told = counts.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`);
			addTo(error, position(item, this.host.itemCount), `Of the others: ${told.join(', ')}.`);
			if (count('done') > 0) addTo(error, howToGoOn(this.write, failure.kind, failure.fault));
		}
		throw error;
	}

	/**
	 * What comes out of the node, in the order of the input items; a hint beside it says what failed.
	 * @param shape what a result becomes as it comes out; previews stay as they are
	 */
	items(shape?: (result: IDataObject) => IDataObject): INodeExecutionData[] {
		const endings = [...this.endings.values()].sort(
			({ place: a }, { place: b }) => a.item - b.item || (a.part ?? 0) - (b.part ?? 0),
		);
		const failed = endings.flatMap(({ place: { item }, ending }) =>
			ending.kind === 'done' ? [] : [{ item, kind: ending.kind, to: ending.to }],
		);
		for (const hint of failedHint(this.write, failed, endings.length)) this.host.addHint?.(hint);
		return endings.flatMap(({ place: { item }, ending }) =>
			ending.kind === 'done'
				? ending.out.map((each) => shaped(each, shape))
				: [errorItem(ending.error, ending.kind, item, ending.to)],
		);
	}

	private end(place: Place, ending: Ending): Ending {
		this.endings.set(keyOf(place), { place, ending });
		return ending;
	}

	private failed(failing: Failing, kind: FailedOutcome, words: Words, fault: Fault): Failure {
		const { item } = failing;
		const error = apiError(this.host.node, words, { fault, itemIndex: item });
		const ending = this.end(failing, { kind, error, to: this.toOf(failing) });
		return { item, ending, error, words, fault, kind };
	}

	private toOf({ request }: Failing): string | undefined {
		return request && this.write.to?.(request);
	}
}

function shaped(
	item: INodeExecutionData,
	shape?: (result: IDataObject) => IDataObject,
): INodeExecutionData {
	return shape && item.json.status !== 'preview' ? { ...item, json: shape(item.json) } : item;
}

function keyOf({ item, part = 0 }: Place): string {
	return `${item}:${part}`;
}

/** Adds sentences to the description of an error. */
function addTo(error: ItemError, ...sentences: string[]): void {
	error.description = [error.description, ...sentences].filter(Boolean).join(' ');
}
