import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { startProcess } from '../random/process';
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
	wordsOf,
} from './deliveries';
import type { Deliveries } from './deliveries';
import { leadingBack, retry, runNode } from './engine';
import type { Result, Setup } from './engine';

/* Whatever n8n does with an execution, nobody gets a text twice, and what was sent comes out as sent (docs/sending.md). */

closeNetwork();

/** A list of three whose second message is refused the first time, so that the run stops there. */
function stoppedAtSecond(fate: Parameters<typeof clerkChat>[0] = () => ({})) {
	const [ann, bob, cat] = [somebody(), somebody(), somebody()];
	let refusals = 0;
	const chat = clerkChat(async (request, index) => {
		const isFirst = (request.body.recipients as string[]).includes(bob) && refusals++ === 0;
		return isFirst ? { answer: REFUSED } : await fate(request, index);
	});
	const items = [ann, bob, cat].map((to, index) => ({ to, text: `text ${index}` }));
	return { ann, bob, cat, chat, items };
}

describe("'Send Again' and an entry that speaks of an error beside another status", () => {
	const oddlyListed = (error: IDataObject) =>
		clerkChat(() => ({ answer: UNCLEAR, isDelivered: true, onRecord: error }));

	test.each<[string, IDataObject]>([
		['errorCode', { errorCode: 30007, status: 'sent' }],
		['error', { error: 'carrier trouble', status: 'sent' }],
	])('%s: it is on record, so it is not sent again', async (_, odd) => {
		const ann = somebody();
		const chat = oddlyListed(odd);
		const items = [{ to: ann, text: 'odd' }];
		const stopped = await runNode(items, setup(sendAgain));
		expect(stopped.error?.message).toMatch(/may have been sent/);
		const retried = await retry(stopped, items, setup(sendAgain, toContinue));
		expect(chat.got(ann)).toBe(1);
		expect(outcomesOf(retried)).toEqual(['unknown']);
		expect(wordsOf(retried)).not.toContain("message history doesn't show");
	});

	test('nor by Retry On Fail', async () => {
		const ann = somebody();
		const chat = oddlyListed({ errorCode: 30007, status: 'sent' });
		const settings = { ...toContinue, retryOnFail: true, maxTries: 3 };
		const result = await runNode([{ to: ann, text: 'odd' }], setup(sendAgain, settings));
		expect(chat.got(ann)).toBe(1);
		expect(wordsOf(result)).not.toContain("message history doesn't show");
	});
});

