/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sleep } from 'n8n-workflow';
import type { IDataObject } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
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
} from './deliveries';
import type { Deliveries, Fate } from './deliveries';
import { API_KEY, retry, runNode } from './engine';

/* What Clerk Chat's record tells, and what it does not: it lists a message late, and two messages may look alike. */

closeNetwork();

const counts = (chat: Deliveries, people: string[]) => people.map((person) => chat.got(person));

const skipping = (options: IDataObject = {}, settings = {}) =>
	setup({ skipSentWithinHours: 24, ...options }, settings);

/** Time passes (ms), until the end of the test. */
function later(ms: number) {
	const now = Date.now.bind(Date);
	jest.spyOn(Date, 'now').mockImplementation(() => now() + ms);
}

/** A server on 127.0.0.1, for what cannot be played inside this process, and for thousands of requests. */
async function realServer(answer: (request: IncomingMessage, response: ServerResponse) => void) {
	const server = createServer((request, response) => {
		request.resume().on('end', () => answer(request, response));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		credentials: { apiKey: API_KEY, baseUrl: `http://127.0.0.1:${port}` },
		close: async () => {
			await new Promise((resolve) => {
				server.close(resolve);
				server.closeAllConnections();
			});
		},
	};
}

const at = (time: number): IDataObject => {
	const text = new Date(time).toISOString();
	return { timestamp: text, created: text };
};

describe('Skip If Sent, while the record lists nothing yet', () => {
	const unlisted = () => clerkChat(() => ({ onRecord: false }));

	test('what an execution without the option sent is not sent again', async () => {
		const people = [somebody(), somebody()];
		const chat = unlisted();
		const items = people.map((to) => ({ to, text: 'without' }));
		const first = await runNode(items, setup());
		const second = await runNode(items, skipping());
		expect(counts(chat, people)).toEqual([1, 1]);
		expect(second.items.map(({ json }) => json.id)).toEqual(first.items.map(({ json }) => json.id));
	});

	test('nor what a retry without the option sent', async () => {
		const people = [somebody(), somebody()];
		const chat = clerkChat((_request, index) =>
			index === 1 ? { answer: REFUSED } : { onRecord: false },
		);
		const items = people.map((to) => ({ to, text: 'retried' }));
		await retry(await runNode(items, setup()), items, setup());
		await runNode(items, skipping());
		expect(counts(chat, people)).toEqual([1, 1]);
	});

	test('nor what one without the option sends at this moment, to these people in another way', async () => {
		const people = [somebody(), somebody()];
		const chat = clerkChat(async () => {
			await sleep(30);
			return { onRecord: false };
		});
		const items = [{ to: people.join(', '), text: 'moment' }];
		const without = runNode(items, setup({ severalNumbers: 'separately' }));
		await sleep(5);
		await Promise.all([without, runNode(items, skipping({}, toContinue))]);
		expect(counts(chat, people)).toEqual([1, 1]);
	});

	test.each([true, false])(
		'what ended unknown is not sent again (with the option: %s)',
		async (has) => {
			const ann = somebody();
			const chat: Deliveries = clerkChat((_request, index) =>
				index === 0 ? { answer: UNCLEAR, isDelivered: true, onRecord: false } : {},
			);
			const items = [{ to: ann, text: 'unknown' }];
			await runNode(items, has ? skipping({}, toContinue) : setup({}, toContinue));
			const second = await runNode(items, skipping({}, toContinue));
			expect(chat.got(ann)).toBe(1);
			expect(outcomesOf(second)).toEqual(['unknown']);
			chat.list();
			const third = await runNode(items, skipping({}, toContinue));
			expect(chat.got(ann)).toBe(1);
			expect(outcomesOf(third)).toEqual(['sent']);
		},
	);

	test("with 'Send Again', it is", async () => {
		const ann = somebody();
		const chat = clerkChat((_request, index) =>
			index === 0 ? { answer: UNCLEAR, isDelivered: false } : {},
		);
		const items = [{ to: ann, text: 'unknown' }];
		await runNode(items, skipping({}, toContinue));
		const second = await runNode(items, skipping(sendAgain, toContinue));
		expect(chat.got(ann)).toBe(1);
		expect(outcomesOf(second)).toEqual(['sent']);
	});

	test('what was refused is sent', async () => {
		const ann = somebody();
		const chat = clerkChat((_request, index) => (index === 0 ? { answer: REFUSED } : {}));
		const items = [{ to: ann, text: 'refused' }];
		await runNode(items, setup({}, toContinue));
		await runNode(items, skipping());
		expect(chat.got(ann)).toBe(1);
	});

	test('none of more than 5,000 of one run is sent again', async () => {
		const people = Array.from({ length: 5_050 }, somebody);
		let sent = 0;
		const { credentials, close } = await realServer(({ method }, response) => {
			const data = method === 'GET' ? [] : entryOf({ text: 'many', to: [] }, { id: ++sent });
			response.writeHead(method === 'GET' ? 200 : 201, { 'content-type': 'application/json' });
			response.end(JSON.stringify({ data, total: 0 }));
		});
		const items = [{ to: people.join(', '), text: 'many' }];
		const options = { severalNumbers: 'separately', maxConcurrency: 50 };
		const used = { ...skipping(options), credentials };
		await runNode(items, used);
		const second = await runNode(items, used);
		await close();
		expect(sent).toBe(5_050);
		expect(second.items).toHaveLength(5_050);
	});

	test.each<[string, IDataObject]>([
		['another text', { body: 'What Clerk Chat made of it' }],
		['another sender', { sender: '+14155550999' }],
		['a time long ago', at(Date.parse('2020-01-01'))],
		['no time at all', { timestamp: null, created: null }],
		['other members', { members: ['someone', 'else'] }],
	])('an answer that speaks of %s: it is not sent again', async (_, says) => {
		const ann = somebody();
		const chat = clerkChat(() => ({ says, onRecord: false }), { documented: false });
		const items = [{ to: ann, text: 'answer' }];
		await runNode(items, skipping());
		const second = await runNode(items, skipping());
		expect(chat.got(ann)).toBe(1);
		expect(outcomesOf(second)).toEqual(['sent']);
	});

	test('longer ago than the hours: it is sent again', async () => {
		const ann = somebody();
		const chat = unlisted();
		const items = [{ to: ann, text: 'reminder' }];
		await runNode(items, setup());
		later(25 * 3_600_000);
		await runNode(items, skipping());
		expect(chat.got(ann)).toBe(2);
	});

	test('equal items of one run are as many messages as they are', async () => {
		const ann = somebody();
		const chat = unlisted();
		const items = Array.from({ length: 3 }, () => ({ to: ann, text: 'equal' }));
		await runNode(items.slice(0, 1), setup());
		await runNode(items, skipping());
		expect(chat.got(ann)).toBe(3);
	});
});

describe('what is said to be sent was sent', () => {
	test.each<[string, IDataObject, IDataObject]>([
		['text in the answer and a number on record', { id: '77000001' }, { id: 77_000_001 }],
		['a number in the answer and text on record', { id: 77_000_002 }, { id: '77000002' }],
	])('two equal items, the second of which is lost; the ID is %s', async (_, says, onRecord) => {
		const ann = somebody();
		const chat = clerkChat(
			(_request, index): Fate => (index === 0 ? { says, onRecord } : { answer: UNCLEAR }),
			{ documented: false },
		);
		const items = Array.from({ length: 2 }, () => ({ to: ann, text: 'equal' }));
		const result = await runNode(items, setup({}, toContinue));
		expect(chat.got(ann)).toBe(1);
		expect(outcomesOf(result)).toEqual(['sent', 'unknown']);
	});

	test.each([false, true])(
		'Skip If Sent: of two equal items another execution sent one and lost the other (as a retry: %s)',
		async (isRetry) => {
			const ann = somebody();
			const chat = clerkChat((_request, index) => (index === 1 ? { answer: UNCLEAR } : {}));
			const items = Array.from({ length: 2 }, () => ({ to: ann, text: 'equal' }));
			await runNode(items, setup());
			const stopped = await runNode(items, skipping());
			const result = isRetry
				? await retry(stopped, items, skipping({}, toContinue))
				: await runNode(items, skipping({}, toContinue));
			expect(chat.got(ann)).toBe(1);
			expect(chat.sent).toHaveLength(2);
			expect(outcomesOf(result)).toEqual(['sent', 'unknown']);
		},
	);

	describe('the message of a later execution is not that of an earlier one', () => {
		test('which is unknown itself, and listed late', async () => {
			const ann = somebody();
			const chat = clerkChat((_request, index) => ({
				answer: UNCLEAR,
				isDelivered: index === 1,
				onRecord: false,
			}));
			const items = [{ to: ann, text: 'minutes' }];
			const first = await runNode(items, setup());
			later(5 * 60_000);
			const second = await runNode(items, setup());
			chat.list();
			const retried = await retry(first, items, setup({}, toContinue));
			expect(outcomesOf(retried)).toEqual(['unknown']);
			const other = await retry(second, items, setup({}, toContinue));
			expect(outcomesOf(other)).toEqual(['sent']);
			expect(chat.got(ann)).toBe(1);
		});

		test('which was sent minutes after, before n8n was started again', async () => {
			const ann = somebody();
			const chat = clerkChat((_request, index) =>
				index === 0 ? { answer: UNCLEAR, isDelivered: false } : {},
			);
			const items = [{ to: ann, text: 'minutes' }];
			const first = await runNode(items, setup());
			later(5 * 60_000);
			await runNode(items, setup());
			const again = { ...setup({}, toContinue), node: startProcess(1) };
			const retried = await retry(first, items, again);
			expect(outcomesOf(retried)).toEqual(['unknown']);
			expect(chat.got(ann)).toBe(1);
		});
	});

	test('media without a text: another such message is not taken for it', async () => {
		const ann = somebody();
		const chat = clerkChat(() => ({ answer: UNCLEAR, isDelivered: false }));
		chat.entries.push(entryOf({ text: '', to: ann }, at(Date.now() + 500)));
		const additionalFields = { mediaUrls: ['https://clerk-chat.test/a.png'] };
		const parameters = { body: '', additionalFields };
		const result = await runNode([{ to: ann, text: '' }], setup({}, toContinue, parameters));
		expect(outcomesOf(result)).toEqual(['unknown']);
	});

	test('a record whose body comes seconds after its headers: an older equal text is not taken for it', async () => {
		const ann = somebody();
		const before = entryOf({ text: 'slow', to: ann }, at(Date.now() - 3_500));
		const { credentials, close } = await realServer(({ method }, response) => {
			const isLook = method === 'GET';
			// Node adds the header `Date`.
			response.writeHead(isLook ? 200 : 500, { 'content-type': 'application/json' });
			response.flushHeaders();
			const body = isLook ? { data: [before], total: 1 } : {};
			void sleep(isLook ? 2_600 : 0).then(() => response.end(JSON.stringify(body)));
		});
		const items = [{ to: ann, text: 'slow' }];
		const result = await runNode(items, { ...setup({}, toContinue), credentials });
		await close();
		expect(outcomesOf(result)).toEqual(['unknown']);
	});
});

describe('how much of the record is read', () => {
	const HOUR = 3_600_000;

	/** Two messages are lost, two hours after each other; in between, 1,000 of others are recorded. */
	function earlyAndLate() {
		// On a busy machine the pages take long.
		jest.replaceProperty(limits, 'longestSearch', 60_000);
		const start = Date.now();
		const items = ['early', 'late'].map((text) => ({ to: somebody(), text }));
		const chat = clerkChat(({ body }) => {
			if (body.body === 'early') later(2 * HOUR);
			return { answer: UNCLEAR, isDelivered: false };
		});
		for (let n = 0; n < 1_000; n++) {
			const time = start + 600_000 + n * 6_000;
			chat.entries.push(entryOf({ text: `${n}`, to: '+14155559999' }, at(time)));
		}
		return { chat, items };
	}

	test('one early and one late doubt of a run: what lies in between is read at most once', async () => {
		const { chat, items } = earlyAndLate();
		const result = await runNode(items, setup({}, toContinue));
		expect(outcomesOf(result)).toEqual(['unknown', 'unknown']);
		// All there is makes 20 pages and one that says that there are no more; and the record is looked at three times.
		expect(chat.looks.length).toBeLessThanOrEqual(28);
	});

	test('the window has both ends where it is known when a request had ended', async () => {
		const { chat, items } = earlyAndLate();
		await runNode(items, setup({}, toContinue));
		expect(chat.looks.some(({ query }) => query.end !== undefined)).toBe(true);
	});
});
