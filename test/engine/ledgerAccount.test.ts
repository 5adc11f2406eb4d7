import type { IDataObject } from 'n8n-workflow';
import { startProcess } from '../random/process';
import { clerkChatApi } from './clerkChatApi';
import type { Answer } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { clerkChat, entryOf, outcomesOf, setup, somebody, toContinue, wordsOf } from './deliveries';
import { API_KEY, BASE_URL, retry, runNode } from './engine';

/* Where the credential leads: to a server that is not Clerk Chat's, to another account, to the same one with a new key. */

closeNetwork();

let hosts = 0;
/** A credential whose base URL is a mistake, and another one each time: what answers there is remembered. */
const mistaken = () => ({ apiKey: API_KEY, baseUrl: `https://wrong-${++hosts}.clerk-chat.test` });

const HTML = { 'content-type': 'text/html' };

describe('a base URL that never answered as Clerk Chat does', () => {
	const elsewhere = (baseUrl: string, answer: Answer) =>
		clerkChatApi(() => answer, { baseUrl, documented: false, record: () => answer });

	const answers: Array<[string, Answer]> = [
		['a redirect (301)', [301, '', { location: 'https://elsewhere.test/' }]],
		['a redirect (302)', [302, '', { location: 'https://elsewhere.test/' }]],
		['a redirect (308)', [308, '', { location: 'https://elsewhere.test/' }]],
		['a web page (200)', [200, '<!doctype html><html><body>Sign in</body></html>', HTML]],
		['a web page (404)', [404, '<html><body>Not found</body></html>', HTML]],
	];

	test.each(answers)(
		'%s: refused, says where to look, and is sent after mending',
		async (_, answer) => {
			const ann = somebody();
			const credentials = mistaken();
			elsewhere(credentials.baseUrl, answer);
			const chat = clerkChat();
			const items = [{ to: ann, text: 'mended' }];
			const first = await runNode(items, { ...setup({}, toContinue), credentials });
			expect(outcomesOf(first)).toEqual(['refused']);
			expect(wordsOf(first)).toContain('Base URL');
			const stopped = await runNode(items, { ...setup(), credentials });
			expect(stopped.error?.message).not.toMatch(/may have been sent/);
			expect(stopped.error?.description).toContain('Base URL');
			const mended = await retry(stopped, items, setup());
			expect(chat.got(ann)).toBe(1);
			expect(outcomesOf(mended)).toEqual(['sent']);
		},
	);

	test.each(answers.slice(0, 4))(
		'%s from one that did answer so: unknown, and not sent again',
		async (_, answer) => {
			const people = [somebody(), somebody()];
			let isAway = false;
			const chat = clerkChat(
				(_request, index) => {
					if (index === 0) return {};
					isAway = true;
					return { answer };
				},
				{ documented: false, closed: () => (isAway ? 403 : undefined) },
			);
			const items = people.map((to) => ({ to, text: 'away' }));
			const stopped = await runNode(items, setup());
			expect(stopped.error?.message).toMatch(/may have been sent/);
			const again = await retry(stopped, items, setup({}, toContinue));
			expect(outcomesOf(again)).toEqual(['sent', 'unknown']);
			expect(chat.sent).toHaveLength(2);
		},
	);

	test('what the record is asked for says it as well: a redirect after it was read is unknown', async () => {
		const ann = somebody();
		const chat = clerkChat(() => ({ answer: [302, '', { location: 'https://elsewhere.test/' }] }));
		const items = [{ to: ann, text: 'read' }];
		const options = { skipSentWithinHours: 1 };
		const result = await runNode(items, setup(options, toContinue));
		expect(chat.looks.length).toBeGreaterThan(0);
		expect(outcomesOf(result)).toEqual(['unknown']);
	});
});

