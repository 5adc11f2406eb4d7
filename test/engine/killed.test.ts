import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { startProcess } from '../random/process';
import { clerkChatApi } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import {
	at,
	clerkChat,
	counts,
	entryOf,
	isTo,
	itemsTo,
	killed,
	later,
	outcomesOf,
	REFUSED,
	sendAgain,
	setup,
	skipping,
	some,
	somebody,
	toContinue,
	wordsOf,
} from './deliveries';
import { retry, runNode } from './engine';
import type { Setup } from './engine';

/* Retrying an execution during which n8n was killed, with various parts of its saved data missing. */

closeNetwork();

const restarted = (used: Setup = setup()): Setup => ({ ...used, node: startProcess(1) });

describe("n8n was killed in the node, with 'Save Execution Progress'", () => {
	/** Ann has her text, Bob's was refused, Cat was not tried. n8n is killed there, and started again. */
	async function stopped(original = setup(), state: { closed?: number } = {}) {
		const people = some(3);
		const chat = clerkChat([{}, REFUSED], { closed: () => state.closed });
		const items = itemsTo(people, ['text 0', 'text 1', 'text 2']);
		const left = killed(await runNode(items, original));
		expect(counts(chat, people)).toEqual([1, 0, 0]);
		const again = async (edited = original) => await retry(left, items, restarted(edited));
		return { people, chat, items, again };
	}

	test('messages on record are returned as sent, and the rest is sent', async () => {
		const { people, chat, again } = await stopped();
		const result = await again();
		expect(counts(chat, people)).toEqual([1, 1, 1]);
		expect(outcomesOf(result)).toEqual(['sent', 'sent', 'sent']);
		expect(result.items[0].json.id).toBe(chat.entries[0].id);
	});

	test("another Retry doesn't resend it either", async () => {
		const { people, chat, again } = await stopped();
		await again();
		await again();
		expect(counts(chat, people)).toEqual([1, 1, 1]);
	});

	test('looks 12 hours back', async () => {
		const [ann, bob] = some(2);
		const chat = clerkChat([REFUSED]);
		const items = itemsTo([ann, bob], 'hours');
		const left = killed(await runNode(items, setup()));
		for (const [to, hours] of [[ann, 11] as const, [bob, 13] as const]) {
			chat.entries.push(entryOf({ text: 'hours', to }, at(Date.now() - hours * 3_600_000)));
		}
		await retry(left, items, restarted());
		expect(counts(chat, [ann, bob])).toEqual([0, 1]);
	});

	test('of equal items, sends as many as are not on record', async () => {
		const ann = somebody();
		const chat = clerkChat([{}, REFUSED]);
		const items = itemsTo([ann, ann, ann], 'equal');
		await retry(killed(await runNode(items, setup())), items, restarted());
		expect(chat.got(ann)).toBe(3);
	});

	test.each<[string, INodeParameters]>([
		['a template', { additionalFields: { templateId: '7' } }],
		[
			'media without a text',
			{ body: '', additionalFields: { mediaUrls: ['https://clerk-chat.test/a.png'] } },
		],
	])("messages the record can't identify are refused, with advice: %s", async (_, parameters) => {
		const { people, chat, again } = await stopped(setup({}, {}, parameters));
		const result = await again(setup({}, toContinue, parameters));
		expect(counts(chat, people)).toEqual([1, 0, 0]);
		expect(outcomesOf(result)).not.toContain('sent');
		expect(wordsOf(result)).toContain("'Send Again'");
		const resent = await again(setup(sendAgain, {}, parameters));
		expect(outcomesOf(resent)).toEqual(['sent', 'sent', 'sent']);
		expect(counts(chat, people).slice(1)).toEqual([1, 1]);
	});

	test("if the record can't be read, nothing is sent; a later retry checks, too", async () => {
		const state: { closed?: number } = {};
		const { people, chat, items, again } = await stopped(setup(), state);
		state.closed = 403;
		const unread = await again(setup({}, toContinue));
		expect(outcomesOf(unread)).not.toContain('sent');
		const first = await again();
		expect(first.status).toBe('error');
		expect(counts(chat, people)).toEqual([1, 0, 0]);
		state.closed = undefined;
		const second = await retry(first, items, restarted());
		expect(outcomesOf(second)).toEqual(['sent', 'sent', 'sent']);
		expect(counts(chat, people)).toEqual([1, 1, 1]);
	});

	test('in a loop: compares the lost run with the record', async () => {
		const people = some(2);
		const chat = clerkChat([{}, {}, {}, REFUSED]);
		const items = itemsTo(people, 'loop');
		// The first run is over, the second one is stopped after Ann's second text.
		const looped = await runNode(items, { ...setup(), runs: 2 });
		expect(counts(chat, people)).toEqual([2, 1]);
		const left = killed(looped, (data) => {
			const context = data.executionData!.contextData;
			const flow = context.flow.clerkChat as IDataObject;
			flow.sent = String(flow.sent).slice(0, 12);
			const node = context['node:Clerk Chat'].sending as IDataObject;
			Object.assign(node, { entries: {}, last: { execution: '1', run: '0' } });
		});
		await retry(left, items, restarted());
		expect(counts(chat, people)).toEqual([2, 2]);
	});

	test('other operations continue', async () => {
		const created = clerkChatApi((_request, id) => [201, { data: { id, name: 'Ann' } }], {
			documented: false,
		});
		const additionalFields = { name: '={{ $json.name }}' };
		const parameters = { resource: 'contact', operation: 'create', additionalFields };
		const items = [{ name: 'Ann' }, { name: '' }];
		const left = killed(await runNode(items, { parameters }));
		const result = await retry(left, items, restarted({ parameters, settings: toContinue }));
		expect(outcomesOf(result)[0]).toBe('sent');
		expect(created).toHaveLength(1);
	});

	test("doesn't compare an execution with the record if it isn't a retry", async () => {
		const ann = somebody();
		const chat = clerkChat();
		chat.entries.push(entryOf({ text: 'anew', to: ann }));
		await runNode(itemsTo([ann], 'anew'), setup());
		expect(chat.got(ann)).toBe(1);
		expect(chat.looks).toHaveLength(0);
	});
});

