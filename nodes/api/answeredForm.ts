import { candidateOf, messageOf, peopleDifference, senderDifference } from './comparison';
import type { Message, Sought } from './comparison';
import type { Entry } from './entry';
import { textDifference } from './textForms';

/** What of a message Clerk Chat gave back in another form than it was asked for. */
export interface ChangedForm {
	field: 'sender' | 'people' | 'text';
	/** As it was asked for, and as it came back; for people. */
	asked: string;
	given: string;
	/** Whether matching takes one for the other, so that the message is found on the record in that form. */
	isBridged: boolean;
}

/**
 * Compares what was asked for with the message that came with a 201: in that form the record is likely to list it. What the
 * answer does not tell counts as unchanged.
 * @param asked what was sent
 * @param message what Clerk Chat gave back
 * @returns what came back in another form; nothing when all is as it was asked for
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
