import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import nock from 'nock';
import { clerkChatApi } from '../engine/clerkChatApi';
import type { Answer } from '../engine/clerkChatApi';
import { closeNetwork } from '../engine/closeNetwork';
import { retry, runNode } from '../engine/engine';
import type { Result, Setup } from '../engine/engine';
import { messageObject } from '../engine/messages';
import { startProcess } from './process';
import { randomCases } from './randomCases';

/*
 * Random lists, guards, faults, retries and restarts: nothing is ever sent that an active guard forbids, and every item
 * is returned or says why not.
 */

/** One number in each of these zones. */
const PEOPLE = [
	['+12125550123', 'America/New_York'],
	['+18085550123', 'Pacific/Honolulu'],
	['+447400123456', 'Europe/London'],
	['+819012345678', 'Asia/Tokyo'],
] as const;

/** Someone who texted STOP on record, and someone whose contact has opted out. */
const SAID_STOP = PEOPLE[0][0];
const MARKED = PEOPLE[3][0];

interface Options {
	perPerson?: number;
	onlyTo?: number[];
	most?: number;
	isByDay: boolean;
	skipOptedOut: boolean;
	skipIfSent: boolean;
}

type Fault = 'none' | 'refused' | 'lost' | 'lostUnsent' | 'tooMany';

interface Execution {
	items: Array<{ to: number; text: number }>;
	options: Options;
	isStopping: boolean;
	restart: boolean;
	retries: number;
	maxConcurrency: number;
}

const options: fc.Arbitrary<Options> = fc.record(
	{
		perPerson: fc.integer({ min: 1, max: 3 }),
		onlyTo: fc.uniqueArray(fc.nat({ max: 3 }), { minLength: 1, maxLength: 3 }),
		most: fc.integer({ min: 1, max: 6 }),
		isByDay: fc.boolean(),
		skipOptedOut: fc.boolean(),
		skipIfSent: fc.boolean(),
	},
	{ requiredKeys: ['isByDay', 'skipOptedOut', 'skipIfSent'] },
);

const executions: fc.Arbitrary<Execution[]> = fc.array(
	fc.record({
		items: fc.array(fc.record({ to: fc.nat({ max: 3 }), text: fc.nat({ max: 2 }) }), {
			minLength: 1,
			maxLength: 6,
		}),
		options,
		isStopping: fc.boolean(),
		restart: fc.boolean(),
		retries: fc.nat({ max: 2 }),
		maxConcurrency: fc.integer({ min: 1, max: 4 }),
	}),
	{ minLength: 1, maxLength: 3 },
);

const faults = fc.array(
	fc.constantFrom<Fault>('none', 'none', 'refused', 'lost', 'lostUnsent', 'tooMany'),
	{ maxLength: 12 },
);

/** Whether it is day there, or was a moment ago. */
function isDay(zone: string): boolean {
	const format = new Intl.DateTimeFormat('en-GB', {
		timeZone: zone,
		hour: '2-digit',
		hourCycle: 'h23',
	});
	return [0, 5_000].some((ago) => {
		const hour = Number(format.format(Date.now() - ago));
		return hour >= 8 && hour < 21;
	});
}

let ids = 1;

/** Clerk Chat, which checks each sent message against the guards. */
class Chat {
	readonly wrong: string[] = [];

	current: Options = { isByDay: false, skipOptedOut: false, skipIfSent: false };

	private readonly entries: IDataObject[] = [];

	private inRun = 0;

	constructor(private readonly faults: Fault[]) {
		nock.cleanAll();
		this.add(SAID_STOP, 'STOP', true);
		clerkChatApi(({ path, body }) => this.answer(path, body), {
			documented: false,
			record: ({ query }) => {
				const from = Date.parse(String(query.start));
				const listed = this.entries.filter((each) => Date.parse(String(each.timestamp)) > from);
				const skipped = (Number(query.page) - 1) * 50;
				return [200, { data: listed.slice(skipped, skipped + 50), total: listed.length }];
			},
		});
	}

	begin(current: Options): void {
		this.current = current;
		this.inRun = 0;
	}

