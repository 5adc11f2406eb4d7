/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import fc from 'fast-check';
import { sleep } from 'n8n-workflow';
import type { IDataObject, INodeType } from 'n8n-workflow';
import nock from 'nock';
import { clerkChatApi } from '../engine/clerkChatApi';
import { closeNetwork } from '../engine/closeNetwork';
import { retry, runNode } from '../engine/engine';
import type { Result, Setup } from '../engine/engine';
import { messageObject } from '../engine/messages';
import { listedAs, recordFormOf, richText } from '../recordForms';
import type { RecordForm } from '../recordForms';
import { startProcess } from './process';
import { randomCases } from './randomCases';
import { form } from './scenario';

/*
 * Random lists with several people in 'To', run again with 'Skip If Sent' or retried, with changes to 'Several Numbers'
 * in between. Clerk Chat lists messages after a delay, in one of the forms of test/recordForms.ts.
 */

const SENDER = '+14155550100';

/** How long it takes until a message is on record, in ms; n8n's restart takes longer. */
const LISTED_AFTER = 10;

const SEARCH = { waitsForRecord: [5, 20], longestSearch: 400 };

type Reply = 'sent' | 'refused' | 'unknownDelivered' | 'unknownLost';

interface Execution {
	/** Run again from the start, twice at the same moment, or the Retry button at the newest one that failed. */
	how: 'again' | 'twice' | 'retry';
	severalNumbers: 'together' | 'separately';
	onError: 'stopWorkflow' | 'continueRegularOutput';
	restart: boolean;
	/** When it is cancelled, in ms; left out: never. */
	cancelAfter: number | undefined;
}

interface Scenario {
	items: Array<{ says: number; to: number[] }>;
	/** With 'Skip If Sent'; without it, there are only retries. */
	skips: boolean;
	replies: Reply[];
	/** The form in which the record lists sent messages. */
	form: string;
	executions: Execution[];
}

const scenarios: fc.Arbitrary<Scenario> = fc.record({
	items: fc.array(
		fc.record({
			says: fc.integer({ min: 0, max: 1 }),
			to: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }),
		}),
		{ minLength: 1, maxLength: 4 },
	),
	skips: fc.boolean(),
	replies: fc.array(
		fc.constantFrom<Reply>('sent', 'sent', 'sent', 'refused', 'unknownDelivered', 'unknownLost'),
		{ maxLength: 12 },
	),
	form,
	executions: fc.array(
		fc.record({
			how: fc.constantFrom('again' as const, 'twice' as const, 'retry' as const),
			severalNumbers: fc.constantFrom('together' as const, 'separately' as const),
			onError: fc.constantFrom('stopWorkflow' as const, 'continueRegularOutput' as const),
			restart: fc.boolean(),
			cancelAfter: fc.oneof(
				{ weight: 8, arbitrary: fc.constant(undefined) },
				fc.integer({ min: 1, max: 30 }),
			),
		}),
		{ minLength: 1, maxLength: 4 },
	),
});

let scenarioNumber = 0;
let messageNumber = 0;

closeNetwork();

randomCases('lists that are run again hold the promise', scenarios, play);

