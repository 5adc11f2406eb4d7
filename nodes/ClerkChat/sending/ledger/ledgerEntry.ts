import { createHash } from 'node:crypto';
import type { IDataObject, INode } from 'n8n-workflow';
import type { Words } from '../../../api/faults';
import { addressOf, recordKey } from '../../../api/matching';
import type { Sought } from '../../../api/matching';
import { personOf } from '../../../api/person';
import { idOf } from '../../../api/record';
import type { ApiRequest } from '../../../api/requester';
import type { Write } from '../../write';
import type { Known } from '../verdict';

/** The key of an entry: one recipient of one item in one run of a node. */
export interface Slot {
	/** The first execution, which its retries share. */
	root: string;
	/** The node's ID. */
	node: string;
	/** The run of the node in its execution; for an agent's call, its content. */
	run: string;
	/** From 0. */
	item: number;
	/** '' if there is no recipient, as for a contact. */
	recipient: string;
}

/** What a run wants to send to one recipient. */
export interface Claim extends Slot {
	/** What the node's fields say, hashed. */
	fields: string;
	/** Recipient and content, hashed; '' if the item's fields are unusable. */
	content: string;
}

/** A message as Clerk Chat's record would show it. */
export type RecordedMessage = Pick<Sought, 'sender' | 'recipients' | 'body'>;

/** One piece of work, as plain data, since it is saved with the execution. Times are this machine's, in ms. */
export interface LedgerEntry extends Claim {
	/** Stays the same through all tries. */
	id: string;
	/** Entries with the same request went out together: to several people, or as a slice of Create Many. */
	request: string;
	/** The base URL it went to. */
	server: string;
	/** The account it was sent with: server and key, hashed. */
	account: string;
	state: 'inFlight' | 'sent' | 'unknown';
	/** What identifies it on the record; left out if nothing does. */
	recordKey?: string;
	began: number;
	ended?: number;
	/** How many requests for it may have reached Clerk Chat. */
	tries: number;
	/** When the first of several tries with an unknown outcome began. */
	first?: number;
	/** What to search the record for while the outcome is unknown. */
	message?: RecordedMessage;
	results?: IDataObject[];
	/** Whether the results are those of all entries with the same request: nobody can tell whose is whose. */
	isShared?: true;
	/** The message ID in an unclear answer. The record is searched for it. */
	givenId?: string;
	/** The error of an unknown outcome. */
	words?: Words;
	status?: number;
	/** Whether the record shows it, or something like it. While it is unknown, it is never sent again. */
	isOnRecord?: true;
	/** Counters of this process that put events in order. */
	tick: { began: number; moved: number };
}

/** The end of a request. */
export type Ending =
	| ({ state: 'sent' } & Pick<LedgerEntry, 'results' | 'isShared' | 'isOnRecord'> & {
				account?: string;
			})
	| ({ state: 'unknown' } & Pick<LedgerEntry, 'words' | 'status' | 'isOnRecord' | 'givenId'>);

/** What the ledger knows of a task, and the entries that say so. */
export interface Standing {
	known: Known;
	entries: LedgerEntry[];
	/** Whether all of them belong to the current account. */
	isOurs: boolean;
}

/** The log of a run of a node. */
export const runLog = ({ root, node, run }: Pick<Slot, 'root' | 'node' | 'run'>): string =>
	`run ${root} ${node} ${run}`;

/** The log of all entries with the same content. */
export const contentLog = ({ node, content }: Pick<Claim, 'node' | 'content'>): string =>
	`content ${node} ${content}`;

/** The log of all entries with the same record key. */
export const recordLog = (recordKey: string): string => `record ${recordKey}`;

/** The log of everything a person got. @param person as `personOf` returns it */
export const personLog = (person: string): string => `person ${person}`;

/** The log of everything a node did in an execution. */
export const callsLog = ({ root, node }: Pick<Slot, 'root' | 'node'>): string =>
	`calls ${root} ${node}`;

/** The logs that contain an entry. */
export function logsOf(entry: LedgerEntry): string[] {
	const logs = [runLog(entry), callsLog(entry), contentLog(entry)];
	if (entry.recipient !== '') logs.push(personLog(personOf(entry.recipient)));
	return entry.recordKey === undefined ? logs : [...logs, recordLog(entry.recordKey)];
}

/** Fields that say how something is sent, not what. */
const NOT_CONTENT = new Set(['options', 'requestOptions']);

/** A hash of a node's fields. */
export function hashOfFields({ parameters }: INode): string {
	return hash(Object.entries(parameters).filter(([name]) => !NOT_CONTENT.has(name)));
}

/** What a request claims, one claim per recipient; one with '' if there is none. */
export function claimsOf(
	slot: Omit<Claim, 'recipient' | 'content'>,
	request: ApiRequest,
	{ message }: Write,
): Claim[] {
	const { method, url, body } = request;
	if (!message) return [{ ...slot, recipient: '', content: hash([method, url, body]) }];
	// For a message: text, media and template, but not the sender.
	const said = JSON.stringify(message.content(request));
	return message.recipients(request).map((recipient) => {
		const content = hash([url, addressOf(recipient), said]);
		return { ...slot, recipient, content };
	});
}

/** What a message to a recipient has in common with those that the record couldn't tell from it. */
export function recordKeyOf(
	server: string,
	message: RecordedMessage,
	{ recipient }: Pick<Claim, 'recipient'>,
): string {
	return hash(recordKey(server, message, recipient));
}

/** Whether an unclear message must not be sent again, not even with 'Send Again'. */
export function isOver({ tries, isOnRecord }: LedgerEntry): boolean {
	return tries > 1 || isOnRecord === true;
}

/**
 * Whether a message may be another execution's, to more people: it was matched on the record, not by an ID from a
 * response. It counts for the entry's recipient only.
 */
export function isMatched({ isOnRecord, givenId, results = [] }: LedgerEntry): boolean {
	return isOnRecord === true && !results.some((result) => idOf(result) === givenId);
}

/** Whether this process keeps only the IDs of an entry's results, as of executions that ended long ago. */
export function isShort({ results }: LedgerEntry): boolean {
	return results?.every((result) => Object.keys(result).length === 1) === true;
}

/** A short hash of a value's JSON. */
export function hash(value: unknown): string {
	const digest = createHash('sha256').update(JSON.stringify(value)).digest('base64url');
	return digest.slice(0, 22);
}
