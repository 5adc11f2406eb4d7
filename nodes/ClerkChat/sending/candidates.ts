import { addressOf } from '../../api/matching';
import { contentLog, runLog } from './ledgerEntry';
import type { Claim, LedgerEntry, Slot } from './ledgerEntry';
import { ledger } from './ledger';

/** Reads a log of the ledger, each entry once, so that nothing is looked at again for each of thousands of items. */
export class LogReader {
	/** What it has read so far; whoever takes an entry deletes it here. */
	readonly entries = new Set<LedgerEntry>();

	private seen = 0;

	constructor(
		private readonly log: string,
		private readonly wants: (entry: LedgerEntry) => boolean = () => true,
	) {}

	read(): Set<LedgerEntry> {
		for (const entry of this.news()) this.entries.add(entry);
		return this.entries;
	}

	/** What was added since it last looked. */
	news(): LedgerEntry[] {
		const added = ledger.since(this.log, this.seen);
		this.seen = ledger.now;
		return added.filter(this.wants);
	}
}

/**
 * The entries that belong to no claim of this run yet: from earlier tries, from other retries of the execution, and from
 * other runs of the node. Each is given to one claim, since equal items are several messages.
 */
export class Candidates {
	private readonly log: LogReader;

	private readonly bySlot = new Map<string, Set<LedgerEntry>>();

	private readonly byContent = new Map<string, Set<LedgerEntry>>();

	private readonly slotsOfItems = new Map<number, Set<string>>();

	private readonly otherRuns = new Map<string, LogReader>();

	/**
	 * @param run the run of the node that looks
	 * @param isTaken whether an entry belongs to a claim of this run
	 */
	constructor(
		private readonly run: Pick<Slot, 'root' | 'node' | 'run'>,
		private readonly isTaken: (entry: LedgerEntry) => boolean,
	) {
		this.log = new LogReader(runLog(run));
	}

	/** The ways to find what belongs to a claim, the surest first. */
	ways(): Array<(claim: Claim) => LedgerEntry | undefined> {
		this.look();
		const { bySlot, byContent } = this;
		const first = (
			entries: Iterable<LedgerEntry> = [],
			fits: (entry: LedgerEntry) => boolean = () => true,
		) => {
			for (const entry of entries) if (ledger.has(entry) && fits(entry)) return entry;
			return undefined;
		};
		return [
			(claim) => first(bySlot.get(slotOf(claim)), ({ content }) => content === claim.content),
			(claim) => first(byContent.get(claim.content)),
			// A text with the time in it is another one in every try, and still the same message.
			(claim) => first(bySlot.get(slotOf(claim)), ({ fields }) => fields === claim.fields),
			(claim) => first(this.unknownInOtherRuns(claim), ({ state }) => state === 'unknown'),
		];
	}

	/** What there is of an item whose fields are not usable, so that nobody can tell what it asks for. */
	ofItem(item: number): LedgerEntry[] {
		this.look();
		const slots = [...(this.slotsOfItems.get(item) ?? [])];
		return slots.flatMap((slot) => [...(this.bySlot.get(slot) ?? [])].filter((e) => ledger.has(e)));
	}

	/** An entry belongs to a claim now. */
	take(entry: LedgerEntry): void {
		this.bySlot.get(slotOf(entry))?.delete(entry);
		this.byContent.get(entry.content)?.delete(entry);
		this.otherRuns.get(entry.content)?.entries.delete(entry);
	}

	private look(): void {
		for (const entry of this.log.news()) {
			if (this.isTaken(entry)) continue;
			const slot = slotOf(entry);
			put(this.bySlot, slot, entry);
			put(this.byContent, entry.content, entry);
			put(this.slotsOfItems, entry.item, slot);
		}
	}

	/** The same content, in a loop that leads back into the node. */
	private unknownInOtherRuns({ content }: Claim): Set<LedgerEntry> {
		const { root, run } = this.run;
		let reader = this.otherRuns.get(content);
		if (!reader) {
			const log = contentLog({ node: this.run.node, content });
			reader = new LogReader(log, (entry) => entry.root === root && entry.run !== run);
			this.otherRuns.set(content, reader);
		}
		return reader.read();
	}
}

function slotOf({ item, recipient }: Pick<Slot, 'item' | 'recipient'>): string {
	return `${item}:${addressOf(recipient)}`;
}

function put<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
	const values = map.get(key);
	if (values) values.add(value);
	else map.set(key, new Set([value]));
}
