import { sleep } from 'n8n-workflow';
import type { IDataObject } from 'n8n-workflow';
import { startProcess } from '../random/process';
import { clerkChatApi } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import {
	clerkChat,
	entryOf,
	outcomesOf,
	REFUSED,
	sendAgain,
	setup,
	somebody,
	toContinue,
	UNCLEAR,
} from './deliveries';
import { API_KEY, BASE_URL, retry, runNode } from './engine';
import type { Result } from './engine';

/* Holes between the ledger, what is saved of it, and the record (docs/sending.md). */

closeNetwork();

/** What n8n has of an execution that was killed in the node, changed as the killing left it. */
function savedAs({ data, ...others }: Result, change: (data: Result['data']) => void): Result {
	const saved = JSON.parse(JSON.stringify(data)) as Result['data'];
	change(saved);
	return { ...others, data: saved };
}

const lost = (data: Result['data']) => {
	data.executionData!.contextData = {};
	delete data.resultData.runData['Clerk Chat'];
};

describe('killed in the middle', () => {
	test('a first retry that cannot read the record leaves the second one to look, too', async () => {
		const people = [somebody(), somebody()];
		const state: { closed?: number } = {};
		const chat = clerkChat((_request, index) => (index === 1 ? { answer: REFUSED } : {}), {
			closed: () => state.closed,
		});
		const items = people.map((to) => ({ to, text: 'twice retried' }));
		const killed = savedAs(await runNode(items, setup()), lost);
		state.closed = 403;
		const first = await retry(killed, items, { ...setup(), node: startProcess(1) });
		expect(first.status).toBe('error');
		state.closed = undefined;
		const second = await retry(first, items, { ...setup(), node: startProcess(1) });
		expect(people.map((each) => chat.got(each))).toEqual([1, 1]);
		expect(outcomesOf(second)).toEqual(['sent', 'sent']);
	});

	test('in a loop: the run that was lost is compared with the record', async () => {
		const people = [somebody(), somebody()];
		const chat = clerkChat((_request, index) => (index === 3 ? { answer: REFUSED } : {}));
		const items = people.map((to) => ({ to, text: 'loop' }));
		// The first run is over, the second one is stopped after Ann's second text.
		const stopped = await runNode(items, { ...setup(), runs: 2 });
		expect(people.map((each) => chat.got(each))).toEqual([2, 1]);
		const killed = savedAs(stopped, (data) => {
			const context = data.executionData!.contextData;
			const flow = context.flow.clerkChat as IDataObject;
			flow.sent = String(flow.sent).slice(0, 12);
			const node = context['node:Clerk Chat'].sending as IDataObject;
			Object.assign(node, { entries: {}, last: { execution: '1', run: '0' } });
		});
		await retry(killed, items, { ...setup(), node: startProcess(1) });
		expect(people.map((each) => chat.got(each))).toEqual([2, 2]);
	});
});

describe('one entry of the record is one message', () => {
	test('a failed entry speaks for one of two equal messages', async () => {
		const ann = somebody();
		// The first one is marked as failed, the others go out and are not listed.
		clerkChat((_request, index) => ({
			answer: UNCLEAR,
			isDelivered: true,
			onRecord: index === 0 && { status: 'failed' },
		}));
		const items = [1, 2].map(() => ({ to: ann, text: 'equal' }));
		const first = await runNode(items, setup({}, toContinue));
		expect(outcomesOf(first)).toEqual(['refused', 'unknown']);
	});

	test('nor in a later try', async () => {
		const ann = somebody();
		const chat = clerkChat((_request, index) => ({
			answer: UNCLEAR,
			isDelivered: true,
			onRecord: index === 0 && { status: 'failed' },
		}));
		const items = [1, 2].map(() => ({ to: ann, text: 'equal' }));
		const settings = { retryOnFail: true, maxTries: 3, ...toContinue };
		const result = await runNode(items, setup({}, settings));
		// The failed one is sent again, the other one goes out once.
		expect(chat.sent).toHaveLength(3);
		expect(outcomesOf(result)).toEqual(['unknown', 'unknown']);
	});

	test('it is not given to a second try and to another message', async () => {
		const ann = somebody();
		const chat = clerkChat(
			(_request, index) =>
				[
					{ answer: UNCLEAR, isDelivered: false },
					{ answer: REFUSED },
					{ answer: UNCLEAR, isDelivered: false },
					{ answer: UNCLEAR, isDelivered: true },
				][index]!,
		);
		const items = [1, 2].map(() => ({ to: ann, text: 'one entry' }));
		const settings = { retryOnFail: true, maxTries: 2, ...toContinue };
		const result = await runNode(items, setup(sendAgain, settings));
		expect(chat.sent).toHaveLength(4);
		expect(chat.entries).toHaveLength(1);
		expect(outcomesOf(result).sort()).toEqual(['sent', 'unknown']);
	});
});

