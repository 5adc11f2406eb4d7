import type { IDataObject } from 'n8n-workflow';
import { createdOf } from '../../../api/bodies';
import { personOf } from '../../../api/person';
import { idOf } from '../../../api/record';
import { rememberReplySent } from '../../../api/repliesSent';
import type { ApiRequest } from '../../../api/requester';
import { addressOf } from '../../fields/addresses';
import type { ItemFields } from '../../fields/itemFields';
import { addressesWithDefault, senderAddress } from '../../fields/readers';
import { isGiven } from '../../fields/texts';
import type { Field, Operation, OfWrite, Reader } from '../../operation';
import { receivedIn } from './received';
import type { ReceivedMessage } from './received';
import { send } from './send';
import { applySendRules, partsOf } from './sendRules';

const LIKE_SEND = send as OfWrite;

/**
 * Messages that leave a person's open question open, because they are about it. Maps each body to its received time.
 */
const aboutQuestions = new WeakMap<IDataObject, number>();

const orLeftOut =
	(reader: Reader): Reader =>
	(item, label, value) =>
		isGiven(value) && String(value).trim() !== '' ? reader(item, label, value) : undefined;

/** The fields that default to the received message's values. */
const OPTIONAL: Record<string, Partial<Field>> = {
	sender: {
		required: false,
		description:
			'The Clerk Chat phone number or ID to send from. Leave it empty to use the number that received the message.',
		reader: orLeftOut(senderAddress),
	},
	recipients: {
		required: false,
		placeholder: 'e.g. +14155550123',
		description:
			'The phone number to send to. Leave it empty to reply to the sender of the received message.',
		hint: '',
		reader: orLeftOut(addressesWithDefault),
	},
};

const optional = LIKE_SEND.fields
	.filter(({ name }) => name in OPTIONAL)
	.map((field): Field => ({ ...field, ...OPTIONAL[field.name] }));
const others = LIKE_SEND.fields.filter(({ name }) => !(name in OPTIONAL));

const received: Field = {
	displayName: 'Received Message',
	name: 'received',
	type: 'hidden',
	default: '={{ $json }}',
};

/** Sends one reply per item to the sender of the item's message. In every other way it is Send. */
export const reply: Operation = {
	...LIKE_SEND,
	option: {
		...LIKE_SEND.option,
		name: 'Reply',
		value: 'reply',
		action: 'Reply to message',
		description: 'Reply to the message that a Clerk Chat trigger received',
	},
	fields: [...others.slice(0, 1), received, ...optional, ...others.slice(1)],
	check: (request, item) => {
		fillIn(request, item);
		applySendRules(request, item);
	},
	write: {
		...LIKE_SEND.write,
		message: {
			...LIKE_SEND.write.message!,
			split: (request, item) => {
				const parts = partsOf(request, item);
				const receivedAt = aboutQuestions.get(request.body!);
				if (receivedAt !== undefined) {
					for (const { body } of parts) aboutQuestions.set(body!, receivedAt);
				}
				return parts;
			},
		},
		results: (body, { body: sent }) => {
			const created = createdOf(body);
			const receivedAt = sent && aboutQuestions.get(sent);
			if (receivedAt !== undefined) {
				for (const each of created ?? []) rememberReplySent(idOf(each), receivedAt);
			}
			return created;
		},
	},
};

/**
 * Fills in From and To if they were left empty.
 * @throws NodeOperationError if the item doesn't contain them
 */
function fillIn({ body = {} }: ApiRequest, item: ItemFields): void {
	const message = receivedIn(item.get('received'));
	if (message && isAbout(message, body)) aboutQuestions.set(body, message.receivedAt);
	const hasFrom = body.sender !== undefined;
	const hasTo = body.recipients !== undefined;
	if (hasFrom && hasTo) return;
	if (!message) {
		throw item.refuse(
			"This item is not a received message, so 'From' and 'To' are unknown",
			"Put Reply right after a Clerk Chat trigger, or fill in both, for example 'To' with {{ $('Clerk Chat Polling Trigger').item.json.sender }}.",
		);
	}
	if (message.isGroup) {
		throw item.refuse(
			"This message came from a group, so 'From' and 'To' must be filled in",
			"It doesn't say which number is yours. Enter your number in 'From', and one person or everyone in 'To'.",
		);
	}
	if (!hasFrom && message.ours === undefined) {
		throw item.refuse(
			"This message doesn't say which of your numbers received it: fill in 'From'",
			"If you leave 'To' empty, the reply goes to the sender.",
		);
	}
	if (!hasFrom) body.sender = asListed(item, 'From', message.ours);
	if (!hasTo) body.recipients = [asListed(item, 'To', message.person)];
}

/** Digits that Clerk Chat wrote without + may have their country code already, so they don't get the default one. */
function asListed(item: ItemFields, label: string, value = ''): string {
	return /^[\d\s().-]+$/.test(value) ? value : addressOf(item, label, value);
}

/** Whether a message is about the open question: it goes to that person alone, and asks nothing else. */
function isAbout({ person, openQuestion }: ReceivedMessage, body: IDataObject): boolean {
	if (openQuestion === undefined) return false;
	const people = new Set([body.recipients ?? person].flat().map(personOf));
	const isToThem = people.size === 1 && people.has(personOf(person));
	const said = String(body.body);
	const rest = openQuestion ? said.split(openQuestion).join('') : said;
	return isToThem && !/[?？¿؟]/.test(rest);
}
