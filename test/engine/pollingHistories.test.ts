/* eslint-disable @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import fc from 'fast-check';
import type { Habits } from './fakeRecord';
import {
	SECOND,
	HOUR,
	START,
	begin,
	clock,
	emptyRecord,
	host,
	pass,
	poll,
	record,
	setClock,
	use,
} from './polling';
import { between, habits, kind } from './pollingSteps';

/*
 * Random histories of user actions: editing, pausing, changing the key and the team, polling rarely, and falling
 * behind, with n8n's own polling and with its scheduler and durable cursors. No text is returned twice, and none is
 * lost except those that docs/pollingTrigger.md names. POLLING_RUNS=5000 runs more histories, POLLING_SEED=7 repeats
 * the same ones.
 */

const RUNS = Number(process.env.POLLING_RUNS ?? 40);
const { POLLING_SEED } = process.env;

type Step =
	| { kind: 'texts'; ages: number[] }
	| { kind: 'poll'; seconds: number; fault?: number }
	| { kind: 'edit'; hours: number; fault?: number }
	| { kind: 'pause'; seconds: number; restarts: boolean }
	| { kind: 'key' }
	| { kind: 'team'; old: number }
	| { kind: 'backlog'; count: number; hours: number }
	| { kind: 'restart' }
	| { kind: 'overlap' }
	| { kind: 'unsaved' };

const fault = fc.option(fc.constantFrom(500, 401), { nil: undefined, freq: 4 });

const step: fc.Arbitrary<Step> = fc.oneof(
	kind(5, 'texts', { ages: fc.array(between(0, 200), { minLength: 1, maxLength: 5 }) }),
	kind(5, 'poll', { seconds: between(1, 90), fault }),
	kind(2, 'edit', { hours: between(1, 5), fault }),
	kind(2, 'pause', {
		seconds: fc.oneof(between(1, 500), between(2_000, 90_000)),
		restarts: fc.boolean(),
	}),
	kind(1, 'key'),
	kind(1, 'team', { old: between(0, 60) }),
	kind(1, 'backlog', { count: between(100, 2_600), hours: between(0, 50) }),
	kind(1, 'restart'),
	kind(1, 'overlap'),
	kind(1, 'unsaved'),
);

/** Plays a history, and returns which texts must be returned, and which may be. */
async function play(habit: Habits, steps: Step[], isDurable: boolean) {
	begin();
	record.habits = { ...habit };
	host.isDurable = isDurable;
	host.parameters = { options: { answerQuestions: false } };
	const must = new Set<string>();
	const may = new Set<string>();
	let number = 0;
	let isInDoubt = false;
	/** No text says that it is older: what was there when the trigger began may count as old. */
	let began = START;
	const add = (age: number) => {
		const at = Math.max(began + SECOND, clock - age * SECOND);
		const body = String(number++);
		record.add({ body }, { at, lateBy: Math.max(0, clock - at) });
		must.add(body);
	};
	const forgive = () => {
		const out = new Set(host.out().map(({ body }) => body));
		for (const body of must) if (!out.has(body)) may.add(body);
	};
	const publish = async (mode: 'activate' | 'update') => {
		try {
			await host.publish(mode);
		} catch {
			record.fault = () => undefined;
			await host.publish(mode);
		}
	};
	record.add({ body: 'old' }, { at: START - 60 * SECOND });
	await host.publish();
	for (const each of steps) {
		pass(SECOND);
		if (each.kind === 'texts') each.ages.forEach(add);
		else if (each.kind === 'poll') {
			record.fault = () => each.fault;
			await poll(each.seconds * SECOND);
		} else if (each.kind === 'edit') {
			host.parameters = { options: { answerQuestions: false, oldestHours: 1_000 * each.hours } };
			record.fault = () => each.fault;
			if (!isDurable) await publish('update');
		} else if (each.kind === 'pause') {
			host.unpublish();
			const isShort = each.seconds < 550 && !each.restarts;
			const polledBefore = hasPolled();
			// The last poll may have been a while ago.
			if (!isShort || !polledBefore) forgive();
			for (let count = 0; count < 3; count++) {
				pass((each.seconds / 3) * SECOND);
				add(0);
			}
			if (!isShort || !polledBefore) forgive();
			if (each.restarts) await host.restart();
			pass(SECOND);
			await publish('activate');
			if (!isShort || !polledBefore) began = clock;
		} else if (each.kind === 'key') {
			// It is unclear whose the first one was, so the trigger starts over with the second one.
			host.apiKey += 'x';
			if (isInDoubt) await beginAnew();
		} else if (each.kind === 'team') {
			isInDoubt = true;
			forgive();
			use(emptyRecord(), `${host.apiKey}y`);
			record.habits = { ...habit };
			for (let count = 0; count < each.old; count++) {
				record.add({ body: 'old' }, { at: clock - (count + 1) * 400 * SECOND });
			}
			await poll(0);
			began = clock;
		} else if (each.kind === 'backlog') {
			const from = clock;
			for (let count = 0; count < each.count; count++) {
				setClock(Math.floor(from + (count / each.count) * each.hours * HOUR));
				add(0);
			}
			setClock(from + each.hours * HOUR);
		} else if (each.kind === 'restart') {
			await host.restart();
			if (isInDoubt) await beginAnew();
		} else if (isDurable) {
			const { cursor } = host;
			host.commitFails = each.kind === 'unsaved';
			await poll(0);
			host.commitFails = false;
			if (each.kind === 'overlap') {
				// Another one that read the position before this one was saved.
				const saved = host.cursor;
				pass(SECOND);
				const given = host.executions.length;
				await host.scheduledTick(cursor);
				if (host.executions.length === given) host.cursor = saved;
			} else pass(31 * SECOND);
		}
		record.fault = () => undefined;
		lastStep = each;
	}
	for (let polls = 0; polls < 16; polls++) {
		await poll(400 * SECOND);
		if (polls === 6) await host.restart();
		// So that nobody can be in doubt about the team.
		if (polls === 1) add(0);
	}
	return { out: host.out().map(({ body }) => String(body)), must, may };

	async function beginAnew(): Promise<void> {
		await poll(0);
		forgive();
		began = clock;
	}

	function hasPolled(): boolean {
		return (
			lastStep !== undefined &&
			(lastStep as Step).kind === 'poll' &&
			!('fault' in lastStep && lastStep.fault)
		);
	}
}

let lastStep: Step | undefined;

test.each([
	["n8n's own polling", false],
	["n8n's scheduler with durable cursors", true],
])(
	'with %s, returns each text once',
	async (_, isDurable) => {
		await fc.assert(
			fc.asyncProperty(habits, fc.array(step, { maxLength: 20 }), async (habit, steps) => {
				lastStep = undefined;
				const { out, must, may } = await play(habit, steps, isDurable);
				expect(out).not.toContain('old');
				expect(out.length).toBe(new Set(out).size);
				const came = new Set(out);
				expect([...must].filter((body) => !came.has(body) && !may.has(body))).toEqual([]);
			}),
			{ numRuns: RUNS, ...(POLLING_SEED !== undefined && { seed: Number(POLLING_SEED) }) },
		);
	},
	3_600_000,
);
