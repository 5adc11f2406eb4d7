import { Settings } from 'luxon';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import { clerkChatApi } from './clerkChatApi';
import type { Answer, Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { asToolNode, retry, runNode } from './engine';
import type { Result, Setup } from './engine';
import { messageObject, oneAtATime, sent, setup as sends } from './messages';

/* How a message is found again in a later try: by the node's fields, and where somebody edited those, by its content. */

const items = [{ name: 'Ann' }, { name: 'Ben' }, { name: 'Cleo' }];

/** Another text in every try: a time and a random number. */
const CHANGING = '={{ $json.name }} {{ $now.toISO() }} {{ Math.random() }}';

const setup = (body: string, settings: Setup['settings'] = {}, more: INodeParameters = {}) =>
	sends({ recipients: '=+1415555010{{ $itemIndex }}', body, ...oneAtATime, ...more }, settings);

const nameIn = ({ body }: Received) => String(body.body).split(' ')[0];

/** Answers by name, one after the other; when there is none left, the message is sent. */
const answers = (byName: Record<string, Answer[]>) =>
	clerkChatApi((request, index) => byName[nameIn(request)]?.shift() ?? sent(request, index));

/** The same for one name; all others get their message. */
const answering = (name: string, ...forName: Answer[]) => answers({ [name]: forName });

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
		expect(result.error?.description).toContain('unclear whether the message was sent');
	});

	test.each([422, 500])('the Retry button sends nobody anything twice (%i)', async (status) => {
		const received = answering('Ben', [status, {}]);
		const original = setup(CHANGING);
		const stopped = await runNode(items, original);
		await retry(stopped, items, original);
		const expected = status === 422 ? ['Ann', 'Ben', 'Ben', 'Cleo'] : ['Ann', 'Ben', 'Cleo'];
		expect(received.map(nameIn)).toEqual(expected);
	});

	test("nor does it after 'If the Result Is Unclear' was changed: only what may have been sent is sent again", async () => {
		const received = answering('Ben', [500, {}]);
		const stopped = await runNode(items, setup(CHANGING));
		const options = { maxConcurrency: 1, unknownOutcome: 'resend' };
		const retried = await retry(stopped, items, setup(CHANGING, {}, { options }));
		expect(received.map(nameIn)).toEqual(['Ann', 'Ben', 'Ben', 'Cleo']);
		expect(retried.items).toHaveLength(3);
	});

	test.each<[string, INodeParameters]>([
		['Timeout', { requestOptions: { timeout: 20_000 } }],
		['Messages at the Same Time', { options: { maxConcurrency: 2 } }],
	])("nor does it after '%s' was changed", async (_name, more) => {
		const received = answering('Ben', [422, {}]);
		const stopped = await runNode(items, setup(CHANGING));
		const retried = await retry(stopped, items, setup(CHANGING, {}, more));
		expect(received.map(nameIn).sort()).toEqual(['Ann', 'Ben', 'Ben', 'Cleo']);
		expect(retried.items).toHaveLength(3);
	});
});

describe('the Retry button after the fields were edited', () => {
	/** What is saved with the execution of what the node remembers. */
	const saved = ({ data }: Result) => JSON.stringify(data.executionData?.contextData);

	test('what says the same as before is not sent again', async () => {
		const received = answering('Ben', [422, {}]);
		const stopped = await runNode(items, setup('={{ $json.name }} is next'));
		const retried = await retry(stopped, items, setup("={{ $json.name + ' is next' }}"));
		expect(received.map(nameIn)).toEqual(['Ann', 'Ben', 'Ben', 'Cleo']);
		expect(saved(retried)).not.toContain('outcome');
	});

	test('another text is another message', async () => {
		const received = answering('Ben', [422, {}]);
		const stopped = await runNode(items, setup('={{ $json.name }} is next'));
		const retried = await retry(stopped, items, setup('={{ $json.name }} is the next one'));
		expect(received.map(nameIn)).toEqual(['Ann', 'Ben', 'Ann', 'Ben', 'Cleo']);
		expect(saved(retried)).not.toContain('outcome');
	});
});

