import { createRunExecutionData } from 'n8n-workflow';
import type { IDataObject } from 'n8n-workflow';
import { startProcess } from '../random/process';
import { clerkChatApi } from './clerkChatApi';
import type { Answer } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { clerkChat, setup as sending, somebody, toContinue } from './deliveries';
import { asTool, asToolNode } from './engine';
import { messageObject, setup, textsIn } from './messages';

closeNetwork();

const { parameters } = setup({ recipients: '+14155550123', body: 'Your table is booked.' });
const settings = { retryOnFail: true, waitBetweenTries: 1 };

/** Clerk Chat that sends everything but the text that gets lost. */
const losing = (lost?: string) =>
	clerkChatApi(({ body }) => (body.body === lost ? [500, {}] : [201, { data: messageObject(4) }]));

/** Calls it with a text; n8n's two ways to run a tool. */
const saying = () => asTool({ parameters: { ...parameters, body: "={{ $fromAI('text') }}" } });
const ways: Array<[string, () => (input: IDataObject) => Promise<unknown>]> = [
	['as a tool', () => asTool({ parameters, settings })],
	['as a node', () => asToolNode({ parameters })],
];

test('returns the message to the agent', async () => {
	const received = losing();
	const answer = await asTool({ parameters })({});
	expect(received).toMatchObject([{ body: { body: 'Your table is booked.' }, violations: [] }]);
	expect(JSON.parse(String(answer))).toMatchObject([{ id: 4, status: 'sent' }]);
});

test.each(['list', 'number'])('an agent fills in From, in mode %s', async (mode) => {
	const received = losing();
	const sender = { __rl: true, mode, value: "={{ $fromAI('from') }}" };
	await asTool({ parameters: { ...parameters, sender } })({ from: '+1 415 555 0101' });
	expect(received).toMatchObject([{ body: { sender: '+14155550101' }, violations: [] }]);
});

test('if n8n runs the tool as a node, From may also be picked', async () => {
	const received = losing();
	const sender = { __rl: true, mode: 'list', value: '+14155550101' };
	await asToolNode({ parameters: { ...parameters, sender } })();
	expect(received).toMatchObject([{ body: { sender: '+14155550101' } }]);
});

describe.each(ways)('run %s', (_name, calling) => {
	test('an agent may send the same text twice', async () => {
		const received = losing();
		const call = calling();
		await call({});
		await call({});
		expect(received).toHaveLength(2);
	});

	test("a message that may have been sent isn't sent again, neither by Retry On Fail nor by the agent", async () => {
		const received = losing('Your table is booked.');
		const call = calling();
		await expect(call({})).rejects.toThrow(/an issue on its side/);
		await expect(call({})).rejects.toThrow(/an issue on its side/);
		expect(received).toHaveLength(1);
	});
});

test("a message that may have been sent isn't sent again after another call succeeds", async () => {
	const received = losing('Lost');
	const call = saying();
	await expect(call({ text: 'Lost' })).rejects.toThrow(/an issue on its side[^]*unclear whether/);
	await call({ text: 'Sent' });
	await expect(call({ text: 'Lost' })).rejects.toThrow(/an issue on its side[^]*unclear whether/);
	expect(textsIn(received)).toEqual(['Lost', 'Sent']);
});

test("parallel calls don't overwrite each other's ledger entries", async () => {
	const received = losing('Lost');
	const call = saying();
	const texts = ['Sent', 'Lost', 'Sent too'];
	await Promise.allSettled(texts.map(async (text) => await call({ text })));
	await expect(call({ text: 'Lost' })).rejects.toThrow(/unclear whether/);
	expect(textsIn(received).filter((text) => text === 'Lost')).toHaveLength(1);
});

test.each<[string, Answer]>([
	['refused', [422, {}]],
	['sent', [201, { data: messageObject(4) }]],
])(
	'the same text twice at once is sent once: the first may have been sent, the second %s',
	async (_name, second) => {
		const received = clerkChatApi((_request, index) => (index === 0 ? [500, {}] : second));
		const call = asTool({ parameters });
		await Promise.allSettled([call({}), call({})]);
		await expect(call({})).rejects.toThrow(/unclear whether/);
		expect(received).toHaveLength(1);
	},
);

test('a refused message is tried again', async () => {
	const received = clerkChatApi((_request, index) =>
		index === 0 ? [422, {}] : [201, { data: messageObject(1) }],
	);
	const call = asTool({ parameters, settings });
	await expect(call({})).resolves.toContain('"id":1');
	expect(received).toHaveLength(2);
});

test('bad input names the field', async () => {
	const call = asTool({ parameters: { ...parameters, recipients: '+1 CALL ME' } });
	await expect(call({})).rejects.toThrow(/'To' contains an invalid phone number/);
});

test('a call during which n8n was killed counts for Most Messages in a Run', async () => {
	const toAnn = (body: string) =>
		sending({ maxMessages: 2 }, toContinue, { recipients: somebody(), body });
	let kill = () => {};
	const killed = new Promise<void>((resolve) => (kill = resolve));
	let answer = () => {};
	const answered = new Promise<void>((resolve) => (answer = resolve));
	const data = createRunExecutionData({ resultData: { runData: {} } });
	let saved = data;
	const chat = clerkChat(async (_request, index) => {
		if (index === 1) {
			saved = JSON.parse(JSON.stringify(data)) as typeof data;
			kill();
			await answered;
		}
		return {};
	});
	const call = asToolNode(toAnn('={{ "t" + $runIndex }}'), data);
	await call();
	const second = call();
	await killed;
	const [out] = await asToolNode({ ...toAnn('third'), node: startProcess(1) }, saved)();
	answer();
	await second;
	expect(out.json.error).toMatchObject({ code: 'tooMany' });
	expect(chat.sent).toHaveLength(2);
});
