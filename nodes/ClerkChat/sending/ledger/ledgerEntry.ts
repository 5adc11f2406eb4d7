import { createHash } from 'node:crypto';
import type { IDataObject, INode } from 'n8n-workflow';
import type { Words } from '../../../api/faults';
import { addressOf } from '../../../api/matching';
import type { Sought } from '../../../api/matching';
import { personOf } from '../../../api/person';
import type { ApiRequest } from '../../../api/requester';
import type { Write } from '../../write';
import type { Known } from '../verdict';

/** What an entry is filed under: one recipient of one item in one run of a node. One day the idempotency key. */
export interface Slot {
	/** The execution that everything began with; its retries share it. */
	root: string;
	/** The node's ID. */
	node: string;
	/** Which run of the node in its execution; for an agent's call what it asks for. */
	run: string;
	/** From 0. */
	item: number;
	/** '' for what goes to nobody, such as a contact. */
	recipient: string;
}

/** What somebody wants to send to one recipient. */
export interface Claim extends Slot {
	/** What the node's fields say, hashed. */
	fields: string;
	/** Who gets what, hashed; '' when the item's fields do not tell. */
	content: string;
}

/** A message as Clerk Chat's record would show it. */
export type RecordedMessage = Pick<Sought, 'sender' | 'recipients' | 'body'>;

/** One piece of work. Plain data: it is saved with the execution. Times are this machine's, in ms. */
export interface LedgerEntry extends Claim {
	/** The same through all tries of the same piece of work. */
	id: string;
	/** Entries with the same request went out together: to several people, or as a slice of Create Many. */
	request: string;
	/** The base URL it went to. */
	server: string;
	/** With whose key it went there: server and key, hashed. */
	account: string;
	state: 'inFlight' | 'sent' | 'unknown';
	/** What the record would know it by; left out where the record cannot tell. */
	recordKey?: string;
	began: number;
	ended?: number;
	/** How many requests for it may have reached Clerk Chat. */
	tries: number;
	/** When the first of several tries with an unknown outcome began. */
	first?: number;
	/** What to search the record for, while the outcome is not known. */
	message?: RecordedMessage;
	/** What came of it. `sharedBy`: the items (from 0) whose results they are when they cannot be told apart. */
	results?: IDataObject[];
	sharedBy?: number[];
	/** The ID that an unclear answer gave the message: the record is searched for it, in whatever form it lists it. */
	givenId?: string;
	/** Whether it certainly wasn't sent. Another retry that still has it saved forgets it. */
	isRefused?: true;
	/** What was said of an unknown outcome. */
	words?: Words;
	status?: number;
	/** Whether the record shows it, or something like it, without saying that it was sent: it is never sent again. */
	isOnRecord?: true;
	/** Counts what happens in this process, so that it can be told what came after what. */
	tick: { began: number; moved: number };
}

/** The end of a request. */
export type Ending =
	| ({ state: 'sent' } & Pick<LedgerEntry, 'results' | 'sharedBy'> & { account?: string })
	| ({ state: 'unknown' } & Pick<LedgerEntry, 'words' | 'status' | 'isOnRecord' | 'givenId'>);

/** What the ledger knows of a task, and by which entries. */
export interface Standing {
	known: Known;
	entries: LedgerEntry[];
	/** Whether all of them are of the account that is used now. */
	isOurs: boolean;
}

/** Where the log of a run of a node is found. */
export const runLog = ({ root, node, run }: Pick<Slot, 'root' | 'node' | 'run'>): string =>
	`run ${root} ${node} ${run}`;

/** Where the log of all that has the same content is found. */
export const contentLog = ({ node, content }: Pick<Claim, 'node' | 'content'>): string =>
	`content ${node} ${content}`;

/** Where the log of all that the record would know by the same is found. */
export const recordLog = (recordKey: string): string => `record ${recordKey}`;

/** Where the log of all that a person got is found. @param person as `personOf` gives it */
export const personLog = (person: string): string => `person ${person}`;

/** Where the log of all that a node did in an execution is found. */
export const callsLog = ({ root, node }: Pick<Slot, 'root' | 'node'>): string =>
	`calls ${root} ${node}`;

/** The logs that an entry stands in. */
export function logsOf(entry: LedgerEntry): string[] {
	const logs = [runLog(entry), callsLog(entry), contentLog(entry)];
	if (entry.recipient !== '') logs.push(personLog(personOf(entry.recipient)));
	return entry.recordKey === undefined ? logs : [...logs, recordLog(entry.recordKey)];
}

/** Fields that say how something is sent, not what. */
const NOT_CONTENT = new Set(['options', 'requestOptions']);

/** What a node's fields say, as a short text that tells it from others. */
export function hashOfFields({ parameters }: INode): string {
	return hash(Object.entries(parameters).filter(([name]) => !NOT_CONTENT.has(name)));
}

/** What a request claims, one for each recipient; one with '' where it goes to nobody. */
export function claimsOf(
	slot: Omit<Claim, 'recipient' | 'content'>,
	request: ApiRequest,
	{ message }: Write,
): Claim[] {
	const { method, url, body } = request;
	if (!message) return [{ ...slot, recipient: '', content: hash([method, url, body]) }];
	// Of a message, who gets what: the text, the media and the template, not where it comes from.
	const said = JSON.stringify(message.content(request));
	return message.recipients(request).map((recipient) => {
		const content = hash([url, addressOf(recipient), said]);
		return { ...slot, recipient, content };
	});
}

/** A short text that tells a value from others; made of its JSON. */
export function hash(value: unknown): string {
	const digest = createHash('sha256').update(JSON.stringify(value)).digest('base64url');
	return digest.slice(0, 22);
}