	private answer(path: string, asked: IDataObject | undefined): Answer {
		if (path === '/public/contacts') {
			return [200, { data: [{ id: '1', phone: MARKED, optOut: true }], total: 1 }];
		}
		const { recipients, body } = asked!;
		const [to] = recipients as string[];
		const fault = this.faults.shift() ?? 'none';
		this.look(to);
		if (fault === 'tooMany') return [429, {}, { 'retry-after': '0.01' }];
		if (fault === 'refused') return [422, {}];
		if (fault === 'lostUnsent') return [500, {}];
		this.inRun++;
		const data = this.add(to, String(body), false);
		return fault === 'lost' ? [500, {}] : [201, { data }];
	}

	private look(to: string): void {
		const { perPerson, onlyTo, most, isByDay, skipOptedOut } = this.current;
		const had = this.entries.filter(
			({ inbound, members }) => !inbound && (members as string[]).includes(to),
		).length;
		if (perPerson !== undefined && had >= perPerson) this.wrong.push(`${to} has had ${had}`);
		if (onlyTo && !onlyTo.some((index) => PEOPLE[index][0] === to)) this.wrong.push(`not to ${to}`);
		if (most !== undefined && this.inRun >= most) this.wrong.push(`more than ${most} in a run`);
		if (isByDay && !isDay(PEOPLE.find(([number]) => number === to)![1]))
			this.wrong.push(`night: ${to}`);
		if (skipOptedOut && [SAID_STOP, MARKED].some((number) => number === to)) {
			this.wrong.push(`opted out: ${to}`);
		}
	}

	private add(person: string, body: string, inbound: boolean): IDataObject {
		const timestamp = new Date().toISOString();
		const times = { timestamp, created: timestamp, updated: timestamp };
		const sender = inbound ? person : '+14155550100';
		const members = ['+14155550100', person];
		const entry = messageObject(ids++, { body, sender, members, inbound, ...times });
		this.entries.push(entry);
		return entry;
	}
}

function setupOf({ options: given, isStopping, maxConcurrency }: Execution, apiKey: string): Setup {
	const { perPerson, onlyTo, most, isByDay, skipOptedOut, skipIfSent } = given;
	return {
		parameters: {
			resource: 'message',
			operation: 'send',
			sender: '+14155550100',
			recipients: '={{ $json.to }}',
			body: '={{ $json.text }}',
			options: {
				maxConcurrency,
				...(perPerson !== undefined && {
					maxPerPerson: { values: { count: perPerson, hours: 24 } },
				}),
				...(onlyTo && { onlyTo: onlyTo.map((index) => PEOPLE[index][0]).join(', ') }),
				...(most !== undefined && { maxMessages: most }),
				...(isByDay && { sendBetween: { values: { from: '08:00', to: '21:00' } } }),
				...(skipOptedOut && { skipOptedOut }),
				...(skipIfSent && { skipSentWithinHours: 12 }),
			},
		},
		settings: { onError: isStopping ? 'stopWorkflow' : 'continueRegularOutput' },
		credentials: {
			apiKey,
			baseUrl: 'https://api.clerk-chat.test',
			webhookHeaderName: 'Authorization',
			webhookHeaderValue: '',
		},
	};
}

closeNetwork();

let keys = 0;

randomCases(
	'executions: sends nothing that a guard forbids, and loses no item',
	fc.tuple(executions, faults),
	async ([all, given]) => {
		const chat = new Chat([...given]);
		const apiKey = `key-${keys++}`;
		let node = startProcess(1);
		for (const execution of all) {
			if (execution.restart) node = startProcess(1);
			const items = execution.items.map(({ to, text }) => ({
				to: PEOPLE[to][0],
				text: `text ${text}`,
			}));
			const setup = { ...setupOf(execution, apiKey), node };
			chat.begin(execution.options);
			let result: Result = await runNode(items, setup);
			for (let tries = 0; tries < execution.retries && result.error; tries++) {
				chat.begin(execution.options);
				result = await retry(result, items, setup);
			}
			expect(chat.wrong).toEqual([]);
			if (result.error) continue;
			expect(result.items).toHaveLength(items.length);
			for (const { json } of result.items) {
				const { outcome, code } = (json.error ?? {}) as IDataObject;
				if (code) expect(['notTried', 'unknown']).toContain(outcome);
			}
		}
	},
);
