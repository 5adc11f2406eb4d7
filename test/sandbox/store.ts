import { makeUuid, ownerId } from './ids';
import type { RecordEntry } from './record';
import { seedTemplates } from './seedTemplates';
import type { MessageTemplate } from './seedTemplates';

/** Every status that the document knows. */
export const messageStatuses = [
	'sending',
	'scheduled',
	'sent',
	'delivered',
	'failed',
	'read',
] as const;

/** A MessageObject as the API returns it, plus one undocumented field. */
export interface Message {
	id: number;
	body: string;
	conversationId: string;
	userId: string | null;
	campaignMessageId: number | null;
	campaignId: number | null;
	channelId: string | null;
	inboxId: string;
	inbound: boolean;
	members: string[];
	sender: string;
	senderType: string;
	status: (typeof messageStatuses)[number];
	error: string | null;
	sentByName: string | null;
	errorCode: number | null;
	created: string;
	updated: string;
	seen: boolean;
	externalId: string | null;
	segments: number;
	timestamp: string;
	undocumented: { kept: boolean };
}

/** A message that was sent, with the status it has now, and the request body it was made from. */
export interface KeptMessage {
	message: Message;
	request: SendMessageRequest;
}

/** The body of a request to send a message. */
export interface SendMessageRequest {
	sender: string;
	recipients: string[];
	body: string;
	mediaUrls: string[];
	sentByName?: string;
	templateId?: number;
}

/** The writable fields of a contact. */
export interface ContactFields {
	name?: string;
	email?: string;
	phone?: string;
	public?: boolean;
	data?: Record<string, unknown>;
}

/** A contact as the API returns it. */
export interface Contact extends ContactFields {
	id: string;
	teamId: string;
	createdByUserId: string;
	optOut: boolean;
	attributes: unknown[];
	created: string;
	updated: string;
}

/** A user as the API returns it. */
export interface User {
	id: string;
	email: string;
	role: string;
	firstName?: string;
	lastName?: string;
}

/** Everything the sandbox was given, by resource. */
export interface Store {
	/** What was sent. */
	messages: KeptMessage[];
	/** Sent and received messages. */
	record: RecordEntry[];
	/** Gives each message an id of its own, counted from 1. */
	nextMessageId: () => number;
	/** Inbox ids by our number; ask with `inboxOf`. */
	inboxIds: Map<string, string>;
	/** Conversation ids by addresses; ask with `conversationOf`. */
	conversationIds: Map<string, string>;
	templates: MessageTemplate[];
	/** By id. */
	contacts: Map<string, Contact>;
	campaigns: number;
	/** By id. */
	users: Map<string, User>;
	inboxes: number;
}

/** A store as at the sandbox's start, with only templates and the owner. */
export function createStore(nextMessageId: () => number): Store {
	return {
		messages: [],
		record: [],
		nextMessageId,
		inboxIds: new Map(),
		conversationIds: new Map(),
		templates: seedTemplates(),
		contacts: new Map(),
		campaigns: 0,
		users: new Map([
			[
				ownerId,
				{
					id: ownerId,
					email: 'owner@example.com',
					role: 'workspace_owner',
					firstName: 'Olive',
					lastName: 'Owner',
				},
			],
		]),
		inboxes: 0,
	};
}

/** The value of `key`, which is made and kept when it is not there yet. */
function getOrMake(ids: Map<string, string>, key: string, make: (count: number) => string): string {
	const known = ids.get(key);
	if (known !== undefined) return known;
	const made = make(ids.size + 1);
	ids.set(key, made);
	return made;
}

/** @returns the id of the inbox of one of our numbers, always the same for the same number */
export function inboxOf(store: Store, number: string): string {
	return getOrMake(store.inboxIds, number, (count) => makeUuid(30000000, count));
}

/**
 * @param addresses our number, then everybody else's
 * @returns the id of their conversation, always the same for the same addresses
 */
export function conversationOf(store: Store, addresses: string[]): string {
	return getOrMake(store.conversationIds, addresses.join(' '), String);
}