test('the node was replaced by a copy of the same name, so that it has another ID', async () => {
	const people = [somebody(), somebody()];
	const chat = clerkChat((_request, index) => (index === 1 ? { answer: REFUSED } : {}));
	const items = people.map((to) => ({ to, text: 'copy' }));
	const first = await runNode(items, setup());
	const copied = savedAs(first, (data) => {
		const text = JSON.stringify(data).replaceAll('"node":"Clerk Chat"', '"node":"other-id"');
		Object.assign(data, JSON.parse(text));
	});
	await retry(copied, items, { ...setup(), node: startProcess(1) });
	expect(people.map((each) => chat.got(each))).toEqual([1, 1]);
});

test('Retry On Fail of a run whose results are huge gives all of them out again', async () => {
	const people = Array.from({ length: 30 }, somebody);
	const bulk = 'x'.repeat(1_000_000);
	clerkChat((_request, index) => (index === 0 ? { answer: REFUSED } : { says: { bulk } }), {
		documented: false,
	});
	const items = people.map((to) => ({ to, text: 'huge' }));
	const settings = { retryOnFail: true, maxTries: 2, ...toContinue };
	const result = await runNode(items, setup({}, settings));
	expect(result.items.every(({ json }) => json.bulk === bulk)).toBe(true);
});

test('what another execution found on record meanwhile comes out as sent', async () => {
	const [ann, bob] = [somebody(), somebody()];
	let release = () => {};
	const held = new Promise<void>((resolve) => (release = resolve));
	const chat = clerkChat(async ({ body }) => {
		if ((body.recipients as string[]).includes(bob)) {
			await held;
			return {};
		}
		return { answer: UNCLEAR, isDelivered: true };
	});
	const first = runNode(
		[
			{ to: ann, text: 'found' },
			{ to: bob, text: 'other' },
		],
		setup({}, toContinue),
	);
	while (chat.sent.length < 2) await sleep(5);
	const second = await runNode(
		[{ to: ann, text: 'found' }],
		setup({ skipSentWithinHours: 1 }, toContinue),
	);
	expect(outcomesOf(second)).toEqual(['sent']);
	release();
	expect(outcomesOf(await first)).toEqual(['sent', 'sent']);
	expect(chat.got(ann)).toBe(1);
});

describe("'Send Again' of what an earlier try may have sent, of which nothing is kept", () => {
	test('an item that carries the own error: one more, and refused is not certain', async () => {
		const ann = somebody();
		const chat = clerkChat(() => ({ answer: UNCLEAR, isDelivered: true, onRecord: false }));
		const first = await runNode([{ to: ann, text: 'carried' }], setup({}, toContinue));
		const carried = [{ to: ann, text: 'carried', ...first.items[0].json }];
		const settings = { ...toContinue, retryOnFail: true, maxTries: 5 };
		await runNode(carried, setup(sendAgain, settings));
		expect(chat.got(ann)).toBe(2);
	});

	test('saved data that cannot be read: one more', async () => {
		const ann = somebody();
		const chat = clerkChat(() => ({ answer: UNCLEAR, isDelivered: true, onRecord: false }));
		const items = [{ to: ann, text: 'unreadable' }];
		let newest = savedAs(await runNode(items, setup()), (data) => {
			data.executionData!.contextData['node:Clerk Chat'].sending = { version: 7 };
		});
		for (let times = 0; times < 3; times++) {
			newest = await retry(newest, items, { ...setup(sendAgain), node: startProcess(1) });
		}
		expect(chat.got(ann)).toBe(2);
	});

	test('saved data that cannot be read: what was sent since comes out again', async () => {
		const [ann, bob] = [somebody(), somebody()];
		let refusals = 0;
		const chat = clerkChat(({ body }) =>
			(body.recipients as string[]).includes(bob) && refusals++ < 2 ? { answer: REFUSED } : {},
		);
		const items = [ann, bob].map((to) => ({ to, text: 'unreadable' }));
		const saved = savedAs(await runNode(items, setup()), (data) => {
			data.executionData!.contextData['node:Clerk Chat'].sending = { version: 7 };
		});
		const first = await retry(saved, items, { ...setup(sendAgain), node: startProcess(1) });
		await retry(first, items, { ...setup(sendAgain), node: startProcess(1) });
		expect(chat.got(ann)).toBe(2);
	});
});

