import { sleep } from 'n8n-workflow';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { clerkChatApi } from './clerkChatApi';
import type { Answer, Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { limits } from '../../nodes/api/limits';
import { retry, runNode } from './engine';
import type { Setup } from './engine';
import { messageObject } from './messages';

/* Ways in which the record was read wrongly, or a doubt was forgotten (docs/howSendingWorks.md). */

const US = '+14155550100';
const toContinue = { onError: 'continueRegularOutput' } as const;

const setup = (options: IDataObject = {}, settings: Setup['settings'] = {}): Setup => ({
	parameters: {
		resource: 'message',
		operation: 'send',
		sender: US,
		recipients: '={{ $json.to }}',
		body: '={{ $json.text }}',
		options: options as INodeParameters,
	},
	settings: { waitBetweenTries: 1, ...settings },
});

const skipping = (options: IDataObject = {}, settings: Setup['settings'] = {}) =>
	setup({ skipSentWithinHours: 24, ...options }, settings);

let ids = 500_000;
let people = 8_000_000;
/** Somebody whom no other test knows. */
const somebody = () => `+1415${++people}`;

const entryOf = (body: IDataObject, changes: IDataObject = {}) => {
	const now = new Date().toISOString();
	return messageObject(ids++, {
		body: body.body,
		sender: body.sender ?? US,
		members: [US, ...(body.recipients as string[])],
		created: now,
		timestamp: now,
		...changes,
	});
};

/** Clerk Chat; `answer` may add to `entries`, which is the record. */
function clerkChat(
	answer: (request: Received, entries: IDataObject[]) => Answer | Promise<Answer>,
	closed: () => number | undefined = () => undefined,
	onLook: () => void | Promise<void> = () => {},
) {
	const entries: IDataObject[] = [];
	const sent = clerkChatApi(async (request) => await answer(request, entries), {
		record: async ({ query }) => {
			const listed = entries.filter(
				({ timestamp }) => Date.parse(String(timestamp)) > Date.parse(String(query.start)),
			);
			await onLook();
			const status = closed();
			if (status) return [status, {}];
			return [200, { data: Number(query.page) === 1 ? listed : [], total: listed.length }];
		},
	});
	const recipients = () => sent.map(({ body }) => body.recipients);
	return { entries, sent, recipients };
}

/** A minute passes, until the end of the test. @returns what time it is then */
const aMinuteLater = () => {
	const later = Date.now() + 60_000;
	jest.spyOn(Date, 'now').mockReturnValue(later);
	return new Date(later).toISOString();
};

const goesOut = ({ body }: Received, entries: IDataObject[]): Answer => {
	const entry = entryOf(body);
	entries.push(entry);
	return [201, { data: entry }];
};

closeNetwork();

describe('a message to several people and one to some of them', () => {
	test('at the same moment, both with Skip If Sent: nobody gets the text twice', async () => {
		const [ann, bob] = [somebody(), somebody()];
		const { recipients } = clerkChat(async (request, entries) => {
			await sleep(30);
			return goesOut(request, entries);
		});
		await Promise.all([
			runNode([{ to: `${ann}, ${bob}`, text: 'group' }], skipping()),
			runNode([{ to: ann, text: 'group' }], skipping()),
		]);
		expect(recipients()).toEqual([[ann, bob]]);
	});

	test('sent together before, and Separately now: nobody gets the text twice', async () => {
		const [ann, bob] = [somebody(), somebody()];
		const { recipients } = clerkChat(goesOut);
		const items = [{ to: `${ann}, ${bob}`, text: 'together' }];
		await runNode(items, skipping());
		const again = await runNode(items, skipping({ severalNumbers: 'separately' }));
		expect(recipients()).toEqual([[ann, bob]]);
		expect(again.items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 0 }]);
	});

	test('sent together before, and as an item for each now: nobody gets the text twice', async () => {
		const [ann, bob] = [somebody(), somebody()];
		const { recipients } = clerkChat(goesOut);
		await runNode([{ to: `${ann}, ${bob}`, text: 'items' }], skipping());
		const items = [ann, bob].map((to) => ({ to, text: 'items' }));
		const again = await runNode(items, skipping());
		expect(recipients()).toEqual([[ann, bob]]);
		expect(again.items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
	});

	test('two sent together before, and those and a third Separately now: only the third gets the text', async () => {
		const [ann, bob, cat] = [somebody(), somebody(), somebody()];
		const { recipients } = clerkChat(goesOut);
		await runNode([{ to: `${ann}, ${bob}`, text: 'third' }], skipping());
		const items = [{ to: `${ann}, ${bob}, ${cat}`, text: 'third' }];
		await runNode(items, skipping({ severalNumbers: 'separately' }));
		expect(recipients()).toEqual([[ann, bob], [cat]]);
	});

	test('two sent together before, and those and a third together now: refused', async () => {
		const [ann, bob, cat] = [somebody(), somebody(), somebody()];
		const { recipients } = clerkChat(goesOut);
		await runNode([{ to: `${ann}, ${bob}`, text: 'more' }], skipping());
		const result = await runNode([{ to: `${ann}, ${bob}, ${cat}`, text: 'more' }], skipping());
		expect(recipients()).toEqual([[ann, bob]]);
		expect(result.error?.message).toContain(`${ann}, ${bob}`);
	});

	test('the one to the group is on its way in another execution: it is not taken for the one to Ann', async () => {
		const [ann, bob] = [somebody(), somebody()];
		let looks = 0;
		const { entries } = clerkChat(
			async (request, all) => {
				if ((request.body.recipients as string[]).length === 1) return [500, {}];
				const answer = goesOut(request, all);
				while (looks === 0) await sleep(1);
				await sleep(10);
				return answer;
			},
			undefined,
			() => void looks++,
		);
		const [alone] = await Promise.all([
			runNode([{ to: ann, text: 'taken' }], setup({}, toContinue)),
			runNode([{ to: `${ann}, ${bob}`, text: 'taken' }], setup({}, toContinue)),
		]);
		expect(entries).toHaveLength(1);
		expect(alone.items[0].json.error).toMatchObject({ outcome: 'unknown' });
	});
});

