import type {
	IDataObject,
	INodeExecutionData,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';
import { apiError, errorItem, fieldError, NOT_DELIVERED, wordsOf } from '../api/errors';
import type { ErrorItemFacts, FailedOutcome } from '../api/errors';
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

/** What became of an item. */
type Result = Place &
	(
		| { outcome: 'sent'; items: INodeExecutionData[] }
		| (ErrorItemFacts & { error: ItemError; words: Words })
	);

/** The item that ended the run, or that an earlier try left open. */
type Culprit = Failure & { item: number; error: ItemError };

/** What became of the items of a run, as items and words for n8n. */
export class Results {
	/** Why nothing further is started, once there is a reason. */
	culprit?: Culprit;

	private readonly results = new Map<string, Result>();

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
		return this.results.get(keyOf(place))?.outcome === 'sent';
	}

	/** @param sharedBy the items that have these results together, when they cannot be told apart */
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

	/** Fails an item whose fields are not usable. */
	failUnusable({ item, error }: Unusable, outcome: FailedOutcome = 'refused', part = 0): void {
		this.end({ item, part, outcome, error, words: wordsOf(error) });
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
		if (errors.length === 1) this.addTo(error, position(items[0], this.host.itemCount));
		const nothing = nothingDone ? `Nothing was ${this.write.wording.done}.` : '';
		error.description = this.lines(nothing, error.description ?? '');
		throw error;
	}

	/**
	 * The hint that says what became of the run; of what is no message, only what a green canvas would hide.
	 * @param settled how many the record settled
	 */
	summaryHint(settled: number, isSend: boolean): Hint | undefined {
		const outcomes = this.all.map((result) => told(result).outcome);
		const isTold = isSend || settled > 0 || outcomes.some((each) => each !== 'sent');
		const summary = isTold ? this.summary(settled) : undefined;
		if (summary === undefined) return undefined;
		const isAnyFailed = outcomes.some((each) => !['sent', 'skipped', 'shown'].includes(each));
		return [summary, isAnyFailed ? { type: 'warning' } : undefined];
	}

	private summary(settled: number): string | undefined {
		return summaryOf(this.write, this.all.map(told), settled, this.host.timezone);
	}

	/** @throws the error of the item that ended the run, with the whole picture added, when On Error is Stop */
	throwIfStopped(settled: number): void {
		const culprit = this.culprit ?? this.earlier;
		if (!culprit || this.host.continueOnFail) return;
		const { item, error, hold } = culprit;
		const { host, write, skips, all } = this;
		const isHeld = hold !== undefined && hold.code !== NOT_DELIVERED;
		// Beside one that is only held back, what an earlier try may have sent counts.
		const isAnySent = all.some((one) =>
			one.outcome === 'sent'
				? !['skipped', 'shown'].includes(told(one).outcome)
				: isHeld && one.outcome === 'unknown',
		);
		// What is held back as well, others do not hold up.
		const isAnyLeft = all.some(
			(one) => one.outcome === 'notTried' && one.code === undefined && one.error !== error,
		);
		if (all.length > 1) {
			const nothing = isHeld && !isAnySent ? `Nothing was ${write.wording.done}.` : '';
			error.description = this.lines(this.summary(settled), nothing, error.description ?? '');
			this.addTo(error, position(item, host.itemCount));
		}
		this.addTo(error, howToGoOn(write, host, culprit, { skips, isAnySent, isAnyLeft }));
		throw error;
	}

	/**
	 * What comes out of the node, in the order of the input items.
	 * @param shape what a result becomes as the node returns it; previews stay as they are
	 */
	items(shape?: (result: IDataObject) => IDataObject): INodeExecutionData[] {
		const inOrder = this.all.sort((a, b) => a.item - b.item || (a.part ?? 0) - (b.part ?? 0));
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

	/** An agent reads them as they are, and people as n8n shows them. */
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

function keyOf({ item, part = 0 }: Place): string {
	return `${item}:${part}`;
}