describe('the Retry button again, after the retry has failed as well', () => {
	const text = setup('={{ $json.name }}');

	test('of the first execution: what the other retry sent is not sent again', async () => {
		const received = answers({ Ann: [[422, {}]], Cleo: [[422, {}]] });
		const stopped = await runNode(items, text);
		expect((await retry(stopped, items, text)).status).toBe('error');
		const { items: out } = await retry(stopped, items, text);
		expect(received.map(nameIn)).toEqual(['Ann', 'Ann', 'Ben', 'Cleo', 'Cleo']);
		expect(out.map(({ json }) => json.body)).toEqual(['Ann', 'Ben', 'Cleo']);
	});

	test('of the first execution, in which nothing was tried at all', async () => {
		const received = answers({ Cleo: [[422, {}]] });
		const stopped = await runNode(
			items,
			setup('={{ $json.name }}', {}, { recipients: '={{ "" }}' }),
		);
		expect(received).toHaveLength(0);
		await retry(stopped, items, text);
		await retry(stopped, items, text);
		expect(received.map(nameIn)).toEqual(['Ann', 'Ben', 'Cleo', 'Cleo']);
	});

	test('of the first execution, when all went well in this node and a later one has failed', async () => {
		const received = answers({ Ann: [[422, {}]] });
		const stopped = await runNode(items, text);
		await retry(stopped, items, text);
		const { items: out } = await retry(stopped, items, text);
		expect(received.map(nameIn)).toEqual(['Ann', 'Ann', 'Ben', 'Cleo']);
		expect(out).toHaveLength(3);
	});

	test('of the retry', async () => {
		const received = answers({ Ann: [[422, {}]], Cleo: [[422, {}]] });
		const stopped = await runNode(items, text);
		const failed = await retry(stopped, items, text);
		await retry(failed, items, text);
		expect(received.map(nameIn)).toEqual(['Ann', 'Ann', 'Ben', 'Cleo', 'Cleo']);
	});

	test('the same thing twice at once', async () => {
		const received = answers({ Ann: [[422, {}]] });
		const stopped = await runNode(items, text);
		await Promise.all([retry(stopped, items, text), retry(stopped, items, text)]);
		expect(received.map(nameIn).slice(1).sort()).toEqual(['Ann', 'Ben', 'Cleo']);
	});

	test('an execution of its own knows nothing of it', async () => {
		const received = answers({ Ann: [[422, {}]] });
		await retry(await runNode(items, text), items, text);
		await runNode(items, text);
		expect(received.map(nameIn)).toEqual(['Ann', 'Ann', 'Ben', 'Cleo', 'Ann', 'Ben', 'Cleo']);
	});

	test.each(['resend', 'doNotResend'])(
		'sent after an edit, then edited back (%s)',
		async (unknownOutcome) => {
			const received = answers({
				Ann: [[500, {}]],
				Ben: [
					[422, {}],
					[422, {}],
				],
			});
			const options = (value: string) => ({
				options: { maxConcurrency: 1, unknownOutcome: value },
			});
			const edited = setup('={{ ($json.name) }}', {}, options('resend'));
			const back = setup('={{ $json.name }}', {}, options(unknownOutcome));
			const second = await retry(await runNode(items, text), items, edited);
			expect(received.map(nameIn)).toEqual(['Ann', 'Ann', 'Ben']);
			const third = await retry(second, items, back);
			const { error } = await retry(third, items, back);
			expect(received.map(nameIn)).toEqual(['Ann', 'Ann', 'Ben', 'Ben', 'Ben', 'Cleo']);
			expect(error).toBeUndefined();
		},
	);
});

describe('n8n runs the node again although all went well, and that try fails', () => {
	test('the Retry button still knows what was sent', async () => {
		const rejected: Answer = [201, { data: messageObject(9, { status: 'failed', error: 'spam' }) }];
		const received = answers({ Ann: [rejected, [422, {}], [422, {}]] });
		const options = { maxConcurrency: 1, rejectedAsError: false };
		const settings = { retryOnFail: true, maxTries: 2 };
		const used = setup('={{ $json.name }}', settings, { options });
		const stopped = await runNode(items, used);
		expect(stopped.status).toBe('error');
		await retry(stopped, items, used);
		expect(received.map(nameIn)).toEqual(['Ann', 'Ben', 'Cleo', 'Ann', 'Ann', 'Ann']);
	});
});