describe('the credential leads elsewhere when the execution is tried again', () => {
	const NEW_KEY = 'another-secret-key';

	/**
	 * Accounts by key, each with a record of its own; keys of one account share it. Bob's message is refused with 401 under
	 * the old key, which is what a new key is made for.
	 */
	async function stopped({ isSameAccount = false, closed = false } = {}) {
		const [ann, bob] = [somebody(), somebody()];
		const records: Record<string, IDataObject[]> = { [API_KEY]: [], [NEW_KEY]: [] };
		if (isSameAccount) records[NEW_KEY] = records[API_KEY];
		const delivered: Array<{ key: string; to: string }> = [];
		clerkChatApi(
			({ headers, body }) => {
				const key = headers.apikey ?? headers.authorization;
				const [to] = body.recipients as string[];
				if (to === bob && key === API_KEY) return [401, { message: 'no' }];
				const entry = entryOf({ text: String(body.body), to });
				records[key].push(entry);
				delivered.push({ key, to });
				return [201, { data: entry }];
			},
			{
				record: ({ headers, query }) => {
					const key = headers.apikey ?? headers.authorization;
					if (closed) return [403, { message: 'no' }];
					const data = Number(query.page) === 1 ? records[key] : [];
					return [200, { data, total: records[key].length }];
				},
			},
		);
		const items = [ann, bob].map((to) => ({ to, text: 'account' }));
		const first = await runNode(items, setup());
		expect(first.status).toBe('error');
		expect(delivered).toEqual([{ key: API_KEY, to: ann }]);
		const moved = (baseUrl = BASE_URL) => ({
			...setup({}, toContinue),
			credentials: { apiKey: NEW_KEY, baseUrl },
		});
		const sentToAnn = records[API_KEY][0].id;
		const times = (to: string) => delivered.filter((each) => each.to === to).length;
		return { ann, bob, items, first, moved, sentToAnn, times };
	}

	test.each([false, true])(
		'a new key of the same account goes on (restarted: %s)',
		async (restarted) => {
			const { ann, bob, items, first, moved, sentToAnn, times } = await stopped({
				isSameAccount: true,
			});
			const node = restarted ? startProcess(1) : undefined;
			const result = await retry(first, items, { ...moved(), node });
			expect(result.items[0].json.id).toBe(sentToAnn);
			expect(outcomesOf(result)).toEqual(['sent', 'sent']);
			expect([times(ann), times(bob)]).toEqual([1, 1]);
		},
	);

	test.each([false, true])(
		"another account: the first one's results do not come out as sent (restarted: %s)",
		async (restarted) => {
			const { items, first, moved, sentToAnn } = await stopped();
			const node = restarted ? startProcess(1) : undefined;
			const result = await retry(first, items, { ...moved(), node });
			expect(result.items.map(({ json }) => json.id)).not.toContain(sentToAnn);
		},
	);

	test('when it cannot be told which account it is, nothing is sent that may have been', async () => {
		const { ann, items, first, moved, times } = await stopped({ closed: true });
		await retry(first, items, moved());
		expect(times(ann)).toBe(1);
	});

	test("another server: the first one's results do not come out as sent", async () => {
		const { items, first, sentToAnn } = await stopped();
		const baseUrl = 'https://tests.clerk-chat.test';
		const tests = clerkChat(() => ({}), { baseUrl });
		const credentials = { apiKey: API_KEY, baseUrl };
		const result = await retry(first, items, { ...setup({}, toContinue), credentials });
		expect(result.items.map(({ json }) => json.id)).not.toContain(sentToAnn);
		expect(tests.sent.length).toBeGreaterThan(0);
	});

	test('the same key and the same server: the record is not asked', async () => {
		const [ann, bob] = [somebody(), somebody()];
		const chat = clerkChat((_request, index) => (index === 1 ? { answer: [422, {}] } : {}));
		const items = [ann, bob].map((to) => ({ to, text: 'same' }));
		await retry(await runNode(items, setup()), items, setup());
		expect(chat.looks).toHaveLength(0);
	});

	test('Skip If Sent: what another account sent does not count', async () => {
		const ann = somebody();
		const chat = clerkChat(() => ({ onRecord: false }));
		const items = [{ to: ann, text: 'accounts' }];
		await runNode(items, setup());
		const credentials = { apiKey: NEW_KEY, baseUrl: BASE_URL };
		const second = await runNode(items, {
			...setup({ skipSentWithinHours: 1 }, toContinue),
			credentials,
		});
		// A new key may be one of the same account, so that it may also be in doubt; but it is never said to be sent.
		if (chat.got(ann) === 1) expect(outcomesOf(second)).not.toEqual(['sent']);
	});
});
