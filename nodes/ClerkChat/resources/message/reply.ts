import type { IDataObject } from 'n8n-workflow';
import { createdOf } from '../../../api/bodies';
import { idOf } from '../../../api/record';
import { rememberReplySent } from '../../../api/repliesSent';
import type { ApiRequest } from '../../../api/requester';
import type { ItemFields } from '../../fields/itemFields';
import { addressesWithDefault, addressWithDefault } from '../../fields/readers';
import { isGiven } from '../../fields/texts';
import type { Field, Operation, OfWrite, Reader } from '../../operation';
import { receivedIn } from './received';
import { send } from './send';
import { applySendRules, partsOf } from './sendRules';

const LIKE_SEND = send as OfWrite;

/** What goes out in answer to somebody with an open question leaves that question open. */
const aboutQuestions = new WeakSet<IDataObject>();

const orLeftOut =
	(reader: Reader): Reader =>
	(item, label, value) =>
		isGiven(value) && String(value).trim() !== '' ? reader(item, label, value) : undefined;

/** The fields that come from the received message unless they are filled in. */
const OPTIONAL: Record<string, Partial<Field>> = {
	sender: {
		required: false,
		description:
			'The Clerk Chat phone number or ID to send from. Leave it empty to use the number that received the message.',
		reader: orLeftOut(addressWithDefault),
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

/** Sends one message per item, to whoever sent the message in it. In every other way it is Send. */
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
				const isAbout = aboutQuestions.has(request.body!);
				if (isAbout) for (const { body } of parts) aboutQuestions.add(body!);
				return parts;
			},
		},
		results: (body, { body: sent }) => {
			const created = createdOf(body);
			if (sent && aboutQuestions.has(sent)) created?.map(idOf).forEach(rememberReplySent);
			return created;
		},
	},
};

/**
 * Fills in From and To where they were left empty.
 * @throws NodeOperationError when the item does not tell them
 */
function fillIn({ body = {} }: ApiRequest, item: ItemFields): void {
	const message = receivedIn(item.get('received'));
	if (message?.hasOpenQuestion) aboutQuestions.add(body);
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
	if (!hasFrom) body.sender = addressWithDefault(item, 'From', message.ours) as string;
	if (!hasTo) body.recipients = addressesWithDefault(item, 'To', message.person) as string[];
}
