import type { IDataObject } from 'n8n-workflow';
import { recordFormOf, richText } from '../recordForms';
import { clerkChatApi } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { retry, runNode } from './engine';
import { messageObject, setup } from './messages';

/*
 * A message whose result is unclear, although Clerk Chat's answer gave it an ID: the record is searched for that ID, in
 * whatever form it lists the message.
 */

closeNetwork();

/** A footer makes another text of a short one; and this form of people is not readable at all. */
const forms = [
	['textFooter', 'Hi Ann'],
	['textAccentsGone', 'Voilà, Zoë'],
	['membersNames', richText],
	['membersMissing', richText],
] as const;

let ids = 700;

/**
 * Clerk Chat that answers with an ID and an error.
 * @param listed what the record says of it
 */
function clerkChat(form: string, listed: IDataObject) {
	const entries: IDataObject[] = [];
	const sent = clerkChatApi(
		({ body }) => {
			const time = new Date().toISOString();
			const entry = messageObject(ids++, {
				sender: body.sender,
				members: body.recipients,
				body: body.body,
				...{ created: time, updated: time, timestamp: time },
			});
			entries.push(recordFormOf(form).entry!({ ...entry, ...listed }) as IDataObject);
			return [201, { data: { ...entry, errorCode: 30007 } }];
		},
		{ documented: false, record: () => [200, { data: entries, total: entries.length }] },
	);
	return sent;
}

test.each(forms)(
	'%s: on record with the same error, it is never sent again',
	async (form, text) => {
		const sent = clerkChat(form, { errorCode: 30007 });
		const items = [{ text, to: '+14155550171' }];
		const resend = setup({ options: { unknownOutcome: 'resend' } });
		const result = await runNode(items, resend);
		expect(result.status).toBe('error');
		await retry(result, items, resend);
		expect(sent).toHaveLength(1);
	},
);

test.each(forms)('%s: on record without an error, it was sent', async (form, text) => {
	const sent = clerkChat(form, {});
	const result = await runNode([{ text, to: '+14155550172' }], setup());
	expect(result.items).toMatchObject([{ json: { id: ids - 1 } }]);
	expect(sent).toHaveLength(1);
});

test('two answers that gave the same ID are one message: the second stays unknown', async () => {
	let first: IDataObject | undefined;
	const answer = ({ sender, recipients: members, body }: IDataObject) => {
		const time = new Date().toISOString();
		const times = { created: time, updated: time, timestamp: time };
		first ??= messageObject(ids++, { sender, members, body, ...times });
		return { ...first, errorCode: 30007 };
	};
	clerkChatApi(({ body }) => [201, { data: answer(body) }], {
		documented: false,
		record: () => [200, { data: first ? [first] : [], total: 1 }],
	});
	const items = Array.from({ length: 2 }, () => ({ text: 'Twice', to: '+14155550173' }));
	const result = await runNode(items, setup({}, { onError: 'continueRegularOutput' }));
	expect(result.items.map(({ json }) => json.error ?? json.id)).toMatchObject([
		ids - 1,
		{ outcome: 'unknown' },
	]);
});