describe('n8n was killed in the middle of a retry, which n8n saved as it began', () => {
	/** Ann has her text, the run ended at Bob, and the retry that went on was killed: n8n has what it had before. */
	async function killedInRetry(
		body = 'killed',
		runs = 1,
		refused: (text: string) => boolean = () => false,
	) {
		const people = some(3);
		let isClosed = true;
		const chat = clerkChat((request) => {
			if (isClosed && isTo(people[1], request)) return [401, {}];
			return refused(String(request.body.body)) ? REFUSED : {};
		});
		const items = itemsTo(people, 'killed');
		const first = await runNode(items, { ...setup({}, {}, { body }), runs });
		isClosed = false;
		const again = async () =>
			await retry(first, items, restarted({ ...setup({}, toContinue, { body }), runs }));
		await again();
		return { people, chat, again };
	}

	test('nobody gets a second text', async () => {
		const { people, chat, again } = await killedInRetry();
		const result = await again();
		expect(counts(chat, people)).toEqual([1, 1, 1]);
		expect(outcomesOf(result)).toEqual(['sent', 'sent', 'sent']);
	});

	test('nor in the runs of a loop that it had come to', async () => {
		const { people, chat, again } = await killedInRetry('killed', 3);
		expect(counts(chat, people)).toEqual([3, 3, 3]);
		await again();
		expect(counts(chat, people)).toEqual([3, 3, 3]);
	});

	test('nor in those after a run of which nothing was sent', async () => {
		const isRefused = (text: string) => text === 'run 1';
		const { people, chat, again } = await killedInRetry('=run {{ $runIndex }}', 3, isRefused);
		expect(counts(chat, people)).toEqual([2, 2, 2]);
		await again();
		expect(counts(chat, people)).toEqual([2, 2, 2]);
	});

	test('nor in those after a run of which nothing was sent then, but is now', async () => {
		let isRefused = true;
		const { people, chat, again } = await killedInRetry(
			'=run {{ $runIndex }}',
			3,
			(text) => isRefused && text === 'run 1',
		);
		expect(counts(chat, people)).toEqual([2, 2, 2]);
		isRefused = false;
		await again();
		expect(counts(chat, people)).toEqual([3, 3, 3]);
	});

	test("with 'Send Again', nor in those after a run that the record can't identify", async () => {
		const [ann] = some(1);
		let isClosed = true;
		const chat = clerkChat(({ body }) => (isClosed && body.templateId ? [401, {}] : {}));
		const additionalFields = { templateId: '={{ $runIndex === 0 ? "7" : undefined }}' };
		const used = { ...setup(sendAgain, toContinue, { additionalFields }), runs: 2 };
		const items = itemsTo([ann], 'text');
		const first = await runNode(items, { ...used, settings: {} });
		isClosed = false;
		await retry(first, items, restarted(used));
		expect(chat.got(ann)).toBe(2);
		await retry(first, items, restarted(used));
		// At most one more copy of the template.
		expect(chat.got(ann)).toBe(3);
	});

	test("nor with 'Skip If Sent' for fewer hours than have passed since", async () => {
		const people = some(2);
		let isClosed = true;
		const chat = clerkChat((request) => (isClosed && isTo(people[1], request) ? [401, {}] : {}));
		const items = itemsTo(people, 'fewer');
		const used = skipping({ skipSentWithinHours: 1 });
		const first = await runNode(items, used);
		isClosed = false;
		await retry(first, items, restarted(used));
		expect(counts(chat, people)).toEqual([1, 1]);
		later(2 * 3_600_000);
		await retry(first, items, restarted(used));
		expect(counts(chat, people)).toEqual([1, 1]);
	});

	test('what another execution had sent before the first try began is sent', async () => {
		const [ann, bob] = some(2);
		let isClosed = true;
		const chat = clerkChat(() => (isClosed ? [401, {}] : {}));
		const items = itemsTo([ann, bob], 'hourly');
		const since = (minutes: number) => at(Date.now() - minutes * 60_000);
		// The clocks of two machines may differ by ten minutes.
		chat.entries.push(entryOf({ text: 'hourly', to: ann }, since(9)));
		chat.entries.push(entryOf({ text: 'hourly', to: bob }, since(11)));
		const first = await runNode(items, setup());
		isClosed = false;
		await retry(first, items, restarted());
		expect(counts(chat, [ann, bob])).toEqual([0, 1]);
	});

	test.each([403, 404])(
		"if the key may never read messages (%i), 'Send Again' sends at most one more",
		async (status) => {
			const people = some(2);
			let isClosed = true;
			const chat = clerkChat((request) => (isClosed && isTo(people[1], request) ? [401, {}] : {}), {
				closed: () => status,
			});
			const items = itemsTo(people, 'closed');
			const first = await runNode(items, setup());
			isClosed = false;
			const refused = await retry(first, items, restarted());
			expect(counts(chat, people)).toEqual([1, 0]);
			expect(wordsOf(refused)).toContain("'Send Again'");
			const sent = await retry(refused, items, restarted(setup(sendAgain)));
			expect(outcomesOf(sent)).toEqual(['sent', 'sent']);
			expect(counts(chat, people)).toEqual([1, 1]);
			const skipped = await retry(refused, items, restarted(skipping(sendAgain)));
			expect(skipped.status).toBe('error');
			expect(wordsOf(skipped)).not.toContain("'Send Again'");
			expect(counts(chat, people)).toEqual([1, 1]);
		},
	);

	test('each run of a loop reads only what is new on record', async () => {
		let hasCome = 1;
		const isRefused = (text: string) => text >= `run ${hasCome}`;
		const { people, chat, again } = await killedInRetry('=run {{ $runIndex }}', 5, isRefused);
		expect(counts(chat, people)).toEqual([1, 1, 1]);
		hasCome = 5;
		const { length } = chat.looks;
		await again();
		expect(counts(chat, people)).toEqual([5, 5, 5]);
		expect(chat.looks.length - length).toBe(5);
	});
});

describe("with odd saved data, sent messages aren't sent again", () => {
	type Change = NonNullable<Parameters<typeof killed>[1]>;

	const odd: Array<[string, Change]> = ['x', {}, { root: 5 }, { root: 'r', sent: 5 }].map(
		(flow) => [
			`of the execution ${JSON.stringify(flow)}`,
			(data) => {
				data.executionData!.contextData.flow.clerkChat = flow as IDataObject;
			},
		],
	);

	test.each<[string, Change]>([
		...odd,
		[
			'the node was replaced by a copy of the same name, so that it has another ID',
			(data) => {
				const text = JSON.stringify(data).replaceAll('"node":"Clerk Chat"', '"node":"other-id"');
				Object.assign(data, JSON.parse(text));
			},
		],
	])('%s', async (_, change) => {
		const people = some(2);
		const chat = clerkChat([{}, REFUSED]);
		const items = itemsTo(people, 'odd');
		const result = await retry(killed(await runNode(items, setup()), change), items, restarted());
		expect(counts(chat, people)).toEqual([1, 1]);
		expect(outcomesOf(result)).toEqual(['sent', 'sent']);
	});
});
