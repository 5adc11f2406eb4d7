import type { IDataObject } from 'n8n-workflow';
import { limits } from '../../nodes/ClerkChat/requests/limits';
import { clerkChatApi, messageObject } from './clerkChatApi';
import type { Answer, Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { asToolNode, retry, runNode } from './engine';
import type { Setup } from './engine';

/* How a message is found again in a later try: by the node's fields, and where somebody edited those, by its content. */

const items = [{ name: 'Ann' }, { name: 'Ben' }, { name: 'Cleo' }];

/** Another text in every try: a time and a random number. */
const CHANGING = '={{ $json.name }} {{ $now.toISO() }} {{ Math.random() }}';

const setup = (body: string, settings: Setup['settings'], more: IDataObject = {}): Setup => ({
	parameters: {
		resource: 'message',
		operation: 'send',
		sender: '+14155550100',
		recipients: '=+1415555010{{ $itemIndex }}',
		body,
		options: { maxConcurrency: 1 },
		...(more as Setup['parameters']),
	},
	settings: { waitBetweenTries: 1, ...settings },
});

const nameIn = ({ body }: Received) => String(body.body).split(' ')[0];

/** Answers for one name, the first times; all others get their message. */
function answering(name: string, ...answers: Answer[]) {
	let index = 0;
	return clerkChatApi((request) =>
		nameIn(request) === name && index < answers.length
			? answers[index++]
			: [201, { data: messageObject(1, { body: request.body.body }) }],
	);
}

closeNetwork();
beforeEach(() => {
	jest.replaceProperty(limits, 'firstRepeatWait', 1);
	jest.replaceProperty(limits, 'longestWait', 1);
});

describe('a text that is another one in every try', () => {
	test('Retry On Fail sends nobody anything twice', async () => {
		const received = answering('Ben', [422, {}]);
		const result = await runNode(items, setup(CHANGING, { retryOnFail: true }));
		expect(received.map(nameIn)).toEqual(['Ann', 'Ben', 'Ben', 'Cleo']);
		expect(result.items.map(({ json }) => json.body)).toEqual(
			[0, 2, 3].map((index) => received[index].body.body),
		);
	});

	test('what may have been sent is not sent again', async () => {
		const received = answering('Ben', [500, {}]);
		const result = await runNode(items, setup(CHANGING, { retryOnFail: true }));
		expect(received.map(nameIn)).toEqual(['Ann', 'Ben', 'Cleo']);
		expect(result.error?.description).toContain('not known whether the message was sent');
	});

	test.each([422, 500])('the Retry button sends nobody anything twice (%i)', async (status) => {
		const received = answering('Ben', [status, {}]);
		const original = setup(CHANGING, {});
		const stopped = await runNode(items, original);
		await retry(stopped, items, original);
		const expected = status === 422 ? ['Ann', 'Ben', 'Ben', 'Cleo'] : ['Ann', 'Ben', 'Cleo'];
		expect(received.map(nameIn)).toEqual(expected);
	});

	test("nor does it after 'If Outcome Is Unknown' was changed: only what may have been sent is sent again", async () => {
		const received = answering('Ben', [500, {}]);
		const stopped = await runNode(items, setup(CHANGING, {}));
		const options = { maxConcurrency: 1, unknownOutcome: 'resend' };
		const retried = await retry(stopped, items, setup(CHANGING, {}, { options }));
		expect(received.map(nameIn)).toEqual(['Ann', 'Ben', 'Ben', 'Cleo']);
		expect(retried.items).toHaveLength(3);
	});
});

describe('the Retry button after the fields were edited', () => {
	test('what says the same as before is not sent again', async () => {
		const received = answering('Ben', [422, {}]);
		const stopped = await runNode(items, setup('={{ $json.name }} is next', {}));
		await retry(stopped, items, setup("={{ $json.name + ' is next' }}", {}));
		expect(received.map(nameIn)).toEqual(['Ann', 'Ben', 'Ben', 'Cleo']);
	});

	test('another text is another message', async () => {
		const received = answering('Ben', [422, {}]);
		const stopped = await runNode(items, setup('={{ $json.name }} is next', {}));
		await retry(stopped, items, setup('={{ $json.name }} is the next one', {}));
		expect(received.map(nameIn)).toEqual(['Ann', 'Ben', 'Ann', 'Ben', 'Cleo']);
	});
});

describe('Send Again', () => {
	const again = { options: { maxConcurrency: 1, unknownOutcome: 'resend' } };

	test('refused now, but perhaps sent before: it is still not known', async () => {
		const received = answering('Ann', [500, {}], [422, { message: 'has opted out' }]);
		const settings = { retryOnFail: true, maxTries: 2, onError: 'continueRegularOutput' } as const;
		const result = await runNode([items[0]], setup('={{ $json.name }}', settings, again));
		expect(received).toHaveLength(2);
		expect(result.items[0].json.error).toMatchObject({
			message:
				'Clerk Chat did not accept the values of this item; in an earlier try the message may have been sent',
			description: expect.stringMatching(/has opted out.*Look for it in the conversation/),
			outcome: 'unknown',
		});
	});

	test('is what the later try must want: without it, nothing goes out after such a refusal', async () => {
		const received = answering('Ann', [500, {}], [422, {}]);
		const settings = { retryOnFail: true, maxTries: 2 };
		const stopped = await runNode([items[0]], setup('={{ $json.name }}', settings, again));
		await retry(stopped, [items[0]], setup('={{ $json.name }}', {}));
		expect(received).toHaveLength(2);
	});
});

test('what was sent comes out although the credential cannot be read any more', async () => {
	let reads = 0;
	const received = answering('Ann', [422, {}], [422, {}]);
	const settings = { retryOnFail: true, maxTries: 2, onError: 'continueRegularOutput' } as const;
	const unreadable = {
		...setup('={{ $json.name }}', settings),
		onCredentials: () => {
			if (++reads > 1) throw new Error('the database is gone');
		},
	};
	const { items: out } = await runNode(items, unreadable);
	expect(received.map(nameIn)).toEqual(['Ann', 'Ben', 'Cleo']);
	expect(out.map(({ json }) => (json.error as IDataObject | null)?.outcome ?? json.body)).toEqual([
		'notTried',
		'Ben',
		'Cleo',
	]);
});

test('a tool with Retry On Fail sends the same text twice when the agent asks twice', async () => {
	const received = answering('');
	const call = asToolNode(setup('On my way.', { retryOnFail: true }));
	await call();
	await call();
	expect(received).toHaveLength(2);
});
