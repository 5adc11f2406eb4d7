import type { IDataObject } from 'n8n-workflow';
import { personOf } from '../../../api/person';
import { idOf } from '../../../api/record';
import { ledger } from './ledger';
import { hash } from './ledgerEntry';
import type { LedgerEntry } from './ledgerEntry';

/** What all Clerk Chat nodes of an execution share of its messages, as it is saved. */
export interface SavedMessages {
	/** Tells this execution, and all that try it again, from others. */
	root: string;
	/** The IDs of what it sent, or skipped because it had been sent: six characters of a hash each. */
	sent?: string;
}

/** Which messages are an execution's own: it sent them, or skipped them for somebody because they had been sent. */
export class OwnMessages {
	private savedIds?: Set<string>;

	constructor(private readonly flow: SavedMessages) {}

	/**
	 * Whether a message is one of them.
	 * @param recipient for whom it was skipped: a message to several people counts for each of them
	 */
	isOwn(server: string, message: IDataObject, recipient?: unknown): boolean {
		const owner = ledger.owners.of(server, message);
		// Another retry of the same execution may have sent it, or found it on record, a moment ago.
		const isOfRetry = owner !== undefined && this.isOfExecution(owner);
		return isOfRetry || this.isSaved(server, message, recipient);
	}

	/** Whether an entry is of this execution, or of one of its retries. */
	isOfExecution({ root }: LedgerEntry): boolean {
		return root.split(':')[0] === this.flow.root;
	}

	/** Whether that is saved with the execution. */
	isSaved(server: string, message: IDataObject, recipient?: unknown): boolean {
		this.savedIds ??= new Set(this.flow.sent?.match(/.{6}/g));
		return this.savedIds.size > 0 && this.savedIds.has(shortIdOf(server, message, recipient));
	}

	/** Saves that a message is one of them. */
	remember(server: string, message: IDataObject, recipient?: string): void {
		if (this.isSaved(server, message, recipient)) return;
		const id = shortIdOf(server, message, recipient);
		this.flow.sent = (this.flow.sent ?? '') + id;
		this.savedIds?.add(id);
	}

	/** Keeps that Clerk Chat marked messages of an entry as failed. */
	rememberFailed({ server, recipient }: LedgerEntry, failed: IDataObject[]): void {
		// What goes to nobody is no message.
		if (recipient === '') return;
		for (const message of failed) {
			ledger.owners.addFailed(server, message);
			this.remember(server, message);
		}
	}

	/** Saves which messages entries are about that count as sent. */
	rememberSent(entries: LedgerEntry[]): void {
		for (const { state, server, tries, recipient, results = [] } of entries) {
			// What goes to nobody is no message.
			if (state !== 'sent' || recipient === '') continue;
			// What was skipped counts for this recipient alone.
			const person = tries === 0 ? recipient : undefined;
			for (const result of results) this.remember(server, result, person);
		}
	}
}

function shortIdOf(server: string, message: IDataObject, recipient?: unknown): string {
	const person = recipient === undefined ? [] : [personOf(recipient)];
	return hash([server, idOf(message), ...person]).slice(0, 6);
}
