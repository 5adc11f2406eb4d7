import { ownerId } from './ids';
import { seedTemplates } from './seedTemplates';
import type { MessageTemplate } from './seedTemplates';

/** A MessageObject as the API gives it out, plus one field that the document does not know. */
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
	status: 'sent' | 'failed';
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

/** A message and the request body it was made from. */
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

/** What of a contact can be written. */
export interface ContactFields {
	name?: string;
	email?: string;
	phone?: string;
	public?: boolean;
	data?: Record<string, unknown>;
}

/** A contact as the API gives it. */
export interface Contact extends ContactFields {
	id: string;
	teamId: string;
	createdByUserId: string;
	optOut: boolean;
	attributes: unknown[];
	created: string;
	updated: string;
}

/** A user as the API gives it. */
export interface User {
	id: string;
	email: string;
	role: string;
	firstName?: string;
	lastName?: string;
}

/** Everything the sandbox was given, by resource. */
export interface Store {
	messages: KeptMessage[];
	/** Inbox ids by sender. */
	inboxIds: Map<string, string>;
	/** Conversation ids by sender and members. */
	conversationIds: Map<string, string>;
	templates: MessageTemplate[];
	/** By id. */
	contacts: Map<string, Contact>;
	campaigns: number;
	/** By id. */
	users: Map<string, User>;
	inboxes: number;
}

/** A store as it stands when the sandbox starts: templates and the owner are there, nothing else. */
export function createStore(): Store {
	return {
		messages: [],
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