test('Skip If Sent: the entry of an item that was left out is not taken for another one that got lost', async () => {
	const to = somebody();
	const { entries, sent } = clerkChat(() => [500, {}]);
	entries.push(entryOf({ body: 'one', recipients: [to] }));
	const items = [
		{ to, text: 'one' },
		{ to, text: 'one' },
	];
	const result = await runNode(items, skipping({}, toContinue));
	expect(sent).toHaveLength(1);
	expect(result.items[0].json).toMatchObject({ id: entries[0].id });
	expect(result.items[1].json.error).toMatchObject({ outcome: 'unknown' });
});

test('Skip If Sent: an entry that speaks of an error beside another status is no message that was sent, nor is it sent again', async () => {
	const [ann, bob] = [somebody(), somebody()];
	const { entries, recipients } = clerkChat(goesOut);
	entries.push(entryOf({ body: 'odd', recipients: [ann] }, { error: 'odd' }));
	const items = [ann, bob].map((to) => ({ to, text: 'odd' }));
	const result = await runNode(items, skipping({}, toContinue));
	expect(recipients()).toEqual([[bob]]);
	expect(result.items[0].json.error).toMatchObject({ outcome: 'unknown' });
	expect(result.items[1].json).toMatchObject({ body: 'odd', error: null });
});

test('Skip If Sent: what went out a moment ago counts, also when the answer told no more than its ID', async () => {
	const to = somebody();
	const sent = clerkChatApi(() => [201, { data: { id: ids++, status: 'queued' } }], {
		documented: false,
		record: () => [200, { data: [], total: 0 }],
	});
	const items = [{ to, text: 'brief' }];
	await Promise.all([runNode(items, skipping()), runNode(items, skipping())]);
	expect(sent).toHaveLength(1);
});

test('what was on its way when an execution was cancelled is found by the one that tries it again at once', async () => {
	const { sent } = clerkChat(async (request, entries) => {
		const answer = goesOut(request, entries);
		await sleep(100);
		return answer;
	});
	const items = [{ to: somebody(), text: 'cancelled' }];
	let cancel = () => {};
	const running = runNode(items, { ...setup(), onStart: (run) => (cancel = run.cancel) });
	while (sent.length === 0) await sleep(1);
	cancel();
	const again = await retry(await running, items, setup());
	expect(again.items.map(({ json }) => json.body)).toEqual(['cancelled']);
	expect(sent).toHaveLength(1);
});

test('what waited for its turn is looked for as long as any other', async () => {
	const to = somebody();
	let asked = 0;
	let looks = 0;
	const { entries } = clerkChat(
		({ body }, all) => {
			if (asked++ === 0) return [429, {}, { 'retry-after': '1' }];
			all.push(entryOf(body));
			return [500, {}];
		},
		undefined,
		() => void looks++,
	);
	// It is listed at the second look.
	const hidden = jest.spyOn(entries, 'filter').mockImplementationOnce(() => []);
	const result = await runNode([{ to, text: 'waited' }], setup({}, toContinue));
	hidden.mockRestore();
	expect(result.items[0].json).toMatchObject({ body: 'waited', error: null });
	expect(looks).toBe(2);
});

test('Skip If Sent: when the record cannot be read, what an earlier try may have sent is not called not tried', async () => {
	const to = somebody();
	const { sent } = clerkChat(
		() => [500, {}],
		() => (sent.length > 0 ? 403 : undefined),
	);
	const options = { unknownOutcome: 'resend' };
	const items = [{ to, text: 'doubt' }];
	const stopped = await runNode(items, skipping(options));
	expect(stopped.error?.message).toMatch(/may have been sent/);
	const retried = await retry(stopped, items, skipping(options, toContinue));
	expect(sent).toHaveLength(1);
	expect(retried.items[0].json.error).toMatchObject({ outcome: 'unknown' });
});

