import fc from 'fast-check';
import { sleep } from 'n8n-workflow';
import { retry, runNode } from '../engine/engine';
import type { Setup } from '../engine/engine';
import { startProcess } from './process';
import { randomCases } from './randomCases';
import {
	allComeOut,
	Chat,
	ChatServer,
	LISTED_AFTER,
	nobodyTwice,
	nothingLost,
	resend,
	saidTruly,
	SEARCH,
	textScenario,
	traceOf,
} from './texts';
import type { Ran, TextScenario } from './texts';

/*
 * Random lists with several people in 'To', in one execution and its retries. They send together or Separately, one at
 * a time or in parallel, with edits that don't affect the messages, and with restarts of n8n.
 */

interface Settings {
	severalNumbers: 'together' | 'separately';
	onError: 'stopWorkflow' | 'continueRegularOutput';
	retryOnFail: boolean;
	maxConcurrency: number;
	resend: boolean;
	/** What is edited: nothing, the order of the items, or the name that Clerk Chat shows. */
	edit: 'nothing' | 'reversed' | 'sentByName';
}

interface Retry {
	settings: Settings;
	/** Of another one that is started at the same moment. */
	twin: Settings | undefined;
	restart: boolean;
	/** At which of the executions that failed, counted back from the newest. */
	at: number;
}

interface Scenario extends TextScenario {
	first: Settings;
	retries: Retry[];
}

const settings: fc.Arbitrary<Settings> = fc.record({
	severalNumbers: fc.constantFrom('together' as const, 'separately' as const),
	onError: fc.constantFrom(
		'stopWorkflow' as const,
		'stopWorkflow' as const,
		'continueRegularOutput' as const,
	),
	retryOnFail: fc.boolean(),
	maxConcurrency: fc.integer({ min: 1, max: 2 }),
	resend,
	edit: fc.oneof(
		{ weight: 3, arbitrary: fc.constant('nothing' as const) },
		fc.constantFrom('reversed' as const, 'sentByName' as const),
	),
});

const scenarios: fc.Arbitrary<Scenario> = fc
	.record({
		texts: textScenario(3),
		first: settings.map((each) => ({ ...each, onError: 'stopWorkflow' as const })),
		retries: fc.array(
			fc.record({
				settings,
				twin: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, settings),
				restart: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
				at: fc.nat({ max: 2 }),
			}),
			{ minLength: 1, maxLength: 4 },
		),
	})
	.map(({ texts, ...others }) => ({ ...texts, ...others }));

let server: ChatServer;

beforeAll(async () => void (server = await new ChatServer().listen()));

afterAll(async () => await server.close());

randomCases(
	'executions with several numbers, and their retries, hold the promise',
	scenarios,
	play,
);

type Played = Ran & { life: number; failed: boolean };

async function play(scenario: Scenario): Promise<void> {
	const chat = new Chat(scenario);
	const connect = server.open(chat);
	const ran: Played[] = [];
	let started = 0;
	let life = 0;
	let node = startProcess(1, SEARCH);
	const run = async (used: Settings, of?: Played) => {
		const id = `execution-${++started}`;
		const setup: Setup = { ...setupOf(used), ...connect(id), node };
		const result = of
			? await retry(of.result, chat.input, setup)
			: await runNode(chat.input, setup);
		const input = used.edit === 'reversed' ? [...chat.input].reverse() : chat.input;
		ran.push({
			id,
			lineage: [...(of?.lineage ?? []), id],
			result,
			resend: used.resend,
			isTogether: used.severalNumbers === 'together',
			out: result.items,
			input,
			life,
			failed: result.status === 'error',
		});
	};
	await run(scenario.first);
	for (const { settings: used, twin, restart, at } of scenario.retries) {
		if (restart) {
			await sleep(LISTED_AFTER * 2);
			node = startProcess(1, SEARCH);
			life++;
		}
		// What other retries did in another life of n8n's process is not promised to be known (docs/sending.md).
		const isKnown = (id: string) =>
			!chat.sendings.some(({ execution }) => execution === id) ||
			ran.find((each) => each.id === id)?.life === life;
		const failed = ran.filter(
			(each) => each.failed && ran.every(({ id }) => each.lineage.includes(id) || isKnown(id)),
		);
		const of = failed.at(-1 - (at % Math.max(1, failed.length)));
		if (!of) break;
		await Promise.all([run(used, of), ...(twin ? [run(twin, of)] : [])]);
	}
	const wrong = [
		...nobodyTwice(chat, ran),
		...ran.flatMap((each) => [
			...allComeOut(each),
			...saidTruly(chat, each),
			...nothingLost(chat, each, ran),
		]),
	];
	if (wrong.length > 0) throw new Error([...wrong, traceOf(chat, ran)].join('\n'));
}

function setupOf({ severalNumbers, onError, edit, ...used }: Settings): Setup {
	const item =
		edit === 'reversed' ? '$input.all()[$input.all().length - 1 - $itemIndex].json' : '$json';
	return {
		parameters: {
			resource: 'message',
			operation: 'send',
			sender: '+14155550100',
			recipients: `={{ ${item}.to }}`,
			body: `={{ ${item}.text }}`,
			additionalFields: edit === 'sentByName' ? { sentByName: 'Order Desk' } : {},
			options: {
				severalNumbers,
				maxConcurrency: used.maxConcurrency,
				unknownOutcome: used.resend ? 'resend' : 'doNotResend',
			},
		},
		settings: { onError, retryOnFail: used.retryOnFail, maxTries: 3, waitBetweenTries: 1 },
	};
}
