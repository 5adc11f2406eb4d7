/* eslint-disable @typescript-eslint/no-require-imports, @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n; loaded anew once */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import { closeNetwork } from './closeNetwork';
import { clerkChat, entryOf, somebody, UNCLEAR } from './deliveries';
import { runNode } from './engine';
import type { Setup } from './engine';
import { setup as sending, toContinue } from './messages';

/* How many requests it costs to read Clerk Chat's record. Each test is a row of the table in docs/benchmarks.md. */

closeNetwork();

const HOUR = 3_600_000;

/** The limits as n8n has them: other tests look less often. */
let real!: typeof limits;
jest.isolateModules(() => {
	({ limits: real } = require('../../nodes/api/limits') as { limits: typeof limits });
});

const seconds = (times: number[]) => times.reduce((sum, time) => sum + time, 0) / 1000;

beforeEach(() => {
	const waits = real.waitsForRecord.map(() => 1);
	jest.replaceProperty(limits, 'waitsForRecord', waits);
	// On a busy machine the pages take long.
	jest.replaceProperty(limits, 'longestSearch', 60_000);
});

afterEach(() => jest.restoreAllMocks());

const setup = (options: IDataObject, more: Partial<Setup> = {}): Setup => ({
	...sending({ body: '={{ $json.text }} {{ $runIndex }}', options: options as never }, toContinue),
	...more,
});

/** This many items, each to another person. */
const itemsFor = (count: number, text = 'fine') =>
	Array.from({ length: count }, () => ({ to: somebody(), text }));

/**
 * Clerk Chat with a record. `kept` is sent and `lost` isn't; both get a 500.
 * @param others how many messages to others are on record, spread over the last ten hours but one
 */
function clerkChatWith(others: number) {
	const chat = clerkChat(({ body }) => {
		const [fate] = String(body.body).split(' ');
		return fate === 'fine' ? {} : { answer: UNCLEAR, isDelivered: fate === 'kept' };
	});
	for (let n = 0; n < others; n++) {
		const time = new Date(Date.now() - HOUR - (n * 9 * HOUR) / others).toISOString();
		const times = { created: time, updated: time, timestamp: time };
		chat.entries.push(entryOf({ text: `other ${n}`, to: '+14155559999' }, times));
	}
	return chat;
}

const skip = { skipSentWithinHours: 12 };
const perPerson = { maxPerPerson: { values: { count: 3, hours: 12 } } };

/** By what the row says: what is run, and how many messages are on record before. */
const rows: Record<string, { others: number; run: () => Promise<unknown> }> = {
	'A run in which every outcome is known': {
		others: 1_000,
		run: async () => await runNode(itemsFor(100), setup({})),
	},
	'100 items, 34 of them unknown and on record': {
		others: 1_000,
		run: async () =>
			await runNode([...itemsFor(66), ...itemsFor(34, 'kept')], setup({ maxConcurrency: 100 })),
	},
	'An unknown message that is never listed: 6 looks in half a minute': {
		others: 1_000,
		run: async () => await runNode(itemsFor(1, 'lost'), setup({})),
	},
	'**Skip If Sent**, up to 49 messages in its hours': {
		others: 49,
		run: async () => await runNode(itemsFor(10), setup(skip)),
	},
	'**Skip If Sent**, 1,000 messages': {
		others: 1_000,
		run: async () => await runNode(itemsFor(10), setup(skip)),
	},
	'**Skip If Sent** and **At Most per Person**, 1,000 messages': {
		others: 1_000,
		run: async () => await runNode(itemsFor(10), setup({ ...skip, ...perPerson })),
	},
	'**Skip If Sent** in Loop Over Items: 30 texts one by one, 500 messages': {
		others: 500,
		run: async () => await runNode(itemsFor(1), setup(skip, { runs: 30 })),
	},
};

const documented = new Map(
	readFileSync(join(__dirname, '..', '..', 'docs', 'benchmarks.md'), 'utf8')
		.split('## What the record costs')[1]
		.split('\n')
		.filter((line) => /^\| .* \| [^|]*\d[^|]* \|$/.test(line))
		.map((line) => line.split(' | '))
		.map(([what, requests]) => [what.slice(2), requests.replace(' |', '')]),
);

test('the table in the docs has exactly these rows', () => {
	expect([...documented.keys()]).toEqual(Object.keys(rows));
});

test('the waits between searches add up to half a minute', () => {
	expect(seconds(real.waitsForRecord)).toBe(30);
});

test.each(Object.entries(rows))('%s', async (what, { others, run }) => {
	const { looks } = clerkChatWith(others);
	await run();
	const [limit, number] = /^(at most )?(\d+)/.exec(documented.get(what) ?? '')!.slice(1);
	if (limit) expect(looks.length).toBeLessThanOrEqual(Number(number));
	else expect(looks).toHaveLength(Number(number));
});
