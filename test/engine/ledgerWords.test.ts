import { sleep } from 'n8n-workflow';
import type { IDataObject } from 'n8n-workflow';
import { closeNetwork } from './closeNetwork';
import {
	clerkChat,
	outcomesOf,
	REFUSED,
	sendAgain,
	setup,
	somebody,
	toContinue,
	UNCLEAR,
	wordsOf,
} from './deliveries';
import type { Fate } from './deliveries';
import { retry, runNode } from './engine';

/* What people read is true, whatever is set, and says what helps. */

closeNetwork();

const lost = (answer = UNCLEAR): Fate => ({ answer, isDelivered: false });

test('408: it may have been sent, so it is not called refused', async () => {
	clerkChat(() => lost([408, {}]));
	const result = await runNode([{ to: somebody(), text: '408' }], setup({}, toContinue));
	expect(outcomesOf(result)).toEqual(['unknown']);
	expect(wordsOf(result)).toMatch(/may have been sent/);
	expect(wordsOf(result)).not.toMatch(/refused/i);
});

describe("with 'Send Again', nobody is told that it is not sent again", () => {
	test.each(['continueRegularOutput', 'stopWorkflow'] as const)('%s', async (onError) => {
		clerkChat(() => lost());
		const items = [{ to: somebody(), text: 'again' }];
		const result = await runNode(items, setup(sendAgain, { onError }));
		expect(wordsOf(result)).toMatch(/may have been sent/);
		expect(wordsOf(result)).not.toMatch(/(not sent|not send it) again/);
	});
});

test.each<[IDataObject, boolean]>([
	[{}, true],
	[{ skipSentWithinHours: 24 }, false],
])('whether running the workflow again sends every message again: %j', async (options, isSo) => {
	clerkChat((_request, index) => (index === 1 ? { answer: REFUSED } : {}));
	const items = [somebody(), somebody()].map((to) => ({ to, text: 'skip' }));
	const words = wordsOf(await runNode(items, setup(options)));
	const everyAgain =
		/(every|each) message (is |would be )?sent again|sends (every|each|all).* again/;
	expect(everyAgain.test(words)).toBe(isSo);
});

test('with Skip If Sent, it is not said after an unknown outcome either', async () => {
	clerkChat((_request, index) => (index === 1 ? lost() : {}));
	const items = [somebody(), somebody()].map((to) => ({ to, text: 'skip' }));
	const words = wordsOf(await runNode(items, setup({ skipSentWithinHours: 24 })));
	expect(words).not.toMatch(/every message (would be )?sent again/);
});

test.each([
	[1, true],
	[2, false],
])('when item %i of 3 is refused, others are left: %j', async (refused, isAnyLeft) => {
	clerkChat((_request, index) => (index === refused ? { answer: REFUSED } : {}));
	const items = Array.from({ length: 3 }, () => ({ to: somebody(), text: 'left' }));
	const words = wordsOf(await runNode(items, setup()));
	expect(words.includes('To continue with the others')).toBe(isAnyLeft);
	expect(words).toMatch(/run it separately/);
});

describe('an item that failed names somebody who may have been texted', () => {
	const texted = (chat: ReturnType<typeof clerkChat>) =>
		chat.sent.flatMap(({ body }) => body.recipients as string[]);

	test.each([
		['an expression gives another number', '={{ $vars.to }}', '={{ $vars.to }}'],
		['To was edited', '={{ $json.to }}', '={{ $vars.to }}'],
	])('%s', async (_, before, after) => {
		const [ann, bob] = [somebody(), somebody()];
		const chat = clerkChat(() => lost());
		const items = [{ to: ann, text: 'to' }];
		const first = await runNode(items, {
			...setup({}, {}, { recipients: before }),
			variables: { to: ann },
		});
		const retried = await retry(first, items, {
			...setup({}, toContinue, { recipients: after }),
			variables: { to: bob },
		});
		for (const { json } of retried.items) {
			const { to } = (json.error ?? {}) as IDataObject;
			if (to !== undefined) expect(texted(chat)).toContain(to);
		}
		expect(chat.sent.length).toBeLessThanOrEqual(2);
	});

	test('To cannot be used any more', async () => {
		const ann = somebody();
		clerkChat(() => lost());
		const items = [{ to: ann, text: 'to' }];
		const first = await runNode(items, setup());
		const retried = await retry(first, items, setup({}, toContinue, { recipients: '={{ "" }}' }));
		expect(outcomesOf(retried)).toEqual(['unknown']);
		expect([undefined, ann]).toContain((retried.items[0].json.error as IDataObject).to);
	});
});

describe('Retry-After', () => {
	const result = async (retryAfter: string) => {
		clerkChat(() => ({ answer: [429, {}, { 'retry-after': retryAfter }] }));
		return await runNode([{ to: somebody(), text: 'wait' }], setup({}, toContinue));
	};

	test.each(['99999999999999999999', '1e300', '8640000000001'])(
		'%s: no time that nobody can read',
		async (retryAfter) => {
			const came = await result(retryAfter);
			expect(outcomesOf(came)).toEqual(['refused']);
			expect(wordsOf(came)).not.toMatch(/Invalid|NaN|Infinity|\d{6,}|e\+/);
		},
	);

	test('Infinity: it was not sent all the same', async () => {
		expect(outcomesOf(await result('Infinity'))).toEqual(['refused']);
	});

	test('1e999: neither', async () => {
		expect(outcomesOf(await result('1e999'))).toEqual(['refused']);
	});
});

test('what is unknown is not to be sent by itself: the advice does not say so', async () => {
	clerkChat((_request, index) => (index === 1 ? lost() : {}));
	const items = Array.from({ length: 3 }, () => ({ to: somebody(), text: 'hand' }));
	const words = wordsOf(await runNode(items, setup()));
	expect(words).toMatch(/may have been sent/);
	expect(words).not.toMatch(/separately|by hand/);
});

describe('an unknown outcome keeps the remedy of its cause', () => {
	test('a timeout: the setting that helps', async () => {
		clerkChat(async () => {
			await sleep(200);
			return lost();
		});
		const parameters = { requestOptions: { timeout: 40 } };
		const items = [{ to: somebody(), text: 'timeout' }];
		const result = await runNode(items, setup({}, toContinue, parameters));
		expect(outcomesOf(result)).toEqual(['unknown']);
		const { description } = result.items[0].json.error as IDataObject;
		expect(description).toContain("'Timeout'");
		expect(description).toMatch(/unclear whether/);
	});

	test('a redirect: the field that is wrong', async () => {
		clerkChat((_request, index) =>
			index === 0 ? {} : lost([302, '', { location: 'https://elsewhere.test/' }]),
		);
		const items = Array.from({ length: 2 }, () => ({ to: somebody(), text: 'redirect' }));
		const result = await runNode(items, setup({}, toContinue));
		expect(outcomesOf(result)).toEqual(['sent', 'unknown']);
		const { description } = result.items[1].json.error as IDataObject;
		expect(description).toMatch(/https:\/\/|Base URL/);
	});
});
