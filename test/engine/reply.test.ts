import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { timeOf } from '../../nodes/api/record';
import { isReplySent } from '../../nodes/api/repliesSent';
import { simplified } from '../../nodes/api/simplified';
import { clerkChatApi } from './clerkChatApi';
import type { Answer } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { API_KEY, BASE_URL, runNode } from './engine';
import { messageObject, setupOf } from './messages';

/* Message: Reply, which takes From and To from the received message in the item. */

const ANN = '+14155550123';
const US = '+14155550100';

closeNetwork();

const message = (changes: IDataObject = {}): IDataObject => ({
	...messageObject(7, { inbound: true, sender: ANN, members: [US], body: 'Are you open?' }),
	...changes,
});

let nextId = 500;
const sends = (): Answer => [201, { data: messageObject(nextId++) }];

async function run(item: IDataObject, parameters: INodeParameters = {}) {
	const received = clerkChatApi(sends);
	const fields = { body: 'We open at nine.', ...parameters };
	const result = await runNode([item], setupOf('message reply', fields));
	return { ...result, sent: received.map(({ body }) => body), received };
}

test.each<[string, IDataObject]>([
	['the polling trigger', message()],
	['the polling trigger, simplified', simplified(message()) as IDataObject],
	['the polling trigger, with both numbers among the members', message({ members: [US, ANN] })],
	['a record that names recipients', message({ recipients: [US], members: [ANN] })],
	['the webhook trigger', { eventId: 'e', type: 'message.received', data: message() }],
	['the webhook trigger, data only', message({ inbound: undefined })],
	[
		'a webhook whose data hold a message',
		{ type: 'message.received', data: { message: message() } },
	],
	[
		'names that others use',
		{ direction: 'inbound', from: ANN, to: US, text: 'Hi', type: 'message.received' },
	],
])('replies to the sender: %s', async (_, item) => {
	const { sent, received, error } = await run(item);
	expect(error).toBeUndefined();
	expect(sent).toEqual([
		{ body: 'We open at nine.', mediaUrls: [], sender: US, recipients: [ANN] },
	]);
	expect(received[0].violations).toEqual([]);
});

test('replies to each item separately', async () => {
	const received = clerkChatApi(sends);
	const items = [message(), message({ sender: '+14155550124' })];
	await runNode(items, setupOf('message reply', { body: '={{ $json.body }}' }));
	expect(received.map(({ body }) => body.recipients)).toEqual([[ANN], ['+14155550124']]);
});

test.each([
	[message(), { sender: '+14155550111', recipients: '+14155550122' }, '+14155550122'],
	[message(), { sender: '+14155550111' }, ANN],
	[{ name: 'Ann' }, { sender: '+14155550111', recipients: '+14155550122' }, '+14155550122'],
])('filled-in fields take precedence: %#', async (item, filled, to) => {
	const { sent } = await run(item, filled);
	expect(sent).toMatchObject([{ sender: '+14155550111', recipients: [to] }]);
});

test('as in Send, a From picked from the list is used as it is there', async () => {
	const sender = { __rl: true, mode: 'list', value: '4155550111' };
	const { sent } = await run(message(), { sender });
	expect(sent).toMatchObject([{ sender: '4155550111', recipients: [ANN] }]);
});

test('digits that Clerk Chat wrote without + get no country code that is not theirs', async () => {
	const received = clerkChatApi(sends);
	const numbers = { sender: '14155550123', members: ['718 555 0100'] };
	await runNode([message(numbers)], {
		...setupOf('message reply', { body: 'We open at nine.' }),
		credentials: { apiKey: API_KEY, baseUrl: BASE_URL, defaultCountryCode: '+49' },
	});
	expect(received.map(({ body }) => body)).toMatchObject([
		{ sender: '718 555 0100', recipients: ['14155550123'] },
	]);
});

test.each<[string, IDataObject, INodeParameters]>([
	['a group', message({ members: [US, ANN, '+14155550124'] }), {}],
	['a group, with From alone', message({ members: [US, ANN, '+14155550124'] }), { sender: US }],
	['no message', { output: 'We open at nine.' }, {}],
	['no message, with To alone', { output: 'Hi' }, { recipients: ANN }],
	['a message of ours', message({ inbound: false }), {}],
	['a message of ours, simplified', { direction: 'sent', from: US, to: [ANN] }, {}],
	['a message without our number', message({ members: [ANN] }), {}],
	['a message without members', message({ members: undefined }), {}],
])('%s is refused, and the error names both fields', async (_, item, parameters) => {
	const { sent, error } = await run(item, parameters);
	expect(sent).toEqual([]);
	const words = `${error?.message} ${error?.description}`;
	expect(words).toContain("'From'");
	expect(words).toContain("'To'");
});

test('in every other way it is Send', async () => {
	const { sent } = await run(message(), {
		body: 'It’s fine',
		additionalFields: { sentByName: 'Desk' },
		options: { plainCharacters: true },
	} as never);
	expect(sent).toMatchObject([{ body: "It's fine", sentByName: 'Desk' }]);
	const long = await run(message(), {
		body: 'x'.repeat(400),
		options: { maxSegments: 1 },
	} as never);
	expect(long.error?.message).toContain('Max Segments');
});

test("a reply about an open question leaves it open; any other doesn't", async () => {
	const openQuestion = { text: 'Friday?', understood: false, reason: 'notUnderstood' };
	const id = nextId;
	await run(message({ openQuestion }));
	await run(message());
	await run(simplified(message()) as IDataObject);
	await run({ ...simplified(message()), openQuestion } as IDataObject);
	const askedAt = timeOf(message()) - 60_000;
	expect([0, 1, 2, 3].map((each) => isReplySent(String(id + each), askedAt))).toEqual([
		true,
		false,
		false,
		true,
	]);
	expect(isReplySent(String(id), timeOf(message()) + 60_000)).toBe(false);
});

test.each<[string, INodeParameters, boolean]>([
	['that names it', { body: '“Friday?” Please answer YES or NO.' }, true],
	['that asks something else', { body: 'Shall we call you?' }, false],
	['to the same person in another form', { recipients: '+1 (415) 555-0123' }, true],
	['to somebody else', { recipients: '+14155550122' }, false],
	['to somebody else, too', { recipients: `${ANN}, +14155550122` }, false],
])('a reply %s leaves it open: %j %s', async (_, parameters, isAbout) => {
	const openQuestion = { text: 'Friday?', understood: false, reason: 'notUnderstood' };
	const id = nextId;
	await run(message({ openQuestion }), parameters);
	expect(isReplySent(String(id), timeOf(message()) - 60_000)).toBe(isAbout);
});
