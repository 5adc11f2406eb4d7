import { sleep } from 'n8n-workflow';
import type { IDataObject } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import type { Answer } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { clerkChat, entryOf, LOST, sendAgain, setup, somebody, UNCLEAR } from './deliveries';
import { asTool, asToolNode } from './engine';

/* Each call of an agent is independent. No message is sent again while its result is unclear. */

closeNetwork();

/** An agent that always sends the same text to someone. */
const saying = (text: string, options: IDataObject = {}, to = somebody()) =>
	setup(options, {}, { recipients: to, body: text });

const answerOf = async (call: ReturnType<typeof asTool>) =>
	JSON.parse(String(await call({}))) as IDataObject[];

test('the next call checks the record first', async () => {
	const ann = somebody();
	const chat = clerkChat(LOST);
	const call = asTool(saying('lost', {}, ann));
	await expect(call({})).rejects.toThrow(/unclear whether/);
	await expect(call({})).rejects.toThrow(/unclear whether/);
	chat.entries.push(entryOf({ text: 'lost', to: ann }));
	expect(await answerOf(call)).toMatchObject([{ body: 'lost', status: 'sent' }]);
	expect(chat.texts()).toEqual(['lost']);
});

test("a request waiting after a 429 counts as in flight, even with 'Send Again'", async () => {
	jest.replaceProperty(limits, 'firstWait', 40);
	const chat = clerkChat([[429, {}], UNCLEAR]);
	const call = asTool(saying('Hello', sendAgain));
	const first = call({});
	await sleep(15);
	await expect(call({})).rejects.toThrow(/was already on its way/);
	await expect(first).rejects.toThrow(/may have been sent/);
	expect(chat.sent).toHaveLength(2);
});

test.each<[string, Answer | undefined]>([
	['it is sent', undefined],
	['its result is unclear again', UNCLEAR],
])(
	"two calls with 'Send Again' that both check the record first, one of them longer: %s",
	async (_, second) => {
		jest.replaceProperty(limits, 'waitsForRecord', []);
		const chat = clerkChat([UNCLEAR, second ?? {}], {
			// One look belongs to the first call, and the next two to the others.
			onLook: async () => (chat.looks.length === 3 ? await sleep(100) : undefined),
		});
		const call = asTool(saying('Hello', sendAgain));
		await expect(call({})).rejects.toThrow(/may have been sent/);
		// The record does not list what it could be.
		chat.entries.length = 0;
		const results = await Promise.allSettled([call({}), call({})]);
		expect(chat.sent).toHaveLength(2);
		const failed = results.filter(({ status }) => status === 'rejected');
		expect(failed).toHaveLength(second ? 2 : 1);
		// What is asked for after it was sent is the agent's decision again; a third try of what is unknown is nobody's.
		await call({}).catch(() => {});
		expect(chat.sent).toHaveLength(second ? 2 : 3);
	},
);

test('Skip If Sent: repeated calls return the first message', async () => {
	const chat = clerkChat();
	const call = asTool(saying('To an agent', { skipSentWithinHours: 24 }));
	const [first] = await answerOf(call);
	for (let calls = 0; calls < 3; calls++) {
		expect(await answerOf(call)).toEqual([{ ...first, skipped: true }]);
	}
	expect(chat.texts()).toEqual(['To an agent']);
});

test('an agent that calls twice sends the same text twice, even with Retry On Fail', async () => {
	const chat = clerkChat();
	const used = saying('On my way.');
	const call = asToolNode({ ...used, settings: { ...used.settings, retryOnFail: true } });
	await call();
	await call();
	expect(chat.sent).toHaveLength(2);
});

test("a message that another call sent while this one read the record isn't sent again", async () => {
	const chat = clerkChat(
		{},
		{ onLook: async () => (chat.looks.length === 2 ? await sleep(100) : undefined) },
	);
	const call = asTool(saying('On my way.', { maxPerPerson: { values: { count: 5, hours: 24 } } }));
	const results = await Promise.allSettled([call({}), call({})]);
	expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
	expect(chat.texts()).toEqual(['On my way.']);
});
