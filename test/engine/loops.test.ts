import { sleep } from 'n8n-workflow';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import { ledger } from '../../nodes/ClerkChat/sending/ledger/ledger';
import { startProcess } from '../random/process';
import type { Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import {
	clerkChat,
	counts,
	entryOf,
	idsOf,
	isTo,
	itemsTo,
	LISTED,
	LOST,
	outcomesOf,
	REFUSED,
	sendAgain,
	setup,
	skipping,
	some,
	somebody,
	textsOf,
	toContinue,
	UNCLEAR,
	UNLISTED,
} from './deliveries';
import type { Deliveries, Fate } from './deliveries';
import { leadingBack, retry, runNode } from './engine';
import type { Result, Setup } from './engine';
import { setupOf } from './messages';

/* Several runs of the node in one execution, and items that failed earlier in it. */

closeNetwork();
// On a busy machine a look takes long.
beforeEach(() => void jest.replaceProperty(limits, 'longestSearch', 60_000));

/** Ends the run. */
const NO_KEY: Fate = { answer: [401, {}] };

/** The output of the node's last run, by output. */
const lastRun = ({ data }: Result): Array<INodeExecutionData[] | null> =>
	data.resultData.runData['Clerk Chat'].at(-1)?.data?.main ?? [];

describe('the error output leads back into the node', () => {
	test.each([LOST, UNLISTED])("an unclear message isn't sent again (%j)", async (fate) => {
		const chat = clerkChat(fate);
		const result = await runNode(itemsTo(some(1), 'loop'), leadingBack(3, setup()));
		expect(chat.sent).toHaveLength(1);
		expect(lastRun(result)[1]).toMatchObject([{ json: { error: { outcome: 'unknown' } } }]);
	});

	describe('nor if its text changes by itself', () => {
		const body = '={{ $json.text }} at {{ Math.random() }}';
		const unclear = setup({}, {}, { body });
		const asking = setupOf('message sendAndWait', {
			sender: '+14155550100',
			recipients: '={{ $json.to }}',
			message: body,
			responseType: 'approval',
		});
		const another = { ...unclear, name: 'Another' };

		test.each<[string, Setup]>([
			['a message', leadingBack(3, unclear)],
			["a message with 'Send Again'", leadingBack(3, setup(sendAgain, {}, { body }))],
			['a question', leadingBack(3, asking)],
			['a message from another node with the same fields', leadingBack(0, unclear, another)],
		])('%s', async (what, used) => {
			const chat = clerkChat(UNLISTED);
			await runNode(itemsTo(some(1), 'Your order'), used);
			expect(chat.sent).toHaveLength(what.includes('Send Again') ? 2 : 1);
		});
	});

	test('nor with Retry On Fail on top', async () => {
		const chat = clerkChat(UNLISTED);
		const settings = { retryOnFail: true, maxTries: 3 };
		await runNode(itemsTo(some(1), 'loop'), leadingBack(2, setup({}, settings)));
		expect(chat.sent).toHaveLength(1);
	});

	test('nor if it returns at another position among the items', async () => {
		const [ann, bob] = some(2);
		const chat = clerkChat((request) => (isTo(bob, request) ? UNLISTED : {}));
		await runNode(itemsTo([ann, bob], 'place'), leadingBack(3, setup()));
		expect(counts(chat, [ann, bob])).toEqual([1, 1]);
	});

	test('a message on record by then is returned as sent', async () => {
		const chat: Deliveries = clerkChat(UNLISTED, {
			// The first run looks three times.
			onLook: () => (chat.looks.length > 3 ? chat.list() : undefined),
		});
		const result = await runNode(itemsTo(some(1), 'late'), leadingBack(1, setup()));
		expect(chat.sent).toHaveLength(1);
		expect(lastRun(result)[0]).toMatchObject([{ json: { body: 'late' } }]);
	});

	test.each([{}, sendAgain])(
		'a message that another execution found in the meantime is returned as sent (%j)',
		async (options) => {
			const ann = somebody();
			const chat = clerkChat([UNLISTED]);
			const items = itemsTo([ann], 'found');
			const result = await runNode(items, {
				...leadingBack(1, setup(options)),
				onGate: async () => {
					chat.list();
					await runNode(items, skipping());
				},
			});
			expect(chat.got(ann)).toBe(1);
			expect(lastRun(result)[0]).toMatchObject([{ json: { id: chat.entries[0].id } }]);
		},
	);

	test('a refused message is sent', async () => {
		const chat = clerkChat([REFUSED]);
		await runNode(itemsTo(some(1), 'refused'), leadingBack(3, setup()));
		expect(chat.sent).toHaveLength(2);
	});

	test.each([true, false])(
		'a message that is refused in one run is sent once by two retries (at once: %s)',
		async (atOnce) => {
			const ann = somebody();
			const chat = clerkChat([{ answer: [401, {}] }, { answer: REFUSED }]);
			const items = itemsTo([ann], 'comes back');
			const stopped = await runNode(items, setup());
			const again = async () => await retry(stopped, items, leadingBack(1, setup()));
			const one = again();
			if (!atOnce) await one;
			const results = await Promise.all([one, again()]);
			expect(chat.got(ann)).toBe(1);
			const { id } = chat.entries[0];
			expect(results.map((each) => lastRun(each)[0])).toMatchObject([
				[{ json: { id } }],
				[{ json: { id } }],
			]);
		},
	);

	test('a group message that some members already have is refused in every run', async () => {
		const [ann, bob] = some(2);
		const chat = clerkChat([{}, { answer: [401, {}] }]);
		const items = itemsTo([`${ann}, ${bob}`], 'some have it');
		const stopped = await runNode(items, setup({ severalNumbers: 'separately' }));
		const result = await retry(stopped, items, leadingBack(3, setup()));
		expect(counts(chat, [ann, bob])).toEqual([1, 0]);
		expect(lastRun(result)[1]).toMatchObject([{ json: { error: { outcome: 'refused' } } }]);
	});

	test('a group message is sent once, although it is taken for a message to one of its members', async () => {
		const [ann, bob] = some(2);
		const chat: Deliveries = clerkChat([REFUSED, UNLISTED]);
		const items = itemsTo([ann, `${ann}, ${bob}`], 'group and one');
		await runNode(items, {
			...leadingBack(3, setup()),
			onGate: async () => await Promise.resolve(chat.list()),
		});
		expect(chat.got(bob)).toBe(1);
	});

	test("a group message that may have been sent isn't sent to anyone again, not even with Separately", async () => {
		const [ann, bob] = some(2);
		const chat = clerkChat([LOST]);
		const items = itemsTo([`${ann}, ${bob}`, bob], ['both', 'one']);
		const stopped = await runNode(items, setup());
		await retry(stopped, items, leadingBack(2, setup({ severalNumbers: 'separately' })));
		expect(counts(chat, [ann, bob])).toEqual([0, 1]);
	});

	test("with 'Send Again', at most one more is sent", async () => {
		const chat = clerkChat(UNLISTED);
		await runNode(itemsTo(some(1), 'again'), leadingBack(4, setup(sendAgain)));
		expect(chat.sent).toHaveLength(2);
	});

	test('an alert to someone else is sent, with the same text and from the same item', async () => {
		const [ann, boss] = some(2);
		const chat = clerkChat((request) => (isTo(ann, request) ? LOST : {}));
		const alert = { ...setup({}, {}, { recipients: boss }), name: 'Alert' };
		await runNode(itemsTo([ann], 'alert'), leadingBack(0, setup(), alert));
		expect(chat.got(boss)).toBe(1);
	});

	test("an undelivered message is returned as itself, not as another execution's", async () => {
		const ann = somebody();
		const items = itemsTo([ann], 'reminder');
		let other: Promise<unknown> | undefined;
		const chat = clerkChat(
			{},
			{
				onLook: async () => {
					if (other) return;
					// Tomorrow's execution says the same, and that one arrives.
					other = runNode(items, { ...setup(), executionId: '2' });
					await other;
					Object.assign(chat.entries[0], { status: 'failed', error: 'switched off' });
				},
			},
		);
		const result = await runNode(items, leadingBack(1, setup({ waitForDeliverySeconds: 60 })));
		expect(lastRun(result)[0]).toMatchObject([
			{ json: { id: chat.entries[0].id, status: 'failed' } },
		]);
		expect(chat.got(ann)).toBe(2);
	});

	test('two equal undelivered items are each returned as their own message', async () => {
		const ann = somebody();
		const chat = clerkChat(
			{},
			{
				onLook: () => chat.entries.forEach((each) => Object.assign(each, { status: 'failed' })),
			},
		);
		const items = itemsTo([ann, ann], 'equal');
		const result = await runNode(items, leadingBack(1, setup({ waitForDeliverySeconds: 60 })));
		const ids = lastRun(result)[0]?.map(({ json }) => json.id);
		expect(ids).toEqual(chat.entries.map(({ id }) => id));
		expect(chat.got(ann)).toBe(2);
	});
});

describe('the error output leads to another node', () => {
	const separately = { severalNumbers: 'separately' };

	/** What each of these people got. */
	async function fallBack(
		people: string[],
		[first, second]: [Setup, Setup],
		fates: Parameters<typeof clerkChat>[0],
	) {
		const chat = clerkChat(fates);
		const other = { ...second, name: 'Another' };
		await runNode(
			itemsTo([people.join(', ')], 'Your order has been shipped.'),
			leadingBack(0, first, other),
		);
		return counts(chat, people);
	}

	test.each([
		['each person, then each', separately, separately],
		['each person, then all together', separately, {}],
		['all together, then each person', {}, separately],
		['all together, then all', {}, {}],
	])("unclear messages aren't sent again: %s", async (_, one, other) => {
		const people = some(2);
		expect(await fallBack(people, [setup(one), setup(other)], UNLISTED)).toEqual([1, 1]);
	});

	test.each([{}, separately])(
		"with a person whose message is unclear, the others aren't texted again either (%j)",
		async (other) => {
			const [ann, bob] = some(2);
			const fates = (request: Received, index: number) =>
				isTo(bob, request) && index < 2 ? UNLISTED : {};
			const both: [Setup, Setup] = [setup(separately), setup(other)];
			expect(await fallBack([ann, bob], both, fates)).toEqual([1, 1]);
		},
	);

	test.each<[string, Fate]>([
		['refused', { answer: REFUSED }],
		['marked as failed', { says: { status: 'failed' }, isDelivered: false }],
	])('a %s message is sent', async (_, fate) => {
		expect(await fallBack(some(1), [setup(), setup()], [fate])).toEqual([1]);
	});

	test('so is one that was not delivered', async () => {
		const waiting = setup({ waitForDeliverySeconds: 60 });
		const fate = { onRecord: { status: 'failed' } };
		expect(await fallBack(some(1), [waiting, setup()], [fate])).toEqual([2]);
	});

	test("'Send Again' in both: at most one more is sent", async () => {
		const eager = setup(sendAgain, { retryOnFail: true, maxTries: 2 });
		expect(await fallBack(some(1), [eager, setup(sendAgain)], UNLISTED)).toEqual([2]);
	});

	test.each([{}, sendAgain])(
		"an unclear message isn't sent either if its fields have become unusable (%j)",
		async (options) => {
			const ann = somebody();
			const chat = clerkChat([UNLISTED]);
			const items = itemsTo([ann], 'unusable');
			const stopped = await runNode(items, setup());
			const unusable = setup(options, {}, { recipients: '={{ $json.nobody }}' });
			await retry(stopped, items, leadingBack(0, unusable, { ...setup(), name: 'Another' }));
			expect(chat.got(ann)).toBe(1);
		},
	);

	test("'Send Again': what the record may show isn't sent again", async () => {
		const fate = {
			...LISTED,
			onRecord: { body: 'Your order has been shipped. Reply STOP to end' },
		};
		expect(await fallBack(some(1), [setup(), setup(sendAgain)], fate)).toEqual([1]);
	});
});

describe('a loop', () => {
	test('many equal messages in each run: looks at each a few times, not once for every item', async () => {
		const ann = somebody();
		const chat = clerkChat();
		const looks = jest.spyOn(ledger, 'has');
		await runNode(itemsTo(Array<string>(150).fill(ann), 'many equal'), { ...setup(), runs: 2 });
		expect(chat.got(ann)).toBe(300);
		expect(looks.mock.calls.length).toBeLessThan(300 * 20);
	});

	test('after a refused group, a retry Separately: the next run of the loop sends its own to all', async () => {
		const [ann, bob] = some(2);
		const chat = clerkChat([{}, NO_KEY]);
		const items = itemsTo([`${ann}, ${bob}`], 'some have it');
		const first = await runNode(items, { ...setup({ severalNumbers: 'separately' }), runs: 2 });
		expect(counts(chat, [ann, bob])).toEqual([1, 0]);
		const second = await retry(first, items, { ...setup(), runs: 2 });
		await retry(second, items, {
			...setup({ severalNumbers: 'separately' }),
			runs: 2,
		});
		expect(counts(chat, [ann, bob])).toEqual([2, 2]);
	});

	test.each([{}, sendAgain])(
		'a message that another retry had in flight in a later run is returned in that run (%j)',
		async (options) => {
			const [ann, bob, cat] = some(3);
			let isOver = false;
			let isRefused = false;
			let isStopped = false;
			const chat: Deliveries = clerkChat(async (request, index): Promise<Fate> => {
				if (index === 0) return NO_KEY;
				if (isTo(cat, request) && !isStopped) {
					isStopped = true;
					return NO_KEY;
				}
				if (isTo(ann, request)) {
					const isFirst = !isRefused;
					isRefused = true;
					if (isFirst) return { answer: REFUSED };
					while (!isOver) await sleep(1);
				}
				return {};
			});
			const items = [
				{ to: bob, alt: cat, text: 'adopted' },
				{ to: ann, alt: ann, text: 'adopted' },
			];
			const first = await runNode(items, setup());
			const one = retry(first, items, leadingBack(1, setup()));
			while (chat.sent.length < 4) await sleep(1);
			const two = retry(first, items, {
				...leadingBack(1, setup(options, {}, { recipients: '={{ $json.alt }}' })),
				onGate: async () => {
					isOver = true;
					await one;
				},
			});
			const results = await Promise.all([one, two]);
			expect(chat.got(ann)).toBe(1);
			expect(lastRun(results[1])[1]).toEqual([]);
		},
	);

	test('a group message found for one of the group is not sent to the others in a later run', async () => {
		const [ann, bob] = some(2);
		const chat: Deliveries = clerkChat([UNLISTED], {
			onLook: () => (chat.looks.length > 3 ? chat.list() : undefined),
		});
		const recipients = `={{ $runIndex === 0 ? '${ann}, ${bob}' : $runIndex === 1 ? '${ann}' : '${bob}' }}`;
		await runNode([{ text: 'split' }], {
			...setup({}, toContinue, { recipients }),
			runs: 3,
		});
		expect(counts(chat, [ann, bob])).toEqual([1, 1]);
	});

	test('an item with unusable fields does not return what an earlier run returned', async () => {
		const ann = somebody();
		const chat = clerkChat([NO_KEY, { answer: REFUSED }]);
		const items = itemsTo([ann], 'unusable');
		const looped = { ...setup({}, toContinue), runs: 2 };
		const first = await runNode(items, { ...setup(), runs: 2 });
		await retry(first, items, looped);
		const recipients = "={{ $runIndex === 0 ? $json.to : '' }}";
		const two = await retry(first, items, { ...setup({}, toContinue, { recipients }), runs: 2 });
		expect(outcomesOf(two)).toEqual(['refused']);
		expect(chat.got(ann)).toBe(1);
	});

	test('that texts the same person the same again after sending: another message', async () => {
		const chat = clerkChat();
		await runNode(itemsTo(some(1), 'loop'), { ...setup(), runs: 3 });
		expect(chat.sent).toHaveLength(3);
	});

	test("a message that one run may have sent isn't sent in the next one, and the rest is", async () => {
		const people = some(3);
		const chat = clerkChat([UNCLEAR]);
		const looped = { ...setup({}, toContinue), runs: 2 };
		const result = await runNode(itemsTo(people, ['a', 'b', 'c']), looped);
		expect(chat.texts()).toEqual(['a', 'b', 'c', 'b', 'c']);
		expect(textsOf(result)).toEqual(['unknown', 'b', 'c']);
	});

	test('two simultaneous retries of it send each item once', async () => {
		const people = some(3);
		const chat = clerkChat([[401, {}]]);
		const items = itemsTo(people, 'loop');
		const looped = { ...setup(), runs: 2 };
		const stopped = await runNode(items, looped);
		await Promise.all([retry(stopped, items, looped), retry(stopped, items, looped)]);
		expect(Math.max(...counts(chat, people.slice(1)))).toBeLessThanOrEqual(2);
	});

	test('what one retry leaves unclear and continues with in its next run, the other returns in its own', async () => {
		const ann = somebody();
		const chat: Deliveries = clerkChat([{ answer: [401, {}] }, UNLISTED], {
			// By then the one that goes on has come to its next run.
			onLook: () => void (chat.looks.length > 5 && chat.list()),
		});
		const items = itemsTo([ann], 'each run');
		const stopped = await runNode(items, { ...setup(), runs: 2 });
		const again = async () => await retry(stopped, items, { ...setup({}, toContinue), runs: 2 });
		const results = await Promise.all([again(), again()]);
		const ids = results.map(({ data }) =>
			data.resultData.runData['Clerk Chat'].map((run) => run.data?.main[0]?.[0].json.id),
		);
		expect(ids).toEqual([
			[expect.any(Number), expect.any(Number)],
			[undefined, ids[0][0]],
		]);
		expect(ids[0][1]).not.toBe(ids[0][0]);
		expect(chat.got(ann)).toBe(2);
	});

	test('Skip If Sent: what another retry sent for one run counts once, so the next run sends its own', async () => {
		const ann = somebody();
		const refused: Fate = { answer: [401, {}] };
		const chat = clerkChat([refused, {}, refused, refused]);
		const [items, looped] = [itemsTo([ann], 'once'), { ...skipping(), runs: 2 }];
		const stopped = await runNode(items, looped);
		const again = async () => await retry(stopped, items, looped);
		const [, waited] = await Promise.all([again(), again()]);
		expect([chat.sent.length, chat.got(ann)]).toEqual([4, 1]);
		const result = await retry(waited, items, { ...looped, node: startProcess(1) });
		expect(chat.got(ann)).toBe(2);
		expect(idsOf(result)).toEqual([chat.entries[1].id]);
	});

	test('Skip If Sent: everyone in a group message has it', async () => {
		const [ann, bob] = some(2);
		const chat = clerkChat();
		chat.entries.push(entryOf({ text: 'together', to: [ann, bob] }));
		// Each run asks for another one of the two.
		const parameters = { recipients: '={{ $runIndex === 0 ? $json.ann : $json.bob }}' };
		const used = { ...skipping({}, {}, parameters), runs: 2 };
		await runNode([{ ann, bob, text: 'together' }], used);
		expect(chat.sent).toHaveLength(0);
	});

	test.each<[string, (to: string[]) => IDataObject]>([
		['objects', (to) => ({ members: to.map((phone) => ({ phone })) })],
		['one text', (to) => ({ members: to.join(', ') })],
	])('Skip If Sent: members written as %s count once, too', async (_, form) => {
		const people = some(2);
		const chat = clerkChat({}, { documented: false });
		chat.entries.push(entryOf({ text: 'once', to: people }, form(people)));
		await runNode(itemsTo([people.join(', ')], 'once'), { ...skipping(), runs: 3 });
		expect(counts(chat, people)).toEqual([2, 2]);
	});

	test.each([{}, { onRecord: false as const }])(
		'Skip If Sent: what one run skipped counts once, so the next runs send their own (%j)',
		async (fate) => {
			const ann = somebody();
			const chat = clerkChat(fate);
			const items = itemsTo([ann], 'once');
			await runNode(items, setup());
			await runNode(items, { ...skipping(), runs: 3 });
			expect(chat.got(ann)).toBe(3);
		},
	);
});

describe("an item containing this node's own error", () => {
	/** What the error output returns, as a later execution gets it, for example from a table. */
	async function failed(first = UNLISTED) {
		const ann = somebody();
		const chat = clerkChat([first]);
		const continued = setup({}, { onError: 'continueErrorOutput' });
		const { errorItems } = await runNode(itemsTo([ann], 'carried'), continued);
		expect(chat.sent).toHaveLength(1);
		return { ann, chat, items: errorItems.map(({ json }) => json) };
	}

	test('names the node', async () => {
		const { items } = await failed();
		expect(items).toMatchObject([
			{ error: { outcome: 'unknown', node: expect.any(String) as string } },
		]);
	});

	test.each([false, true])('is not sent (after a restart: %s)', async (isRestarted) => {
		const { ann, chat, items } = await failed();
		const node = isRestarted ? startProcess(1) : undefined;
		const result = await runNode(items, { ...setup({}, toContinue), node });
		expect(chat.got(ann)).toBe(1);
		expect(outcomesOf(result)).toEqual(['unknown']);
	});

	test('is not sent by another node', async () => {
		const { ann, chat, items } = await failed();
		const result = await runNode(items, { ...setup({}, toContinue), name: 'Another' });
		expect(chat.got(ann)).toBe(1);
		expect(outcomesOf(result)).toEqual(['unknown']);
	});

	test("is sent with 'Send Again'", async () => {
		const { ann, chat, items } = await failed();
		await runNode(items, setup(sendAgain));
		expect(chat.got(ann)).toBe(2);
	});

	test('is sent with different content', async () => {
		const { ann, chat, items } = await failed();
		const boss = somebody();
		await runNode(items, setup({}, {}, { recipients: boss }));
		await runNode(items, setup({}, {}, { body: 'Please call us.' }));
		expect(counts(chat, [ann, boss])).toEqual([2, 1]);
	});

	test('is sent if it was refused', async () => {
		const { ann, chat, items } = await failed({ answer: REFUSED });
		const result = await runNode(items, setup());
		expect(chat.got(ann)).toBe(1);
		expect(idsOf(result)).toEqual([chat.entries[0].id]);
	});
});
