import { candidateOf, messageOf, peopleDifference, senderDifference } from './comparison';
import type { Message, Sought } from './comparison';
import type { Entry } from './entry';
import { textDifference } from './textForms';

/** A field of a message that Clerk Chat returned in a different form than it was sent. */
export interface ChangedForm {
	field: 'sender' | 'people' | 'text';
	/** As it was sent and as it was returned, for display. */
	asked: string;
	given: string;
	/** Whether matching treats the two forms as equal, so that the message is still found on the record. */
	isBridged: boolean;
}

/**
 * Compares what was sent with the message in the 201 response: the record is likely to list it in that form. What the
 * response leaves out counts as unchanged.
 * @param asked what was sent
 * @param message what Clerk Chat returned
 * @returns the fields whose form changed; empty when none did
 */
export function changedForms(
	asked: Pick<Sought, 'sender' | 'recipients' | 'body'>,
	message: Entry,
): ChangedForm[] {
	const ours = messageOf({ ...asked, after: -Infinity }, 0);
	const theirs = candidateOf(message);
	const { sender, recipients, members, body } = message;
	const changes: ChangedForm[] = [];
	const compare = (
		field: ChangedForm['field'],
		[before, after]: [unknown, unknown],
		isSame: boolean,
		difference: string | undefined,
	) => {
		if (after === undefined || after === null || isSame) return;
		const isBridged = difference === '';
		changes.push({ field, asked: shown(before), given: shown(after), isBridged });
	};
	compare(
		'sender',
		[asked.sender, sender],
		asked.sender === sender,
		senderDifference(ours, theirs),
	);
	const people = recipients ?? members;
	const isNamed = (recipient: string) => Array.isArray(people) && people.includes(recipient);
	compare(
		'people',
		[asked.recipients, people],
		asked.recipients.every(isNamed),
		peopleDifference(ours, theirs),
	);
	compare('text', [asked.body, body], asked.body === body, textOf(ours, theirs.text));
	return changes;
}

function textOf({ text }: Message, theirs: Message['text'] | undefined): string | undefined {
	return theirs && textDifference(text, theirs);
}

function shown(value: unknown): string {
	return typeof value === 'string'
		? value
		: Array.isArray(value)
			? value.map(shown).join(', ')
			: JSON.stringify(value);
}
