/* eslint-disable @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import type { Habits } from './fakeRecord';
import { SECOND, START, begin, clock, host, pass, poll, record } from './polling';
import type { KilledBefore } from './pollingHost';
import { between, habits, kind } from './pollingSteps';

/*
 * Random histories of texts that arrive late, in bursts, at the same time, or while pages are being read, with outages
 * and n8n killed at any step. In the end, every text was returned exactly once, except for those that
 * docs/pollingTrigger.md excludes. POLLING_RUNS=2000 runs more histories.
 */

const RUNS = Number(process.env.POLLING_RUNS ?? 40);

interface Message {
	/** How long before now it says it was sent, in seconds. */
	age: number;
	/** How long after that time it is listed, in seconds. */
	lateBy: number;
	inbound: boolean;
}

type Step =
	| { kind: 'messages'; messages: Message[] }
	| { kind: 'poll'; seconds: number; fault?: number; atRequest: number; arriving: number }
	| { kind: 'kill'; seconds: number; at: KilledBefore | number }
	| { kind: 'status'; of: number; status: string }
	| { kind: 'publish' };

const seconds = between(1, 90);

// An entry is listed at most five minutes after its own time.
const message: fc.Arbitrary<Message> = fc
	.record({ age: between(0, 200), delay: between(0, 90), inbound: fc.boolean() })
	.map(({ age, delay, inbound }) => ({ age, lateBy: age + delay, inbound }));

const messages = fc.oneof(
	{ weight: 4, arbitrary: fc.array(message, { minLength: 1, maxLength: 5 }) },
	{ weight: 1, arbitrary: fc.array(message, { minLength: 60, maxLength: 130 }) },
);
const fault = fc.option(fc.constantFrom(500, 401), { nil: undefined, freq: 3 });
const at = fc.oneof(fc.constantFrom<KilledBefore>('saving', 'starting'), fc.nat(2));

const step: fc.Arbitrary<Step> = fc.oneof(
	kind(4, 'messages', { messages }),
	kind(4, 'poll', { seconds, fault, atRequest: fc.nat(2), arriving: fc.nat(3) }),
	kind(1, 'kill', { seconds, at }),
	kind(1, 'status', {
		of: fc.nat(),
		status: fc.constantFrom('sent', 'delivered', 'read', 'failed'),
	}),
	kind(1, 'publish'),
);

/** Plays a history to its end. */
async function play(habit: Habits, steps: Step[], parameters: IDataObject) {
	begin();
	record.habits = habit;
	host.parameters = parameters as never;
	const sent: IDataObject[] = [];
	const add = ({ age, lateBy, inbound }: Message) => {
		// What claims to be from before the publishing may count as backlog.
		const at = Math.max(START + SECOND, clock - age * SECOND);
		const entry = record.add({ inbound, status: 'sending' }, { at, lateBy: lateBy * SECOND });
		sent.push(entry);
	};
	await host.publish();
	/** What n8n itself loses: killed after it has saved, before it has started the workflow. */
	const lost = new Set<unknown>();
	for (const each of steps) {
		const first = record.requests.length;
		if (each.kind === 'messages') {
			pass(SECOND);
			each.messages.forEach(add);
		} else if (each.kind === 'poll') {
			pass(each.seconds * SECOND);
			const { fault, atRequest, arriving } = each;
			record.fault = (request) => (request - first === atRequest ? fault : undefined);
			record.onRequest = (request) => {
				if (request - first === 1)
					for (let count = 0; count < arriving; count++) add({ age: 0, lateBy: 0, inbound: true });
			};
			await host.tick();
			record.onRequest = () => {};
			record.fault = () => undefined;
		} else if (each.kind === 'kill') {
			pass(each.seconds * SECOND);
			const { at } = each;
			if (typeof at === 'number') {
				record.onRequest = async (request) => {
					if (request - first === at) await host.restart();
				};
				await host.tick();
				record.onRequest = () => {};
				await host.restart();
			} else {
				host.discarded = [];
				await host.tick(at);
				if (at === 'starting') host.discarded.forEach(({ id }) => lost.add(id));
			}
		} else if (each.kind === 'status' && sent.length > 0) {
			const entry = sent[each.of % sent.length];
			if (entry.inbound === false) record.update(entry, { status: each.status });
		} else if (each.kind === 'publish') {
			await host.publish(host.isOn ? 'update' : 'activate');
		}
	}
	for (let polls = 0; polls < 8; polls++) {
		await poll();
		if (polls === 6) await host.restart();
	}
	return { sent, lost };
}

const sorted = (ids: unknown[]) => ids.map(Number).sort((a, b) => a - b);

test('returns every received text once', async () => {
	await fc.assert(
		fc.asyncProperty(habits, fc.array(step, { maxLength: 25 }), async (habit, steps) => {
			const parameters = { events: ['message.received'] };
			const { sent, lost } = await play(habit, steps, parameters);
			const expected = sent.filter(({ inbound, id }) => inbound && !lost.has(id));
			expect(sorted(host.out().map(({ id }) => id))).toEqual(sorted(expected.map(({ id }) => id)));
		}),
		{ numRuns: RUNS },
	);
}, 3_600_000);

test('returns every failed text once', async () => {
	// One that fails stays so, or coming back to it would be another failure.
	const once = (steps: Step[]) => {
		const changed = new Set<number>();
		return steps.filter((each) => {
			if (each.kind !== 'status') return true;
			if (changed.has(each.of)) return false;
			changed.add(each.of);
			return true;
		});
	};
	await fc.assert(
		fc.asyncProperty(habits, fc.array(step, { maxLength: 25 }), async (habit, steps) => {
			const parameters = { events: ['message.failed'] };
			const { sent, lost } = await play(habit, once(steps), parameters);
			const failed = sent.filter(({ inbound, status }) => !inbound && status === 'failed');
			const expected = failed.filter(({ id }) => !lost.has(id));
			const came = host.out().map(({ id }) => id);
			expect(new Set(came)).toEqual(new Set([...came, ...expected.map(({ id }) => id)]));
			expect(host.out().every(({ status }) => status === 'failed')).toBe(true);
			expect(came.length).toBe(new Set(came).size);
		}),
		{ numRuns: RUNS },
	);
}, 3_600_000);
