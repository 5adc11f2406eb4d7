import { sleep } from 'n8n-workflow';
import type { IDataObject } from 'n8n-workflow';
import { closeNetwork } from './closeNetwork';
import {
	clerkChat,
	itemsTo,
	LOST,
	outcomesOf,
	REFUSED,
	sendAgain,
	setup,
	some,
	somebody,
	toContinue,
	UNCLEAR,
	wordsOf,
} from './deliveries';
import type { Fate } from './deliveries';
import { retry, runNode } from './engine';

/* Errors are true with every combination of settings, and their advice helps. */

closeNetwork();

const EVERY_AGAIN =
	/(every|each) message (is |would be )?sent again|sends (every|each|all).* again/;

test("408: may have been sent, so it isn't called refused", async () => {
	clerkChat({ answer: [408, {}] });
	const result = await runNode(itemsTo(some(1), '408'), setup({}, toContinue));
	expect(outcomesOf(result)).toEqual(['unknown']);
	expect(wordsOf(result)).toMatch(/may have been sent/);
	expect(wordsOf(result)).not.toMatch(/refused/i);
});

test.each(['continueRegularOutput', 'stopWorkflow'] as const)(
	"with 'Send Again', no error says that it isn't sent again (%s)",
	async (onError) => {
		clerkChat(LOST);
		const result = await runNode(itemsTo(some(1), 'again'), setup(sendAgain, { onError }));
		expect(wordsOf(result)).toMatch(/may have been sent/);
		expect(wordsOf(result)).not.toMatch(/(not sent|not send it) again/);
	},
);

test.each<[IDataObject, Fate, boolean]>([
	[{}, { answer: REFUSED }, true],
	[{ skipSentWithinHours: 24 }, { answer: REFUSED }, false],
	[{ skipSentWithinHours: 24 }, LOST, false],
])('says whether running the workflow again resends every message: %j, %j', async (...row) => {
	const [options, second, isSo] = row;
	clerkChat([{}, second]);
	const words = wordsOf(await runNode(itemsTo(some(2), 'skip'), setup(options)));
	expect(EVERY_AGAIN.test(words)).toBe(isSo);
});

test.each([
	[1, true],
	[2, false],
])('when item %i of 3 is refused, the advice covers the others: %j', async (refused, isAnyLeft) => {
	clerkChat((_request, index) => (index === refused ? REFUSED : {}));
	const words = wordsOf(await runNode(itemsTo(some(3), 'left'), setup()));
	expect(words.includes('To continue with the others')).toBe(isAnyLeft);
	expect(words).toMatch(/run it separately/);
});

test('never advises sending an unclear message separately', async () => {
	clerkChat([{}, LOST]);
	const words = wordsOf(await runNode(itemsTo(some(3), 'hand'), setup()));
	expect(words).toMatch(/may have been sent/);
	expect(words).not.toMatch(/separately|by hand/);
});

test.each([
	['an expression returns another number', '={{ $vars.to }}', '={{ $vars.to }}'],
	['To was edited', '={{ $json.to }}', '={{ $vars.to }}'],
	['To cannot be used any more', '={{ $json.to }}', '={{ "" }}'],
])('a failed item names someone who may have been texted: %s', async (_, before, after) => {
	const [ann, bob] = some(2);
	const chat = clerkChat(LOST);
	const items = itemsTo([ann], 'to');
	const setTo = (recipients: string, to: string, settings = {}) => ({
		...setup({}, settings, { recipients }),
		variables: { to },
	});
	const first = await runNode(items, setTo(before, ann));
	const retried = await retry(first, items, setTo(after, bob, toContinue));
	const texted = chat.sent.flatMap(({ body }) => body.recipients as string[]);
	const { to, outcome } = retried.items[0].json.error as IDataObject;
	expect(outcome).toBe('unknown');
	if (to !== undefined) expect(texted).toContain(to);
	expect(chat.sent.length).toBeLessThanOrEqual(2);
});

test.each(['99999999999999999999', '1e300', '8640000000001', 'Infinity', '1e999'])(
	"Retry-After: %s isn't sent, and the time is readable",
	async (retryAfter) => {
		clerkChat({ answer: [429, {}, { 'retry-after': retryAfter }] });
		const result = await runNode(itemsTo([somebody()], 'wait'), setup({}, toContinue));
		expect(outcomesOf(result)).toEqual(['refused']);
		expect(wordsOf(result)).not.toMatch(/Invalid|NaN|Infinity|\d{6,}|e\+/);
	},
);

describe('an unclear result keeps the remedy for its cause', () => {
	test('a timeout: the setting that helps', async () => {
		clerkChat(async () => {
			await sleep(200);
			return UNCLEAR;
		});
		const slow = setup({}, toContinue, { requestOptions: { timeout: 40 } });
		const result = await runNode(itemsTo(some(1), 'timeout'), slow);
		expect(outcomesOf(result)).toEqual(['unknown']);
		expect(wordsOf(result)).toContain("'Timeout'");
		expect(wordsOf(result)).toMatch(/unclear whether/);
	});

	test('a redirect: the field that is wrong', async () => {
		clerkChat([{}, [302, '', { location: 'https://elsewhere.test/' }]]);
		const result = await runNode(itemsTo(some(2), 'redirect'), setup({}, toContinue));
		expect(outcomesOf(result)).toEqual(['sent', 'unknown']);
		expect(wordsOf(result)).toMatch(/https:\/\/|Base URL/);
	});
});
