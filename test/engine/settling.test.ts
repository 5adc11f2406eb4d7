import { sleep } from 'n8n-workflow';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { clerkChatApi } from './clerkChatApi';
import type { Answer, Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { API_KEY, asTool, hintsOf, retry, runNode } from './engine';
import type { Setup } from './engine';
import { ask } from './waitingHost';
import { messageObject } from './messages';

/* What is unknown is looked up on Clerk Chat's record (docs/howSendingWorks.md). */

const setup = (parameters: INodeParameters = {}, settings: Setup['settings'] = {}): Setup => ({
	parameters: {
		resource: 'message',
		operation: 'send',
		sender: '+14155550100',
		recipients: '={{ $json.to }}',
		body: '={{ $json.text }}',
		...parameters,
	},
	settings: { waitBetweenTries: 1, ...settings },
});

const toContinue = { onError: 'continueRegularOutput' } as const;

/** Items whose texts say what becomes of them, such as `kept a`. */
const itemsOf = (...texts: string[]) =>
	texts.map((text, index) => ({ text, to: `+1415555${String(1000 + index)}` }));

let ids = 100;

/**
 * Clerk Chat with a record. The first word of a text says what becomes of it: `kept` goes out and `lost` does not, both
 * are answered with 500; `failed` is on record as failed; `late` is listed at the third look, `later` at the fourth, when
 * the first try is over; all others go well.
 */
function clerkChat({
	closed,
	baseUrl,
	...changes
}: { closed?: number; baseUrl?: string } & IDataObject = {}) {
	const entries: IDataObject[] = [];
	const looks: Received[] = [];
	const answerTo = ({ body }: Received): Answer => {
		const [fate] = String(body.body).split(' ');
		const now = new Date().toISOString();
		const message = messageObject(ids++, {
			body: body.body,
			sender: body.sender,
			members: [body.sender, ...(body.recipients as string[])],
			created: now,
			timestamp: now,
			...(fate === 'failed' && { status: 'failed', error: 'The carrier is down' }),
			...changes,
		});
		if (fate !== 'lost') entries.push(message);
		return ['kept', 'lost', 'failed', 'late', 'later'].includes(fate)
			? [500, {}]
			: [201, { data: message }];
	};
	const record = (request: Received): Answer => {
		looks.push(request);
		if (closed) return [closed, {}];
		const hidden = looks.length < 3 ? /^late/ : looks.length < 4 ? /^later/ : /^$/;
		const listed = entries.filter(({ body }) => !hidden.test(String(body)));
		const { page, limit } = request.query;
		const from = (Number(page) - 1) * Number(limit);
		return [
			200,
			{ data: [...listed].reverse().slice(from, from + Number(limit)), total: listed.length },
		];
	};
	const sent = clerkChatApi(answerTo, { record, baseUrl });
	return { sent, looks, entries, texts: () => sent.map(({ body }) => body.body) };
}

closeNetwork();

describe('in this try', () => {
	test.each(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const)(
		'On Error = %s: what is on record comes out as sent, linked to its item, and the run goes on',
		async (onError) => {
			const { texts, entries } = clerkChat();
			const options = { maxConcurrency: 1 };
			const result = await runNode(
				itemsOf('a', 'kept b', 'c', 'kept d', 'e'),
				setup({ options }, { onError }),
			);
			expect(result.items.map(({ json }) => json)).toEqual(
				[...entries].sort((x, y) => Number(x.id) - Number(y.id)),
			);
			expect(result.items.map(({ pairedItem }) => pairedItem)).toEqual(
				[0, 1, 2, 3, 4].map((item) => ({ item })),
			);
			expect(result.errorItems).toEqual([]);
			expect(texts()).toEqual(['a', 'kept b', 'c', 'kept d', 'e']);
			expect(hintsOf(result)).toEqual(["Sent 5 (2 confirmed by Clerk Chat's history)."]);
		},
	);

	test('what is listed only after a while is found', async () => {
		const { looks } = clerkChat();
		const result = await runNode(itemsOf('late'), setup());
		expect(result.items).toMatchObject([{ json: { body: 'late' } }]);
		expect(looks).toHaveLength(3);
	});

	test('what is not on record stays unknown, says so, and ends the run when On Error is Stop', async () => {
		const { texts } = clerkChat();
		const options = { maxConcurrency: 1 };
		const result = await runNode(itemsOf('a', 'lost b', 'c'), setup({ options }));
		expect(result.error?.message).toMatch(/the message to \+14155551001 may have been sent$/);
		expect(result.error?.description).toMatch(
			/^Sent 1, unclear 1, not tried 1\.<br>After \d+ seconds, Clerk Chat's message history doesn't show it.*unclear whether/,
		);
		expect(texts()).toEqual(['a', 'lost b']);
	});

	test('what is on record as failed was not sent, for the reason that stands there', async () => {
		const { texts } = clerkChat();
		const items = itemsOf('a', 'failed b');
		const result = await runNode(items, setup({}, toContinue));
		expect(result.items[1].json.error).toMatchObject({
			outcome: 'refused',
			message: 'The message was not sent',
			description: expect.stringContaining('The carrier is down') as string,
		});
		expect(texts()).toHaveLength(2);
	});

	test("on record as failed, with 'Fail on Refused Message' off: comes out", async () => {
		clerkChat();
		const options = { rejectedAsError: false };
		const result = await runNode(itemsOf('failed'), setup({ options }));
		expect(result.items).toMatchObject([{ json: { status: 'failed' } }]);
	});

	test('an error beside another status stays unknown, on record too', async () => {
		const { sent } = clerkChat({ error: 'odd' });
		const result = await runNode(itemsOf('kept'), setup({}, toContinue));
		expect(result.items[0].json.error).toMatchObject({ outcome: 'unknown' });
		expect(sent).toHaveLength(1);
	});

	test('messages to one person: each takes its own entry', async () => {
		const { entries } = clerkChat();
		const items = ['kept', 'lost', 'kept'].map((fate, index) => ({
			to: '+14155550123',
			text: fate === 'kept' ? 'kept' : `lost ${index}`,
		}));
		const result = await runNode(items, setup({}, toContinue));
		expect(result.items.map(({ json }) => json.id)).toEqual([
			entries[0].id,
			undefined,
			entries[1].id,
		]);
	});

	test('a message that is known to be another one is not taken for this one', async () => {
		// Both say the same to the same person; the first one went well.
		let asked = 0;
		const entry = messageObject(ids++, { timestamp: new Date(Date.now() + 1000).toISOString() });
		clerkChatApi(() => (asked++ === 0 ? [201, { data: entry }] : [500, {}]), {
			record: () => [200, { data: [entry], total: 1 }],
		});
		const items = [1, 2].map(() => ({ to: '+14155550123', text: 'Hello' }));
		const result = await runNode(items, setup({}, toContinue));
		expect(result.items.map(({ json }) => json.id)).toEqual([entry.id, undefined]);
	});

	test('an entry is not taken while another execution has the same message on its way', async () => {
		const entries: IDataObject[] = [];
		let asked = 0;
		let looks = 0;
		clerkChatApi(
			async () => {
				if (asked++ === 0) return [500, {}];
				const message = entryOf({ text: 'Twice', to: '+14155550123' });
				entries.push(message);
				// Its own execution hears of it after the other one has looked.
				while (looks === 0) await sleep(1);
				await sleep(5);
				return [201, { data: message }];
			},
			{ record: () => (looks++, [200, { data: entries, total: entries.length }]) },
		);
		const items = [{ text: 'Twice', to: '+14155550123' }];
		const results = await Promise.all([
			runNode(items, setup({}, toContinue)),
			runNode(items, setup({}, toContinue)),
		]);
		const came = results.flatMap((result) => result.items.map(({ json }) => json));
		expect(came.filter(({ id }) => id === entries[0].id)).toHaveLength(1);
		expect(came.filter(({ error }) => error)).toMatchObject([{ error: { outcome: 'unknown' } }]);
	});

	test('a message of a server for tests with the same id is another one', async () => {
		const credentials = { apiKey: API_KEY, baseUrl: 'https://tests.clerk-chat.test' };
		clerkChat({ id: 7, baseUrl: credentials.baseUrl });
		await runNode(itemsOf('a'), { ...setup(), credentials });
		clerkChat({ id: 7 });
		const result = await runNode(itemsOf('kept b'), setup());
		expect(result.items.map(({ json }) => json.body)).toEqual(['kept b']);
	});

	test.each([
		[403, 1],
		[401, 1],
		[500, 3],
	])('a record that answers %i: unknown as before, after %i looks', async (closed, count) => {
		const { looks, texts } = clerkChat({ closed });
		const result = await runNode(itemsOf('kept a', 'b'), setup({}, toContinue));
		expect(result.items[0].json.error).toMatchObject({
			outcome: 'unknown',
			description: expect.stringContaining("couldn't be read") as string,
		});
		expect(looks).toHaveLength(count);
		expect(texts()).toEqual(['kept a', 'b']);
	});

	test('a message with a template is not looked up: its text may be another one', async () => {
		const { looks } = clerkChat();
		const additionalFields = { templateId: '7' };
		await runNode(itemsOf('kept'), setup({ additionalFields }, toContinue));
		expect(looks).toHaveLength(0);
	});

	test('with nothing unknown there is not one request more', async () => {
		const { looks, sent } = clerkChat();
		await runNode(itemsOf('a', 'b', 'c'), setup());
		expect([sent.length, looks.length]).toEqual([3, 0]);
	});

	test('100 items of which 34 are unknown take at most 40 looks', async () => {
		const { looks } = clerkChat();
		const texts = Array.from({ length: 100 }, (_, n) => (n % 3 === 0 ? `kept ${n}` : `${n}`));
		const result = await runNode(itemsOf(...texts), setup({}, toContinue));
		expect(result.items.filter(({ json }) => json.error)).toEqual([]);
		expect(looks.length).toBeLessThanOrEqual(40);
	});
});

describe('in a later try', () => {
	test('Retry On Fail finds what got on record meanwhile, and sends nothing again', async () => {
		const { texts, looks } = clerkChat();
		const result = await runNode(itemsOf('later a'), setup({}, { retryOnFail: true }));
		expect(result.items).toMatchObject([{ json: { body: 'later a' } }]);
		expect(texts()).toEqual(['later a']);
		expect(looks).toHaveLength(4);
	});

	test('the Retry button finds it too, and goes on with the rest', async () => {
		const { texts, entries } = clerkChat();
		const items = itemsOf('lost a', 'b');
		const one = setup({ options: { maxConcurrency: 1 } });
		const stopped = await runNode(items, one);
		entries.push(entryOf(items[0]));
		const retried = await retry(stopped, items, one);
		expect(retried.items.map(({ json }) => json.body)).toEqual(['lost a', 'b']);
		expect(texts()).toEqual(['lost a', 'b']);
		expect(hintsOf(retried)).toEqual(["Sent 2 (1 confirmed by Clerk Chat's history)."]);
	});

	test('the same text of another day, long after its request had ended, is another message', async () => {
		const { entries, texts } = clerkChat();
		const items = itemsOf('lost reminder');
		const stopped = await runNode(items, setup());
		const tomorrow = Date.now() + 86_400_000;
		const timestamp = new Date(tomorrow).toISOString();
		entries.push(entryOf(items[0], { timestamp, created: timestamp }));
		const clock = jest.spyOn(Date, 'now').mockReturnValue(tomorrow + 60_000);
		const retried = await retry(stopped, items, setup());
		clock.mockRestore();
		expect(retried.error?.message).toBe(stopped.error?.message);
		expect(texts()).toEqual(['lost reminder']);
	});

	test('it is found by what it said then, though an expression gives another text now', async () => {
		const { texts, entries } = clerkChat();
		const items = itemsOf('lost a');
		const changing = setup({ body: '={{ $json.text }} {{ $now.toMillis() }}{{ Math.random() }}' });
		const stopped = await runNode(items, changing);
		entries.push(entryOf({ ...items[0], text: String(texts()[0]) }));
		const retried = await retry(stopped, items, changing);
		expect(retried.items.map(({ json }) => json.body)).toEqual([texts()[0]]);
		expect(texts()).toHaveLength(1);
	});

	test('what is on record as failed is sent again', async () => {
		const { texts, entries } = clerkChat();
		const items = itemsOf('lost a');
		const stopped = await runNode(items, setup());
		entries.push(entryOf(items[0], { status: 'failed', error: 'The carrier is down' }));
		await retry(stopped, items, setup());
		expect(texts()).toEqual(['lost a', 'lost a']);
	});

	test('what is not on record is not sent again', async () => {
		const { texts } = clerkChat();
		const items = itemsOf('lost a');
		const stopped = await runNode(items, setup());
		const retried = await retry(stopped, items, setup());
		expect(retried.error?.message).toBe(stopped.error?.message);
		expect(texts()).toEqual(['lost a']);
	});

	test("'Send Again' sends only what is not on record", async () => {
		const { texts, entries } = clerkChat();
		const items = itemsOf('lost a', 'lost b');
		const again = setup({ options: { unknownOutcome: 'resend', maxConcurrency: 2 } });
		const stopped = await runNode(items, again);
		entries.push(entryOf(items[0]));
		await retry(stopped, items, again);
		expect(texts()).toEqual(['lost a', 'lost b', 'lost b']);
	});

	test('of what n8n was killed at, the record tells as well', async () => {
		const { texts, entries } = clerkChat();
		const items = itemsOf('lost a');
		const stopped = await runNode(items, setup());
		const saved = JSON.stringify(stopped.data).replace(
			'"outcome":"unknown"',
			'"outcome":"onItsWay"',
		);
		entries.push(entryOf(items[0]));
		const retried = await retry({ ...stopped, data: JSON.parse(saved) }, items, setup());
		expect(retried.items).toMatchObject([{ json: { body: 'lost a' } }]);
		expect(texts()).toEqual(['lost a']);
	});

	test('an agent’s next call looks first', async () => {
		const { texts, entries } = clerkChat();
		const { parameters } = setup({ recipients: '+14155550123', body: 'lost' });
		const call = asTool({ parameters });
		await expect(call({})).rejects.toThrow(/unclear whether/);
		await expect(call({})).rejects.toThrow(/unclear whether/);
		entries.push(entryOf({ text: 'lost', to: '+14155550123' }));
		expect(JSON.parse(String(await call({})))).toMatchObject([{ body: 'lost', status: 'sent' }]);
		expect(texts()).toEqual(['lost']);
	});
});

describe('Send and Wait for Response', () => {
	const asking = (settings: Setup['settings'] = {}) =>
		setup(
			{ operation: 'sendAndWait', message: '={{ $json.text }}', responseType: 'freeText' },
			settings,
		);

	test('waits when the question is on record', async () => {
		const { sent } = clerkChat();
		const result = await ask(itemsOf('kept ?'), asking());
		expect(result.status).toBe('waiting');
		expect(sent).toHaveLength(1);
	});

	test('does not wait when it is not', async () => {
		const { sent } = clerkChat();
		const result = await ask(itemsOf('lost ?'), asking());
		expect(result.error?.message).toMatch(/may have been sent/);
		expect(sent).toHaveLength(1);
	});

	test('the Retry button asks anew when the record shows the first text: its link leads nowhere', async () => {
		const { sent, entries } = clerkChat();
		const items = itemsOf('lost ?');
		const stopped = await ask(items, asking());
		entries.push(entryOf({ ...items[0], text: String(sent[0].body.body) }));
		await retry(stopped, items, { ...asking(), executionId: '2' });
		expect(sent).toHaveLength(2);
	});
});

/** An item's message as it stands on record. */
function entryOf({ text, to }: { text: string; to: string }, changes: IDataObject = {}) {
	const now = new Date().toISOString();
	return messageObject(ids++, {
		body: text,
		members: ['+14155550100', to],
		created: now,
		timestamp: now,
		...changes,
	});
}