test('a field that is usable in one try and not in the next: what was sent comes out again', async () => {
	const received = answers({ Ann: [[422, {}]] });
	const settings = { retryOnFail: true, maxTries: 2, onError: 'continueRegularOutput' } as const;
	// An answer was given: for Ben, the time is over from then on.
	const isOver = jest.spyOn(Settings, 'now').mockImplementation(() => received.length);
	const recipients = '={{ $json.name === "Ben" && $now.toMillis() > 0 ? "" : "+14155550101" }}';
	const result = await runNode(items, setup('={{ $json.name }}', settings, { recipients }));
	expect(isOver).toHaveBeenCalled();
	expect(received.map(nameIn)).toEqual(['Ann', 'Ben', 'Cleo', 'Ann']);
	expect(result.items.map(({ json }) => json.body)).toEqual(['Ann', 'Ben', 'Cleo']);
});

describe('Send Again', () => {
	const again = { options: { maxConcurrency: 1, unknownOutcome: 'resend' } };
	const settings = { retryOnFail: true, maxTries: 2, onError: 'continueRegularOutput' } as const;

	test('refused now, but perhaps sent before: it is still not known', async () => {
		const received = answering('Ann', [500, {}], [422, { message: 'has opted out' }]);
		const result = await runNode([items[0]], setup('={{ $json.name }}', settings, again));
		expect(received).toHaveLength(2);
		expect(result.items[0].json.error).toMatchObject({
			message:
				"Clerk Chat didn't accept the values of this item; in an earlier try the message to +14155550100 may have been sent",
			description: expect.stringMatching(/has opted out.*Look for it in the conversation/),
			outcome: 'unknown',
		});
	});

	test('not tried now, but perhaps sent before: it is still not known (On Error = Continue)', async () => {
		answers({
			Ann: [
				[422, {}],
				[401, {}],
			],
			Ben: [[500, {}]],
		});
		const result = await runNode(items, setup('={{ $json.name }}', settings, again));
		const outcomes = result.items.map(({ json }) => (json.error as IDataObject | null)?.outcome);
		expect(outcomes).toEqual(['refused', 'unknown', undefined]);
		expect(result.items[1].json.error).toMatchObject({
			message:
				"Clerk Chat doesn't accept the API key; in an earlier try the message to +14155550101 may have been sent",
		});
	});

	test('not tried now, but perhaps sent before: it is counted so (On Error = Stop)', async () => {
		answers({
			Ann: [
				[422, {}],
				[422, {}],
			],
			Ben: [[500, {}]],
		});
		const both = { options: { maxConcurrency: 2, unknownOutcome: 'resend' } };
		const two = items.slice(0, 2);
		const stopped = await runNode(two, setup('={{ $json.name }}', {}, both));
		const { error } = await retry(stopped, two, setup('={{ $json.name }}', {}, again));
		expect(error?.description).toMatch(/^Unclear 1, failed 1 \(/);
	});

	test('the credential cannot be read in the later try: it is still not known', async () => {
		answering('Ann', [500, {}]);
		let reads = 0;
		const result = await runNode([items[0]], {
			...setup('={{ $json.name }}', settings, again),
			onCredentials: () => {
				if (++reads > 1) throw new Error('the database is gone');
			},
		});
		expect(result.items[0].json.error).toMatchObject({
			message: expect.stringMatching(
				/in an earlier try the message to \+14155550100 may have been sent$/,
			),
			outcome: 'unknown',
		});
	});

	test('is what the later try must want: without it, nothing goes out after such a refusal', async () => {
		const received = answering('Ann', [500, {}], [422, {}]);
		const settings = { retryOnFail: true, maxTries: 2 };
		const stopped = await runNode([items[0]], setup('={{ $json.name }}', settings, again));
		await retry(stopped, [items[0]], setup('={{ $json.name }}'));
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

test('what may have been sent in one run of a loop is not sent in the next run, and the rest is, which are other messages', async () => {
	const received = answering('Ann', [500, {}]);
	const looped = setup('={{ $json.name }}', { onError: 'continueRegularOutput' });
	const result = await runNode(items, { ...looped, runs: 2 });
	expect(received.map(nameIn)).toEqual(['Ann', 'Ben', 'Cleo', 'Ben', 'Cleo']);
	expect(result.items[0].json.error).toMatchObject({ outcome: 'unknown' });
	expect(result.items.slice(1).map(({ json }) => json.body)).toEqual(['Ben', 'Cleo']);
});

test('a tool with Retry On Fail sends the same text twice when the agent asks twice', async () => {
	const received = answering('');
	const call = asToolNode(setup('On my way.', { retryOnFail: true }));
	await call();
	await call();
	expect(received).toHaveLength(2);
});
