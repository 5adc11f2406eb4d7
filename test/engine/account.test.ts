import type { IDataObject } from 'n8n-workflow';
import { startProcess } from '../random/process';
import { clerkChatApi } from './clerkChatApi';
import type { Answer } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import {
	clerkChat,
	counts,
	entryOf,
	idsOf,
	itemsTo,
	outcomesOf,
	REFUSED,
	setup,
	skipping,
	some,
	somebody,
	toContinue,
	UNLISTED,
	wordsOf,
} from './deliveries';
import { API_KEY, BASE_URL, retry, runNode } from './engine';

/*
 * Credentials that point elsewhere: to a server that isn't Clerk Chat's, to another account, or to the same account
 * with a new key.
 */

closeNetwork();

const NEW_KEY = 'another-secret-key';

/** The same node with another credential. */
const moved = (used = setup({}, toContinue), apiKey = NEW_KEY, baseUrl = BASE_URL) => ({
	...used,
	credentials: { apiKey, baseUrl },
});

const OTHER_SERVER = 'https://tests.clerk-chat.test';

describe('a base URL that never responded like Clerk Chat', () => {
	let hosts = 0;
	const HTML = { 'content-type': 'text/html' };

	const answers: Array<[string, Answer]> = [
		['a redirect (301)', [301, '', { location: 'https://elsewhere.test/' }]],
		['a redirect (302)', [302, '', { location: 'https://elsewhere.test/' }]],
		['a redirect (308)', [308, '', { location: 'https://elsewhere.test/' }]],
		['a web page (200)', [200, '<!doctype html><html><body>Sign in</body></html>', HTML]],
		['a web page (404)', [404, '<html><body>Not found</body></html>', HTML]],
	];

	test.each(answers)(
		'%s: refused, says where to look, and is sent once fixed',
		async (_, answer) => {
			// What answers at an address is remembered, so each test has its own.
			const baseUrl = `https://wrong-${++hosts}.clerk-chat.test`;
			clerkChatApi(() => answer, { baseUrl, documented: false, record: () => answer });
			const ann = somebody();
			const chat = clerkChat();
			const items = itemsTo([ann], 'mended');
			const first = await runNode(items, moved(undefined, API_KEY, baseUrl));
			expect(outcomesOf(first)).toEqual(['refused']);
			expect(wordsOf(first)).toContain('Base URL');
			const stopped = await runNode(items, moved(setup(), API_KEY, baseUrl));
			expect(stopped.error?.message).not.toMatch(/may have been sent/);
			expect(stopped.error?.description).toContain('Base URL');
			expect(outcomesOf(await retry(stopped, items, setup()))).toEqual(['sent']);
			expect(chat.got(ann)).toBe(1);
		},
	);

	test.each(answers.slice(0, 4))(
		'%s from one that once did: unclear, and not sent again',
		async (_, answer) => {
			const chat = clerkChat([{}, answer], {
				documented: false,
				closed: () => (chat.sent.length > 1 ? 403 : undefined),
			});
			const items = itemsTo(some(2), 'away');
			const stopped = await runNode(items, setup());
			expect(stopped.error?.message).toMatch(/may have been sent/);
			const again = await retry(stopped, items, setup({}, toContinue));
			expect(outcomesOf(again)).toEqual(['sent', 'unknown']);
			expect(chat.sent).toHaveLength(2);
		},
	);

	test('reading the record proves it, too: a redirect after that is unclear', async () => {
		const chat = clerkChat([[302, '', { location: 'https://elsewhere.test/' }]]);
		const result = await runNode(itemsTo(some(1), 'read'), skipping({}, toContinue));
		expect(chat.looks.length).toBeGreaterThan(0);
		expect(outcomesOf(result)).toEqual(['unknown']);
	});
});