describe('whatever is thrown, what was sent comes out as sent', () => {
	const unusable: Array<[string, Setup]> = [
		['Messages at the Same Time', setup({ maxConcurrency: 'many' }, toContinue)],
		['Skip If Sent', setup({ skipSentWithinHours: 'soon' }, toContinue)],
		['Proxy', setup({}, toContinue, { requestOptions: { proxy: 'no address' } })],
	];

	test.each(unusable)('%s is not usable any more', async (_, edited) => {
		const { ann, chat, items } = stoppedAtSecond();
		const stopped = await runNode(items, setup());
		const retried = await retry(stopped, items, edited);
		expect(outcomesOf(retried)).toEqual(['sent', 'notTried', 'notTried']);
		expect(retried.items[0].json).toMatchObject({ body: 'text 0', error: null });
		expect(chat.got(ann)).toBe(1);
	});

	test('nor is it called otherwise when it may have been sent', async () => {
		const ann = somebody();
		clerkChat(() => ({ answer: UNCLEAR }));
		const items = [{ to: ann, text: 'perhaps' }];
		const stopped = await runNode(items, setup());
		const retried = await retry(stopped, items, setup({ maxConcurrency: 'many' }, toContinue));
		expect(outcomesOf(retried)).toEqual(['unknown']);
	});

	test.each<[string, IDataObject]>([
		['an object for its text', { body: { toString: 1 } }],
		['objects for its people', { members: [{ toString: 1 }], recipients: [{ toString: 1 }] }],
		['an object for its sender', { sender: { toString: 1 } }],
		['an object for its time', { timestamp: { toString: 1 }, created: { toString: 1 } }],
	])('an entry of the record has %s', async (_, odd) => {
		const [ann, bob] = [somebody(), somebody()];
		const chat = clerkChat(({ body }) => (body.body === 'lost' ? { answer: UNCLEAR } : {}), {
			documented: false,
		});
		const soon = new Date(Date.now() + 1_000).toISOString();
		chat.entries.push(entryOf({ text: 'x', to: bob }, { timestamp: soon, created: soon, ...odd }));
		const items = [
			{ to: ann, text: 'sent' },
			{ to: bob, text: 'lost' },
		];
		const result = await runNode(items, setup({}, toContinue));
		expect(outcomesOf(result)).toEqual(['sent', 'unknown']);
		expect(chat.got(ann)).toBe(1);
	});

	test('an entry of the record is odd: with Skip If Sent, too', async () => {
		const [ann, bob] = [somebody(), somebody()];
		const chat = clerkChat(() => ({}), { documented: false });
		chat.entries.push(entryOf({ text: 'x', to: bob }, { body: { toString: 1 } }));
		const items = [ann, bob].map((to) => ({ to, text: 'skip' }));
		const result = await runNode(items, setup({ skipSentWithinHours: 1 }, toContinue));
		const failed = outcomesOf(result).filter((outcome) => outcome !== 'sent');
		// Whether the others go out is not the point here, but that what did is told.
		expect(chat.got(ann) + chat.got(bob)).toBe(2 - failed.length);
	});
});