describe('accounts', () => {
	test('what was unknown and is on record under a new key comes out as sent', async () => {
		const ann = somebody();
		const chat = clerkChat(() => ({ answer: UNCLEAR, isDelivered: true, onRecord: false }));
		const items = [{ to: ann, text: 'new key' }];
		const first = await runNode(items, setup());
		chat.list();
		const credentials = { apiKey: 'another-key', baseUrl: BASE_URL };
		const result = await retry(first, items, { ...setup({}, toContinue), credentials });
		expect(outcomesOf(result)).toEqual(['sent']);
		expect(chat.got(ann)).toBe(1);
	});

	test('another server whose messages happen to have the same IDs is another account', async () => {
		const [ann, bob] = [somebody(), somebody()];
		const chat = clerkChat((_request, index) => (index === 1 ? { answer: REFUSED } : {}));
		const items = [ann, bob].map((to) => ({ to, text: 'same IDs' }));
		const first = await runNode(items, setup());
		const baseUrl = 'https://other.clerk-chat.test';
		const other = clerkChat(() => ({}), { baseUrl });
		other.entries.push(entryOf({ text: 'x', to: somebody() }, { id: chat.entries[0].id }));
		const credentials = { apiKey: API_KEY, baseUrl };
		const result = await retry(first, items, { ...setup({}, toContinue), credentials });
		expect(outcomesOf(result)).toEqual(['unknown', 'sent']);
	});
});

test('a contact with the ID of a message does not hide that message on the record', async () => {
	const ann = somebody();
	const entry = entryOf({ text: 'ids', to: ann });
	clerkChatApi(
		({ path }) =>
			path.includes('contacts') ? [201, { data: { id: entry.id, name: 'Ann' } }] : UNCLEAR,
		{
			documented: false,
			record: ({ query }) => [200, { data: query.page === '1' ? [entry] : [], total: 1 }],
		},
	);
	const additionalFields = { name: 'Ann' };
	await runNode([{}], {
		parameters: { resource: 'contact', operation: 'create', additionalFields },
	});
	const result = await runNode([{ to: ann, text: 'ids' }], setup({}, toContinue));
	expect(outcomesOf(result)).toEqual(['sent']);
});

test('a test run of which the first goes to me, who is in the list, too', async () => {
	const [ann, me] = [somebody(), somebody()];
	const chat = clerkChat(() => ({ answer: UNCLEAR, isDelivered: true, onRecord: false }));
	const items = [ann, me].map((to) => ({ to, text: 'to all' }));
	const options = { testRuns: 'redirect', testRecipient: me };
	const settings = { retryOnFail: true, maxTries: 3, ...toContinue };
	await runNode(items, { ...setup(options, settings), mode: 'manual' });
	expect(chat.got(me)).toBe(1);
	expect(chat.got(ann)).toBe(0);
});

test('a message to several comes out once, when its fields are not usable any more', async () => {
	const people = [somebody(), somebody()];
	clerkChat((_request, index) => (index === 1 ? { answer: REFUSED } : {}));
	const items = [
		{ to: people.join(', '), text: 'group' },
		{ to: somebody(), text: 'group' },
	];
	const first = await runNode(items, setup());
	const broken = setup({}, toContinue, {
		recipients: "={{ $itemIndex === 0 ? '' : $json.to }}",
	});
	const result = await retry(first, items, broken);
	expect(outcomesOf(result)).toEqual(['sent', 'sent']);
});