test('Skip If Sent: a message to several people that an earlier try may have sent is not called refused because one has it', async () => {
	const [ann, bob] = [somebody(), somebody()];
	const { sent, entries } = clerkChat(() => [500, {}]);
	const options = { unknownOutcome: 'resend' };
	const items = [{ to: `${ann}, ${bob}`, text: 'some' }];
	const stopped = await runNode(items, skipping(options));
	entries.push(entryOf({ body: 'some', recipients: [ann] }));
	const retried = await retry(stopped, items, skipping(options, toContinue));
	expect(sent).toHaveLength(1);
	expect(retried.items[0].json.error).toMatchObject({ outcome: 'unknown' });
});

test("'Send Again': what an earlier try sent is found, though a later one is in doubt as well", async () => {
	const to = somebody();
	const { sent, entries } = clerkChat(() => [500, {}]);
	const options = { unknownOutcome: 'resend' };
	const items = [{ to, text: 'thrice' }];
	const first = await runNode(items, setup(options));
	// It did go out, but is listed only when the second try has looked in vain.
	const entry = entryOf({ body: 'thrice', recipients: [to] });
	aMinuteLater();
	const second = await retry(first, items, setup(options));
	expect(sent).toHaveLength(2);
	entries.push(entry);
	const third = await retry(second, items, setup(options));
	expect(sent).toHaveLength(2);
	expect(third.items[0]?.json).toMatchObject({ id: entry.id });
});

test("'Send Again': that an earlier try failed says nothing of the later one", async () => {
	const to = somebody();
	const { sent, entries } = clerkChat(() => [500, {}]);
	const items = [{ to, text: 'later one' }];
	const options = { unknownOutcome: 'resend' };
	const body = { body: 'later one', recipients: [to] };
	const first = await runNode(items, setup(options));
	const failed = entryOf(body, { status: 'failed' });
	const timestamp = aMinuteLater();
	const second = await retry(first, items, setup(options));
	const delivered = entryOf(body, { timestamp, created: timestamp });
	entries.push(failed, delivered);
	const third = await retry(second, items, setup(options));
	expect(sent).toHaveLength(2);
	expect(third.items[0]?.json).toMatchObject({ id: delivered.id });
});

test("'Send Again': of two retries at the same moment, neither sends what the other found on record", async () => {
	const [ann, bob] = [somebody(), somebody()];
	let looks = 0;
	const { sent, entries } = clerkChat(
		() => [500, {}],
		undefined,
		async () => {
			// The retry that finds it is the last to be done looking, because of the other message.
			looks++;
			await sleep([0, 0, 5, 200][looks] ?? 0);
		},
	);
	const options = { unknownOutcome: 'resend', maxConcurrency: 2 };
	const items = [
		{ to: ann, text: 'found' },
		{ to: bob, text: 'lost' },
	];
	const stopped = await runNode(items, setup(options));
	const before = sent.length;
	expect(before).toBe(2);
	entries.push(entryOf({ body: 'found', recipients: [ann] }));
	looks = 0;
	jest.replaceProperty(limits, 'longestSearch', 60_000);
	await Promise.all([1, 2].map(async () => await retry(stopped, items, setup(options))));
	expect(sent.slice(before).map(({ body }) => body.body)).toEqual(['lost']);
});

describe('Contact: Update, which is repeated', () => {
	const updating = (settings: Setup['settings'] = {}): Setup => ({
		parameters: {
			resource: 'contact',
			operation: 'update',
			contactId: '={{ $json.id }}',
			updateFields: { name: '={{ $json.name }}' },
		},
		settings: { waitBetweenTries: 1, ...settings },
	});

	test('what may have been done behind a 502 is not called refused because of the 4xx after it', async () => {
		let asked = 0;
		clerkChatApi(() => (asked++ === 0 ? [502, {}] : [400, { message: 'no' }]));
		const result = await runNode([{ id: '7', name: 'A' }], updating(toContinue));
		expect(asked).toBe(2);
		expect(result.items[0].json.error).toMatchObject({ outcome: 'unknown' });
	});

	test('nor not tried, because a 429 came after it and the run was stopped', async () => {
		let asked = 0;
		clerkChatApi(async ({ path }) => {
			if (path.endsWith('/8')) {
				while (asked < 2) await sleep(1);
				await sleep(20);
				return [401, {}];
			}
			return asked++ === 0 ? [502, {}] : [429, {}, { 'retry-after': '60' }];
		});
		const items = [
			{ id: '7', name: 'A' },
			{ id: '8', name: 'B' },
		];
		const result = await runNode(items, updating(toContinue));
		expect(result.items[0].json.error).toMatchObject({ outcome: 'unknown' });
	});
});