describe('the credential points elsewhere when the execution is retried', () => {
	/**
	 * Accounts by key, each with a record of its own; keys of one account share it. Bob's message is refused with 401 under
	 * the old key, which is what a new key is made for.
	 */
	async function stopped({ isSameAccount = false, closed = false } = {}) {
		const [ann, bob] = some(2);
		const records: Record<string, IDataObject[]> = { [API_KEY]: [], [NEW_KEY]: [] };
		if (isSameAccount) records[NEW_KEY] = records[API_KEY];
		const delivered: string[] = [];
		const keyIn = ({ apikey, authorization }: Record<string, string>) => apikey ?? authorization;
		clerkChatApi(
			({ headers, body }) => {
				const key = keyIn(headers);
				const [to] = body.recipients as string[];
				if (to === bob && key === API_KEY) return [401, { message: 'no' }];
				const entry = entryOf({ text: String(body.body), to });
				records[key].push(entry);
				delivered.push(to);
				return [201, { data: entry }];
			},
			{
				record: ({ headers, query }) => {
					if (closed) return [403, { message: 'no' }];
					const listed = records[keyIn(headers)];
					return [200, { data: Number(query.page) === 1 ? listed : [], total: listed.length }];
				},
			},
		);
		const items = itemsTo([ann, bob], 'account');
		const first = await runNode(items, setup());
		expect(first.status).toBe('error');
		expect(delivered).toEqual([ann]);
		const times = () => [ann, bob].map((to) => delivered.filter((each) => each === to).length);
		return { items, first, sentToAnn: records[API_KEY][0].id, times };
	}

	describe.each([false, true])('n8n is restarted: %s', (isRestarted) => {
		const again = () => ({ ...moved(), node: isRestarted ? startProcess(1) : undefined });

		test('a new key of the same account continues', async () => {
			const { items, first, sentToAnn, times } = await stopped({ isSameAccount: true });
			const result = await retry(first, items, again());
			expect(result.items[0].json.id).toBe(sentToAnn);
			expect(outcomesOf(result)).toEqual(['sent', 'sent']);
			expect(times()).toEqual([1, 1]);
		});

		test("another account: the first one's results aren't returned as sent", async () => {
			const { items, first, sentToAnn } = await stopped();
			expect(idsOf(await retry(first, items, again()))).not.toContain(sentToAnn);
		});
	});

	test('when the account is unclear, nothing is resent that may have been sent', async () => {
		const { items, first, times } = await stopped({ closed: true });
		await retry(first, items, moved());
		expect(times()[0]).toBe(1);
	});

	test('an unclear message on record under a new key is returned as sent', async () => {
		const ann = somebody();
		const chat = clerkChat(UNLISTED);
		const items = itemsTo([ann], 'new key');
		const first = await runNode(items, setup());
		chat.list();
		expect(outcomesOf(await retry(first, items, moved()))).toEqual(['sent']);
		expect(chat.got(ann)).toBe(1);
	});

	test("another server: the first one's results aren't returned as sent, even if messages there have the same IDs", async () => {
		const people = some(2);
		const chat = clerkChat([{}, REFUSED]);
		const items = itemsTo(people, 'same IDs');
		const first = await runNode(items, setup());
		const other = clerkChat({}, { baseUrl: OTHER_SERVER });
		other.entries.push(entryOf({ text: 'x', to: somebody() }, { id: chat.entries[0].id }));
		const result = await retry(first, items, moved(undefined, API_KEY, OTHER_SERVER));
		expect(outcomesOf(result)).toEqual(['unknown', 'sent']);
		expect(counts(other, people)).toEqual([0, 1]);
	});

	test("the same key and server: the record isn't read", async () => {
		const chat = clerkChat([{}, REFUSED]);
		const items = itemsTo(some(2), 'same');
		await retry(await runNode(items, setup()), items, setup());
		expect(chat.looks).toHaveLength(0);
	});
});

describe('Skip If Sent', () => {
	test("messages of another account don't count", async () => {
		const ann = somebody();
		const chat = clerkChat({ onRecord: false });
		const items = itemsTo([ann], 'accounts');
		await runNode(items, setup());
		const second = await runNode(items, moved(skipping({}, toContinue)));
		// A new key may be one of the same account, so that it may also be in doubt; but it is never said to be sent.
		if (chat.got(ann) === 1) expect(outcomesOf(second)).not.toEqual(['sent']);
	});

	test('messages of an earlier key count once they are on record under the new one', async () => {
		const chat = clerkChat();
		const items = itemsTo([somebody()], 'keys');
		await runNode(items, setup());
		const second = await runNode(items, moved(skipping({}, toContinue)));
		expect(second.items.map(({ json }) => [json.id, json.skipped])).toEqual([
			[chat.entries[0].id, true],
		]);
		expect(chat.sent).toHaveLength(1);
	});

	test("messages sent to a test server don't count", async () => {
		const items = itemsTo(some(2), 'tests');
		const forTests = clerkChat({ onRecord: false }, { baseUrl: OTHER_SERVER });
		await runNode(items, moved(skipping(), API_KEY, OTHER_SERVER));
		const chat = clerkChat();
		await runNode(items, skipping());
		expect([forTests.sent, chat.sent]).toMatchObject([{ length: 2 }, { length: 2 }]);
	});
});

describe("the credential's allowed domains", () => {
	const restricted = (more: IDataObject) => ({
		...setup(),
		credentials: {
			...{ apiKey: API_KEY, baseUrl: BASE_URL, allowedHttpRequestDomains: 'domains' },
			...more,
		} as never,
	});

	test.each([['example.com'], ['*.example.com, clerk-chat.test'], ['']])(
		'%j: sends nothing',
		async (allowedDomains) => {
			const chat = clerkChat();
			const { error } = await runNode(itemsTo(some(3), 'a'), restricted({ allowedDomains }));
			expect(chat.sent).toHaveLength(0);
			expect(error?.message).toBe('n8n blocked the request');
			expect(error?.description).toContain('The credential does not allow api.clerk-chat.test');
		},
	);

	test.each<[IDataObject]>([
		[{ allowedDomains: 'api.clerk-chat.test' }],
		[{ allowedDomains: 'example.com, *.CLERK-CHAT.test.' }],
		[{ allowedDomains: 'https://api.clerk-chat.test/' }],
		[{ allowedDomains: 'api.clerk-chat.test:443, example.com' }],
		[{ allowedHttpRequestDomains: 'all', allowedDomains: 'example.com' }],
		[{ allowedHttpRequestDomains: 'none' }],
	])('%j: sends it', async (more) => {
		const chat = clerkChat();
		await runNode(itemsTo(some(3), 'a'), restricted(more));
		expect(chat.sent).toHaveLength(3);
	});
});

test('a contact with the ID of a message does not hide that message on the record', async () => {
	const ann = somebody();
	const entry = entryOf({ text: 'ids', to: ann });
	clerkChatApi(
		({ path }) =>
			path.includes('contacts') ? [201, { data: { id: entry.id, name: 'Ann' } }] : [500, {}],
		{
			documented: false,
			record: ({ query }) => [200, { data: query.page === '1' ? [entry] : [], total: 1 }],
		},
	);
	const additionalFields = { name: 'Ann' };
	await runNode([{}], {
		parameters: { resource: 'contact', operation: 'create', additionalFields },
	});
	const result = await runNode(itemsTo([ann], 'ids'), setup({}, toContinue));
	expect(outcomesOf(result)).toEqual(['sent']);
});
