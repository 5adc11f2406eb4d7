import type {
	IDataObject,
	INodeExecutionData,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';
import { apiError, errorItem, fieldError, NOT_DELIVERED, wordsOf } from '../api/errors';
import type { ErrorItemFacts } from '../api/errors';
import type { Words } from '../api/faults';
import type { Failure, Place, Unusable } from './failure';
import type { Hint, Host, Look } from './host';
import type { Write } from './write';
import { unlinkedHint } from './words/sendingHints';
import { unusableItems } from './words/invalidFields';
import { lines } from './words/lines';
import { howToGoOn, position } from './words/sendingWords';
import { summaryOf, toldBy } from './words/summary';
import type { Told } from './words/summary';

type ItemError = NodeApiError | NodeOperationError;

/** The result of an item. */
type Result = Place &
	(
		| { outcome: 'sent'; items: INodeExecutionData[] }
		| (ErrorItemFacts & { error: ItemError; words: Words })
	);

/** The item that ended the run, or that an earlier try left unfinished. */
type Culprit = Failure & { item: number; error: ItemError };

/** Collects the results of a run, and turns them into n8n items and messages. */
export class Results {
	/** Why the run starts nothing more; undefined as long as it goes on. */
	culprit?: Culprit;

	/** How many unclear results the record confirmed. */
	confirmed = 0;

	private readonly results = new Map<string, Result>();

	/** The first failure of an earlier try that is not retried. */
	private earlier?: Culprit;

	private readonly unusable: Unusable[] = [];

	constructor(
		private readonly host: Host,
		private readonly write: Write,
		/** Whether the workflow itself avoids resending ('Skip If Sent'). */
		private readonly skips: boolean,
	) {}

	has(place: Place): boolean {
		return this.results.has(keyOf(place));
	}

	/** Those without a result. */
	left<T extends Place>(places: T[]): T[] {
		return places.filter((place) => !this.has(place));
	}

	isSent(place: Place): boolean {
		return this.results.get(keyOf(place))?.outcome === 'sent';
	}

	/** @param sharedBy the items that share these results, if they can't be matched to single items */
	succeed({ item, part }: Place, results: IDataObject[], sharedBy?: number[]): void {
		const pairedItem = sharedBy ? sharedBy.map((each) => ({ item: each })) : { item };
		const items = results.map((json) => ({ json, pairedItem }));
		this.end({ item, part, outcome: 'sent', items });
		if (sharedBy && results.length > 0) {
			const summary = 'Clerk Chat answered {count} requests with more or fewer results than items';
			const look: Look = { type: 'warning', group: { key: 'unlinked', summary } };
			this.host.addHint?.(unlinkedHint(sharedBy.length, results.length), look);
		}
	}

	fail({ item, part }: Place, failure: Failure): void {
		const { outcome, words, fault, to, reference, endsRun, isEarlier, hold = {} } = failure;
		const error = fault
			? apiError(this.host.node, words, { fault, itemIndex: item })
			: fieldError(this.host.node, words, item);
		const { code, sendAfter: at } = hold;
		const sendAfter = at === undefined ? undefined : new Date(at).toISOString();
		this.end({ item, part, outcome, error, words, to, reference, code, sendAfter });
		if (endsRun) this.culprit ??= { ...failure, item, error };
		if (isEarlier) this.earlier ??= { ...failure, item, error };
	}

	/**
	 * Fails an item with invalid fields.
	 * @param earlier what an earlier try may have done for it
	 */
	failUnusable({ item, error }: Unusable, earlier?: Place & Pick<Failure, 'reference'>): void {
		const { part, reference } = earlier ?? { part: 0 };
		const outcome = earlier ? 'unknown' : 'refused';
		this.end({ item, part, outcome, error, words: wordsOf(error), reference });
		if (this.unusable.at(-1)?.item !== item) this.unusable.push({ item, error });
	}

	/**
	 * With On Error = Stop, sends nothing as long as any item has invalid fields.
	 * @param nothingDone whether earlier tries did nothing either
	 * @throws NodeOperationError listing all of these items
	 */
	throwUnusable(nothingDone: boolean): void {
		if (this.host.continueOnFail || this.unusable.length === 0) return;
		const items = this.unusable.map(({ item }) => item);
		const errors = this.unusable.map(({ error }) => error);
		const error =
			errors.length === 1
				? errors[0]
				: fieldError(this.host.node, unusableItems(items, errors, this.host.itemCount), items[0]);
		if (errors.length === 1) this.addTo(error, position(items[0], this.host.itemCount));
		const nothing = nothingDone ? `Nothing was ${this.write.wording.done}.` : '';
		error.description = this.lines(nothing, error.description ?? '');
		throw error;
	}

	/** The hint that sums up a run. For anything but messages, only if it reports something other than success. */
	summaryHint(isSend: boolean): Hint | undefined {
		const outcomes = this.all.map((result) => told(result).outcome);
		const isTold = isSend || this.confirmed > 0 || outcomes.some((each) => each !== 'sent');
		const summary = isTold ? this.summary() : undefined;
		if (summary === undefined) return undefined;
		const isAnyFailed = outcomes.some((each) => !['sent', 'skipped', 'shown'].includes(each));
		return [summary, isAnyFailed ? { type: 'warning' } : undefined];
	}

	private summary(): string | undefined {
		return summaryOf(this.write, this.all.map(told), this.confirmed, this.host.timezone);
	}

	/** @throws if On Error is Stop, the error of the item that ended the run, with a summary of all items */
	throwIfStopped(): void {
		const culprit = this.culprit ?? this.earlier;
		if (!culprit || this.host.continueOnFail) return;
		const { item, error, hold } = culprit;
		const { host, write, skips, all } = this;
		const isHeld = hold !== undefined && hold.code !== NOT_DELIVERED;
		// If the run ended only because an item was held back, an earlier try may still have sent others.
		const isAnySent = all.some((one) =>
			one.outcome === 'sent'
				? !['skipped', 'shown'].includes(told(one).outcome)
				: isHeld && one.outcome === 'unknown',
		);
		// Items that are held back themselves were not blocked by this one.
		const isAnyLeft = all.some(
			(one) => one.outcome === 'notTried' && one.code === undefined && one.error !== error,
		);
		if (all.length > 1) {
			const nothing = isHeld && !isAnySent ? `Nothing was ${write.wording.done}.` : '';
			error.description = this.lines(this.summary(), nothing, error.description ?? '');
			this.addTo(error, position(item, host.itemCount));
		}
		this.addTo(error, howToGoOn(write, host, culprit, { skips, isAnySent, isAnyLeft }));
		throw error;
	}

	/**
	 * The node's output, in the order of the input items.
	 * @param shape converts each result to the form that the node returns; previews are not converted
	 */
	items(shape?: (result: IDataObject) => IDataObject): INodeExecutionData[] {
		const inOrder = this.all.sort((a, b) => a.item - b.item || a.part - b.part);
		const shaped = (item: INodeExecutionData) => {
			const { status, skipped } = item.json;
			if (!shape || status === 'preview') return item;
			return { ...item, json: { ...shape(item.json), ...(skipped === true && { skipped }) } };
		};
		return inOrder.flatMap((result) =>
			result.outcome === 'sent' ? result.items.map(shaped) : [errorItem(result.error, result)],
		);
	}

	private get all(): Result[] {
		return [...this.results.values()];
	}

	/** Adds a line to the description of an error. */
	private addTo(error: ItemError, line: string): void {
		error.description = this.lines(error.description ?? '', line);
	}

	/** Joins lines: as plain text for an agent, and as HTML for n8n's editor. */
	private lines(...all: Array<string | undefined>): string {
		return this.host.isTool ? all.filter(Boolean).join(' ') : lines(...all);
	}

	private end(result: Result): void {
		this.results.set(keyOf(result), result);
	}
}

function told(result: Result): Told {
	if (result.outcome === 'sent') return toldBy(result.items);
	const { outcome, words, code, sendAfter } = result;
	return { outcome, words, code, sendAfter };
}

function keyOf({ item, part }: Place): string {
	return `${item}:${part}`;
}