async function play({ items, skips, replies, executions, ...scenario }: Scenario): Promise<void> {
	// n8n's process remembers sent messages, so each scenario has its own people.
	const area = 2_000_000 + 10 * scenarioNumber++;
	const recordForm = recordFormOf(scenario.form);
	// Most forms change nothing in a short text of plain letters.
	const more = recordForm.name === 'documented' ? '' : ` ${richText}`;
	const input = items.map(({ says, to }) => ({
		text: `text ${says}${more}`,
		to: to.map((person) => `+1415${area + person}`).join(', '),
	}));
	const chat = clerkChat(replies, recordForm);
	const lag = monitorEventLoopDelay({ resolution: 5 });
	lag.enable();
	let node = startProcess(1, SEARCH);
	let newest: { result: Result; failed: boolean } | undefined;
	const trace: string[] = [];
	const run = async (execution: Execution, how: 'again' | 'retry') => {
		const setup = setupOf(execution, skips, node);
		const result =
			how === 'retry'
				? await retry(newest!.result, input, setup)
				: await runNode(input, {
						...setup,
						...(execution.cancelAfter !== undefined && {
							onStart: ({ cancel }) => void sleep(execution.cancelAfter!).then(cancel),
						}),
					});
		trace.push(`${how} ${JSON.stringify(execution)}: ${result.status} ${result.error?.message}`);
		const isCancelled = how === 'again' && execution.cancelAfter !== undefined;
		newest = { result, failed: result.status === 'error' && !isCancelled };
		return { result, isCancelled };
	};
	for (const [position, execution] of executions.entries()) {
		if (execution.restart) {
			await sleep(LISTED_AFTER * 2);
			node = startProcess(1, SEARCH);
		}
		const { how } = execution;
		const isRetry = position > 0 && (how === 'retry' || !skips);
		if (isRetry && !newest?.failed) continue;
		const times = how === 'twice' && skips && !isRetry ? 2 : 1;
		const ran = await Promise.all(
			Array.from({ length: times }, async () => await run(execution, isRetry ? 'retry' : 'again')),
		);
		for (const { result, isCancelled } of ran) {
			if (!isCancelled) expectAllItems(result, input.length);
		}
	}
	nock.cleanAll();
	lag.disable();
	const asked = countOf(
		input.flatMap(({ text, to }) => to.split(', ').map((one) => `${one} ${text}`)),
	);
	const got = countOf(chat.delivered.flatMap(({ to, text }) => to.map((one) => `${one} ${text}`)));
	const tooOften = [...got].filter(([key, count]) => count > (asked.get(key) ?? 0));
	// If a message arrives after the waiting time because this process stalled, it proves nothing.
	const stoodStill = lag.max / 1e6 > SEARCH.longestSearch / 2;
	if (tooOften.length > 0 && !stoodStill) {
		const requests = chat.delivered.map(({ to, text }) => `${to.join(', ')}: ${text.slice(0, 6)}`);
		throw new Error([`texted too often: ${tooOften.join('; ')}`, ...trace, ...requests].join('\n'));
	}
}

function setupOf({ severalNumbers, onError }: Execution, skips: boolean, node: INodeType): Setup {
	return {
		node,
		parameters: {
			resource: 'message',
			operation: 'send',
			sender: SENDER,
			recipients: '={{ $json.to }}',
			body: '={{ $json.text }}',
			options: { severalNumbers, ...(skips && { skipSentWithinHours: 24 }) },
		},
		settings: { onError },
	};
}

/** Every item is returned at least once, unless the run was stopped. */
function expectAllItems({ status, items, error }: Result, count: number): void {
	if (status === 'error') return void expect(error?.message).toBeTruthy();
	const linked = new Set(items.map(({ pairedItem }) => (pairedItem as { item: number }).item));
	expect([...linked].sort()).toEqual(Array.from({ length: count }, (_, item) => item));
}

/** Clerk Chat that responds as instructed, request by request, and then accepts everything. */
function clerkChat(replies: Reply[], recordForm: RecordForm) {
	const clock = () => new Date(Date.now() + (recordForm.clockOffsetMs ?? 0));
	const headers = (): Record<string, string> =>
		recordForm.hidesDate ? {} : { date: clock().toUTCString() };
	const delivered: Array<{ to: string[]; text: string; listedAt: number; entry: IDataObject }> = [];
	clerkChatApi(
		async ({ body }, index) => {
			const to = body.recipients as string[];
			const text = String(body.body);
			const now = clock();
			const entry = messageObject(++messageNumber, {
				sender: SENDER,
				members: to,
				body: text,
				created: now.toISOString(),
				timestamp: now.toISOString(),
				updated: now.toISOString(),
			});
			const reply = replies[index] ?? 'sent';
			if (reply === 'sent' || reply === 'unknownDelivered') {
				delivered.push({ to, text, listedAt: Date.now() + LISTED_AFTER, entry });
			}
			await sleep(2);
			if (reply === 'sent') return [201, { data: entry }, headers()];
			return reply === 'refused' ? [422, { message: 'no' }, headers()] : [502, {}, headers()];
		},
		{
			documented: false,
			record: ({ query }) => {
				const listed = delivered.filter(({ listedAt }) => listedAt <= Date.now());
				const { status, body } = listedAs(
					recordForm,
					listed.map(({ entry }) => entry),
					{ page: Number(query.page), limit: Number(query.limit) },
				);
				return [status, body, headers()];
			},
		},
	);
	return { delivered };
}

function countOf(keys: string[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
	return counts;
}
