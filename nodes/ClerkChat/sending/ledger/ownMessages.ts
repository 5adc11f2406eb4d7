import type { IDataObject } from 'n8n-workflow';
import { personOf } from '../../../api/person';
import { idOf } from '../../../api/record';
import { ledger } from './ledger';
import { hash, isMatched } from './ledgerEntry';
import type { LedgerEntry } from './ledgerEntry';

/** What all Clerk Chat nodes of an execution share about its messages, as saved with the execution. */
export interface SavedMessages {
	/** Identifies this execution and all its retries. */
	root: string;
	/** What it sent, or skipped because it had been sent, by ID: six characters of a hash each. */
	sent?: string;
}

/**
 * The messages that are an execution's own: it sent them, or skipped them for someone because they had already been
 * sent.
 */
export class OwnMessages {
	private savedIds?: Set<string>;

	constructor(private readonly flow: SavedMessages) {}

	/**
	 * Whether a message is the execution's own, for a person or for everybody.
	 * @param recipient left out for everybody. A message found on the record may be another execution's, to more people,
	 * so it counts for each separately
	 */
	isOwn(server: string, message: IDataObject, recipient?: unknown): boolean {
		const owner = ledger.owners.of(server, message, recipient);
		// Another retry of the same execution may have sent it, or found it on record, a moment ago.
		const isOfRetry = owner !== undefined && this.isOfExecution(owner);
		const isTo = owner && personOf(owner.recipient) === personOf(recipient);
		const isForThem = isOfRetry && (!isMatched(owner) || isTo);
		return isForThem || this.isSaved(server, message, recipient);
	}

	/** Whether an entry belongs to this execution or one of its retries. */
	isOfExecution({ root }: LedgerEntry): boolean {
		return root.split(':')[0] === this.flow.root;
	}

	/** Whether the execution has saved the message as its own. */
	isSaved(server: string, message: IDataObject, recipient?: unknown): boolean {
		this.savedIds ??= new Set(this.flow.sent?.match(/.{6}/g));
		return this.savedIds.size > 0 && this.savedIds.has(shortIdOf(server, message, recipient));
	}

	/** Whether the execution has returned what an entry sent, not only another retry of it. */
	hasReturned(entry: LedgerEntry): boolean {
		return idsOf(entry).some((id) => this.isSaved(entry.server, { id }, personFor(entry)));
	}

	/** Saves a message as the execution's own. */
	remember(server: string, message: IDataObject, recipient?: string): void {
		if (this.isSaved(server, message, recipient)) return;
		const id = shortIdOf(server, message, recipient);
		this.flow.sent = (this.flow.sent ?? '') + id;
		this.savedIds?.add(id);
	}

	/** Saves which messages of an entry Clerk Chat marked as failed. */
	rememberFailed({ server, recipient }: LedgerEntry, failed: IDataObject[]): void {
		// An entry without a recipient is not a message.
		if (recipient === '') return;
		for (const message of failed) {
			ledger.owners.addFailed(server, message);
			this.remember(server, message);
		}
	}

	/** Saves what those entries that count as sent have sent. */
	rememberSent(entries: LedgerEntry[]): void {
		for (const entry of entries) {
			if (entry.state !== 'sent') continue;
			for (const id of idsOf(entry)) this.remember(entry.server, { id }, personFor(entry));
		}
	}
}

/** The IDs of an entry's messages. Anything else goes by the entry's own ID: the results of Create Many may be shared. */
function idsOf({ id, recipient, results = [] }: LedgerEntry): string[] {
	return recipient === '' ? [id] : results.map(idOf);
}

/** The only person an entry's messages count for; undefined if it sent them, so that they count for everybody. */
function personFor(entry: LedgerEntry): string | undefined {
	return isMatched(entry) ? entry.recipient : undefined;
}

function shortIdOf(server: string, message: IDataObject, recipient?: unknown): string {
	const person = recipient === undefined ? [] : [personOf(recipient)];
	return hash([server, idOf(message), ...person]).slice(0, 6);
}
