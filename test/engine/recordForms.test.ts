import type { IDataObject } from 'n8n-workflow';
import { recordForms, listedAs, richText } from '../recordForms';
import type { RecordForm } from '../recordForms';
import { startProcess } from '../random/process';
import { clerkChatApi } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { runNode } from './engine';
import type { Result, Setup } from './engine';
import { messageObject, setup as sending, toErrorOutput } from './messages';

/*
 * Whatever form Clerk Chat's record has, nobody is texted twice, and no unsent message counts as sent. Where that can't
 * work, the error says why.
 */

closeNetwork();

const setup = (options: IDataObject, settings: Setup['settings'] = {}): Setup => ({
	...sending({ options: options as never }, settings),
	// Restarted each time: n8n remembers nothing from before.
	node: startProcess(10, { waitsForRecord: [1], longestSearch: 1 }),
});

const itemsTo = (...people: string[]) => people.map((to) => ({ text: richText, to }));

const ANN = '+14155551001';
const BEN = '+442079460123';
const NEW = '+14155551003';

/** The message of another person on record. */
const REPLY = { id: 1, sender: ANN, members: ['+14155550100'], body: 'Thank you', inbound: true };

/** Clerk Chat with a record of this form, on which 60 texts of others are newer than ours. */
function clerkChat(form: RecordForm, isKept: (to: string) => boolean, isAnswered: boolean) {
	let id = 100;
	const ours: IDataObject[] = [];
	const got: string[] = [];
	const clock = () => Date.now() + (form.clockOffsetMs ?? 0);
	const entryOf = (to: string, body: string, at: number) => {
		const time = new Date(at).toISOString();
		const times = { created: time, updated: time, timestamp: time };
		return messageObject(id++, { sender: '+14155550100', members: [to], body, ...times });
	};
	const headers = (): Record<string, string> =>
		form.hidesDate ? {} : { date: new Date(clock()).toUTCString() };
	clerkChatApi(
		({ body }) => {
			const [to] = body.recipients as string[];
			const entry = entryOf(to, String(body.body), clock());
			if (isKept(to)) {
				ours.push(entry);
				got.push(to);
			}
			return isAnswered ? [201, { data: entry }, headers()] : [500, {}, headers()];
		},
		{
			documented: false,
			record: ({ query }) => {
				const others = Array.from({ length: 60 }, (_, index) => ({
					...entryOf(`+1415556${1000 + index}`, `Another text, number ${index}`, clock()),
					id: 10_000 + index,
				}));
				const asked = { page: Number(query.page), limit: Number(query.limit) };
				const { status, body } = listedAs(form, [...others, REPLY, ...ours], asked);
				return [status, body, headers()];
			},
		},
	);
	return { got };
}

/** What went wrong, for people. */
const errorsOf = ({ errorItems, error }: Result) =>
	[...errorItems.map(({ json }) => json.error as IDataObject), ...(error ? [error] : [])].map(
		({ message, description }) => `${String(message)} ${String(description)}`,
	);

/** Words for people end with what to do. */
const WHAT_TO_DO =
	/Look at the conversation in Clerk Chat\. If it's a different message, .*|^Nothing was sent: Clerk Chat's message history couldn't be read (?!.*this item uses).*(Try again later\.( If it happens again, report it .*)?|Ask .*)$/s;

const twice = (got: string[]) => got.filter((to, index) => got.indexOf(to) !== index);

const all = recordForms.map((form) => [form.name, form] as const);

test.each(all)('%s: sent, n8n restarted, run again with Skip If Sent', async (_, form) => {
	const { got } = clerkChat(form, () => true, true);
	await runNode(itemsTo(ANN, BEN), setup({}));
	expect(got).toHaveLength(2);
	const again = await runNode(
		itemsTo(ANN, BEN, NEW),
		setup({ skipSentWithinHours: 12 }, toErrorOutput),
	);
	expect(twice(got)).toEqual([]);
	// Nothing is silent: each item was returned as sent or with an error that says why not.
	expect(again.items.length + again.errorItems.length).toBe(3);
	for (const words of errorsOf(again)) expect(words).toMatch(WHAT_TO_DO);
	const expected = { same: [3, 0], perhaps: [1, 2], closed: [0, 3] }[form.answer];
	expect([again.items.length, again.errorItems.length]).toEqual(expected);
	expect(got).toHaveLength(form.answer === 'closed' ? 2 : 3);
});

test.each(all)('%s: after a 500 each, one sent and one not are both resolved', async (_, form) => {
	const { got } = clerkChat(form, (to) => to === ANN, false);
	const items = itemsTo(ANN, BEN);
	const result = await runNode(items, setup({}, toErrorOutput));
	expect(got).toEqual([items[0].to]);
	// Who was not sent to is never called sent.
	expect(result.items.every(({ pairedItem }) => (pairedItem as { item: number }).item === 0)).toBe(
		true,
	);
	expect(result.items.length + result.errorItems.length).toBe(2);
	expect(errorsOf(result).every((words) => /may have been sent/.test(words))).toBe(true);
	if (form.answer !== 'same') expect(result.items).toEqual([]);
	const again = await runNode(
		items,
		setup({ unknownOutcome: 'resend', skipSentWithinHours: 12 }, toErrorOutput),
	);
	expect(twice(got)).toEqual([]);
	expect(again.items.length + again.errorItems.length).toBe(2);
});