test('two retries at once: what one takes back is still unknown to the other', async () => {
	const [ann, bob] = [somebody(), somebody()];
	let tries = 0;
	const chat = clerkChat(async ({ body }) => {
		const isBob = (body.recipients as string[]).includes(bob);
		if (isBob || tries++ > 0) await sleep(100);
		if (isBob) return {};
		if (tries === 2) return { answer: REFUSED };
		return { answer: UNCLEAR, isDelivered: true, onRecord: false };
	});
	const items = [ann, bob].map((to) => ({ to, text: 'taken back' }));
	const first = await runNode(items, setup());
	// Bob first, so that both retries are under way when Ann's turn comes.
	const reversed = { recipients: '={{ $input.all()[1 - $itemIndex].json.to }}' };
	const again = async () => await retry(first, items, setup(sendAgain, toContinue, reversed));
	await Promise.all([again(), again()]);
	await again();
	await again();
	expect([ann, bob].map((each) => chat.got(each))).toEqual([2, 1]);
});

test.each([{}, toContinue])(
	'two retries at once with Send Again: what one left unclear is searched for before the other sends it (%j)',
	async (settings) => {
		const ann = somebody();
		let tries = 0;
		const chat = clerkChat(async () => {
			if (tries++ === 0) return { answer: REFUSED };
			await sleep(50);
			return tries === 2 ? { answer: UNCLEAR, isDelivered: true } : {};
		});
		const items = [{ to: ann, text: 'one after the other' }];
		const first = await runNode(items, setup());
		const again = async () => await retry(first, items, setup(sendAgain, settings));
		const results = await Promise.all([again(), again()]);
		expect(chat.got(ann)).toBe(1);
		expect(results.flatMap(outcomesOf)).toEqual(['sent', 'sent']);
	},
);

test('two retries at once with Send Again: what one left unclear before the other came to it is searched for, too', async () => {
	const [ann, bob] = [somebody(), somebody()];
	let release = () => {};
	const held = new Promise<void>((resolve) => (release = resolve));
	let tries = 0;
	const chat = clerkChat(async ({ body }) => {
		if (tries++ === 0) return { answer: REFUSED };
		if ((body.recipients as string[]).includes(bob)) return { answer: UNCLEAR, isDelivered: true };
		await held;
		return {};
	});
	const items = [ann, bob].map((to) => ({ to, text: 'left unclear' }));
	const first = await runNode(items, setup());
	// One is held at Ann and leaves Bob unclear meanwhile, the other one waits for Ann.
	const one = retry(first, items, setup({ ...sendAgain, maxConcurrency: 2 }, toContinue));
	const other = retry(first, items, setup(sendAgain, toContinue));
	while (chat.sent.length < 3) await sleep(5);
	release();
	const results = await Promise.all([one, other]);
	expect([ann, bob].map((each) => chat.got(each))).toEqual([1, 1]);
	expect(results.flatMap(outcomesOf)).toEqual(['sent', 'sent', 'sent', 'sent']);
});

test('Skip If Sent in a loop: whoever was in a message to several has it', async () => {
	const [ann, bob] = [somebody(), somebody()];
	const chat = clerkChat();
	chat.entries.push(entryOf({ text: 'together', to: [ann, bob] }));
	// Each run asks for another one of the two.
	const parameters = { recipients: '={{ $runIndex === 0 ? $json.ann : $json.bob }}' };
	await runNode([{ ann, bob, text: 'together' }], {
		...setup({ skipSentWithinHours: 1 }, {}, parameters),
		runs: 2,
	});
	expect([ann, bob].map((each) => chat.got(each))).toEqual([0, 0]);
});

describe('odd data of the execution', () => {
	test.each<[string, unknown]>([
		['a text', 'x'],
		['no root', {}],
		['a number for a root', { root: 5 }],
		['IDs that are no text', { root: 'r', sent: 5 }],
	])('%s: what was sent is not sent again', async (_, odd) => {
		const people = [somebody(), somebody()];
		const chat = clerkChat((_request, index) => (index === 1 ? { answer: REFUSED } : {}));
		const items = people.map((to) => ({ to, text: 'odd' }));
		const saved = savedAs(await runNode(items, setup()), (data) => {
			data.executionData!.contextData.flow.clerkChat = odd as IDataObject;
		});
		const result = await retry(saved, items, { ...setup(), node: startProcess(1) });
		expect(people.map((each) => chat.got(each))).toEqual([1, 1]);
		expect(outcomesOf(result)).toEqual(['sent', 'sent']);
	});
});
