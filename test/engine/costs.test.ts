/* eslint-disable @typescript-eslint/no-require-imports, @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n; loaded anew once */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import { clerkChatApi } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { runNode } from './engine';
import type { Setup } from './engine';
import { messageObject } from './messages';

/*
 * What looking at Clerk Chat's record costs, in requests. The figures are those of the table in docs/benchmarks.md: a test is
 * a row of it.
 */

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

const setup = (options: IDataObject, settings: Partial<Setup> = {}): Setup => ({
	parameters: {
		resource: 'message',
		operation: 'send',
		sender: '+14155550100',
		recipients: '={{ $json.to }}',
		body: '={{ $json.text }} {{ $runIndex }}',
		options: options as never,
	},
	settings: { onError: 'continueRegularOutput' },
	...settings,
});

let people = 0;

/** So many items, each for somebody else. */
const itemsFor = (count: number, text = 'fine') =>
	Array.from({ length: count }, () => ({ to: `+1415${6_000_000 + people++}`, text }));

let ids = 1;

/**
 * Clerk Chat with a record. `kept` goes out and `lost` does not, and both are answered with 500.
 * @param others how many messages to others are on record, spread over the last ten hours but one
 */
function clerkChat(others: number) {
	let looks = 0;
	const entries: Array<{ entry: IDataObject; time: number }> = [];
	const add = (to: string, body: string, time: number) => {
		const times = Object.fromEntries(
			['created', 'updated', 'timestamp'].map((name) => [name, new Date(time).toISOString()]),
		);
		const entry = messageObject(ids++, { body, sender: '+14155550100', members: [to], ...times });
		entries.push({ entry, time });
		return entry;
	};
	for (let n = 0; n < others; n++) {
		add('+14155559999', `other ${n}`, Date.now() - HOUR - (n * 9 * HOUR) / others);
	}
	clerkChatApi(
		({ body }) => {
			const [fate] = String(body.body).split(' ');
			if (fate === 'lost') return [500, {}];
			const data = add((body.recipients as string[])[0], String(body.body), Date.now());
			return fate === 'kept' ? [500, {}] : [201, { data }];
		},
		{
			record: ({ query: { page, limit, start, end } }) => {
				looks++;
				const from = Date.parse(String(start));
				const until = end === undefined ? Infinity : Date.parse(String(end));
				const listed = entries.filter(({ time }) => time > from && time <= until);
				const skipped = (Number(page) - 1) * Number(limit);
				const data = listed.slice(skipped, skipped + Number(limit)).map(({ entry }) => entry);
				return [200, { data, total: listed.length }];
			},
		},
	);
	return { looks: () => looks };
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

test('the table in the docs has these rows and no others', () => {
	expect([...documented.keys()]).toEqual(Object.keys(rows));
});

test('half a minute is what the waits between the looks add up to', () => {
	expect(seconds(real.waitsForRecord)).toBe(30);
});

test.each(Object.entries(rows))('%s', async (what, { others, run }) => {
	const { looks } = clerkChat(others);
	await run();
	const [limit, number] = /^(at most )?(\d+)/.exec(documented.get(what) ?? '')!.slice(1);
	if (limit) expect(looks()).toBeLessThanOrEqual(Number(number));
	else expect(looks()).toBe(Number(number));
});