describe('the error output leads back into the node', () => {
	const runsOf = ({ data }: Result) =>
		data.resultData.runData['Clerk Chat'].map(({ data: out }) => out?.main ?? []);

	const lastOf = (result: Result): INodeExecutionData[] => runsOf(result).at(-1)?.[1] ?? [];

	test.each([true, false])(
		'what is unknown is not sent again (really sent: %s)',
		async (really) => {
			const ann = somebody();
			const chat = clerkChat(() => ({ answer: UNCLEAR, isDelivered: really, onRecord: false }));
			const result = await runNode([{ to: ann, text: 'loop' }], leadingBack(3, setup()));
			expect(chat.sent).toHaveLength(1);
			expect(lastOf(result).map(({ json }) => json.error)).toMatchObject([{ outcome: 'unknown' }]);
		},
	);

	test('nor with Retry On Fail on top', async () => {
		const ann = somebody();
		const chat = clerkChat(() => ({ answer: UNCLEAR, isDelivered: true, onRecord: false }));
		const settings = { retryOnFail: true, maxTries: 3 };
		await runNode([{ to: ann, text: 'loop' }], leadingBack(2, setup({}, settings)));
		expect(chat.got(ann)).toBe(1);
	});

	test('nor when it comes back at another place among the items', async () => {
		const [ann, bob] = [somebody(), somebody()];
		const chat = clerkChat(({ body }) =>
			(body.recipients as string[]).includes(bob)
				? { answer: UNCLEAR, isDelivered: true, onRecord: false }
				: {},
		);
		const items = [ann, bob].map((to) => ({ to, text: 'place' }));
		await runNode(items, leadingBack(3, setup()));
		expect([chat.got(ann), chat.got(bob)]).toEqual([1, 1]);
	});

	test('what is on record by then comes out as sent', async () => {
		const ann = somebody();
		let looks = 0;
		const chat: Deliveries = clerkChat(
			() => ({ answer: UNCLEAR, isDelivered: true, onRecord: false }),
			// The first run looks three times.
			{ onLook: () => (++looks > 3 ? chat.list() : undefined) },
		);
		const result = await runNode([{ to: ann, text: 'late' }], leadingBack(1, setup()));
		expect(chat.got(ann)).toBe(1);
		expect(runsOf(result).at(-1)?.[0]).toMatchObject([{ json: { body: 'late' } }]);
	});

	test('what was refused is sent', async () => {
		const ann = somebody();
		const chat = clerkChat((_request, index) => (index === 0 ? { answer: REFUSED } : {}));
		await runNode([{ to: ann, text: 'refused' }], leadingBack(3, setup()));
		expect(chat.got(ann)).toBe(1);
		expect(chat.sent).toHaveLength(2);
	});

	test("with 'Send Again', at most one more goes out", async () => {
		const ann = somebody();
		const chat = clerkChat(() => ({ answer: UNCLEAR, isDelivered: true, onRecord: false }));
		await runNode([{ to: ann, text: 'again' }], leadingBack(4, setup(sendAgain)));
		expect(chat.got(ann)).toBe(2);
	});

	test('an alert to somebody else goes out, with the same text and from the same item', async () => {
		const [ann, boss] = [somebody(), somebody()];
		const chat = clerkChat(({ body }) =>
			(body.recipients as string[]).includes(ann) ? { answer: UNCLEAR } : {},
		);
		const alert = { ...setup({}, {}, { recipients: boss }), name: 'Alert' };
		await runNode([{ to: ann, text: 'alert' }], leadingBack(0, setup(), alert));
		expect(chat.got(boss)).toBe(1);
	});

	test('a loop that says the same to the same person again, after it was sent: another message', async () => {
		const ann = somebody();
		const chat = clerkChat();
		await runNode([{ to: ann, text: 'loop' }], { ...setup(), runs: 3 });
		expect(chat.got(ann)).toBe(3);
	});

	describe("an item that carries this node's own error", () => {
		/** What comes out of the error output, as a later execution gets it, such as out of a table. */
		async function failed(chat: Deliveries, to: string, text = 'carried') {
			const { errorItems } = await runNode([{ to, text }], {
				...setup({}, { onError: 'continueErrorOutput' }),
			});
			expect(chat.sent).toHaveLength(1);
			return errorItems.map(({ json }) => json);
		}

		const unclearAtFirst = () =>
			clerkChat((_request, index) =>
				index === 0 ? { answer: UNCLEAR, isDelivered: true, onRecord: false } : {},
			);

		test('names the node', async () => {
			const [item] = await failed(unclearAtFirst(), somebody());
			expect(item.error).toMatchObject({ outcome: 'unknown', node: expect.any(String) as string });
		});

		test.each([false, true])('is not sent (after a restart: %s)', async (isRestarted) => {
			const ann = somebody();
			const chat = unclearAtFirst();
			const items = await failed(chat, ann);
			const node = isRestarted ? startProcess(1) : undefined;
			const result = await runNode(items, { ...setup({}, toContinue), node });
			expect(chat.got(ann)).toBe(1);
			expect(outcomesOf(result)).toEqual(['unknown']);
		});

		test("is sent with 'Send Again'", async () => {
			const ann = somebody();
			const chat = unclearAtFirst();
			const items = await failed(chat, ann);
			await runNode(items, setup(sendAgain));
			expect(chat.got(ann)).toBe(2);
		});

		test('is sent when it asks for something else', async () => {
			const [ann, boss] = [somebody(), somebody()];
			const chat = unclearAtFirst();
			const items = await failed(chat, ann);
			await runNode(items, setup({}, {}, { recipients: boss }));
			await runNode(items, setup({}, {}, { body: 'Please call us.' }));
			expect([chat.got(ann), chat.got(boss)]).toEqual([2, 1]);
		});

		test('is sent when it was refused', async () => {
			const ann = somebody();
			const chat = clerkChat((_request, index) => (index === 0 ? { answer: REFUSED } : {}));
			const items = await failed(chat, ann);
			await runNode(items, setup());
			expect(chat.got(ann)).toBe(1);
		});
	});
});
