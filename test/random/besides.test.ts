import fc from 'fast-check';
import { sleep } from 'n8n-workflow';
import { leadingBack, retry, runNode } from '../engine/engine';
import type { Setup } from '../engine/engine';
import { startProcess } from './process';
import { randomCases } from './randomCases';
import {
	allComeOut,
	askedIn,
	Chat,
	ChatServer,
	keysOf,
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
 * Random lists sent by several executions, in parallel and one after the other, with and without 'Skip If Sent', while
 * the record shows sent messages late.
 */

interface Settings {
	skips: boolean;
	severalNumbers: 'together' | 'separately';
	onError: 'stopWorkflow' | 'continueRegularOutput';
	maxConcurrency: number;
	resend: boolean;
	/** After how long failed items come back, in ms; if at all. */
	back: number | undefined;
	/** In a step of retries: whether it is a new execution all the same. */
	isNew: boolean;
	/** How long it is started after the other one, in ms. */
	delay: number;
}

interface Step {
	/** One execution, or two beside each other. */
	executions: Settings[];
	/** Whether these are retries of the newest execution that failed. */
	isRetry: boolean;
	/** Whether n8n is restarted before. */
	restart: boolean;
}

interface Scenario extends TextScenario {
	steps: Step[];
}

const settings: fc.Arbitrary<Settings> = fc.record({
	skips: fc.boolean(),
	severalNumbers: fc.constantFrom('together' as const, 'separately' as const),
	onError: fc.constantFrom('stopWorkflow' as const, 'continueRegularOutput' as const),
	maxConcurrency: fc.integer({ min: 1, max: 3 }),
	resend,
	isNew: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
	back: fc.oneof(fc.constant(undefined), fc.nat({ max: 60 })),
	delay: fc.nat({ max: 12 }),
});

const scenarios: fc.Arbitrary<Scenario> = fc
	.record({
		texts: textScenario(2),
		steps: fc.array(
			fc.record({
				executions: fc.array(settings, { minLength: 1, maxLength: 3 }),
				isRetry: fc.oneof({ weight: 2, arbitrary: fc.constant(false) }, fc.constant(true)),
				restart: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
			}),
			{ minLength: 1, maxLength: 4 },
		),
	})
	.map(({ texts, steps }) => ({ ...texts, steps }));

let server: ChatServer;

beforeAll(async () => void (server = await new ChatServer().listen()));

afterAll(async () => await server.close());

randomCases('executions beside each other hold the promise', scenarios, play);

test("what one item's people have doesn't count for them in another item", async () => {
	const settings = {
		severalNumbers: 'together' as const,
		onError: 'stopWorkflow' as const,
		resend: false,
		back: undefined,
		isNew: false,
	};
	await play({
		form: 'documented',
		items: [
			{ says: 0, to: [0] },
			{ says: 0, to: [1, 0] },
		],
		replies: [[], [], [], [], [], []],
		record: 'prompt',
		steps: [
			{
				executions: [
					{ ...settings, skips: false, maxConcurrency: 1, delay: 2 },
					{ ...settings, skips: true, maxConcurrency: 2, delay: 0 },
				],
				isRetry: false,
				restart: false,
			},
		],
	});
});

type Played = Ran & { skips: boolean; loops: boolean; life: number };

async function play(scenario: Scenario): Promise<void> {
	const chat = new Chat(scenario);
	const connect = server.open(chat);
	const ran: Played[] = [];
	let life = 0;
	let node = startProcess(1, SEARCH);
	let started = 0;
	const run = async (used: Settings, of?: Played) => {
		await sleep(used.delay);
		const id = `execution-${++started}`;
		const { back } = used;
		const one: Setup = { ...setupOf(used), ...connect(id), node };
		const setup =
			back === undefined ? one : { ...leadingBack(2, one), onGate: async () => await sleep(back) };
		const result = of
			? await retry(of.result, chat.input, setup)
			: await runNode(chat.input, setup);
		ran.push({
			id,
			lineage: [...(of?.lineage ?? []), id],
			result,
			resend: used.resend,
			isTogether: used.severalNumbers === 'together',
			out: result.items,
			input: chat.input,
			skips: used.skips,
			loops: back !== undefined,
			life,
		});
	};
	for (const { executions, isRetry, restart } of scenario.steps) {
		if (restart) {
			await sleep(LISTED_AFTER * 2);
			node = startProcess(1, SEARCH);
			life++;
		}
		const newest = ran.filter(({ result }) => result.status === 'error').at(-1);
		// What other retries did in another life of n8n's process is not promised to be known (docs/sending.md).
		const others = ran.filter(
			({ lineage, id }) => lineage[0] === newest?.lineage[0] && !newest.lineage.includes(id),
		);
		const of = isRetry && others.every((each) => each.life === life) ? newest : undefined;
		await Promise.all(executions.map(async (used) => await run(used, used.isNew ? undefined : of)));
	}
	const roots = new Set(ran.map(({ lineage }) => lineage[0]));
	const wrong = [
		...[...roots].flatMap((root) =>
			nobodyTwice(
				chat,
				ran.filter(({ lineage }) => lineage[0] === root),
				roots.size,
			),
		),
		...leftOut(chat, ran),
		...ran
			.filter(({ loops }) => !loops)
			.flatMap((each) => [
				...allComeOut(each),
				...saidTruly(chat, each),
				...nothingLost(chat, each, ran),
			]),
	];
	if (wrong.length > 0) throw new Error([...wrong, traceOf(chat, ran)].join('\n'));
}

/**
 * With the option, nobody is sent what had arrived by then as often as it is asked for; with 'Send Again' too, unless its
 * outcome is not clear.
 */
function leftOut(chat: Chat, ran: Played[]): string[] {
	const byId = new Map(ran.map((each) => [each.id, each]));
	type Sending = (typeof chat.sendings)[number];
	const lifeOf = ({ execution }: Sending) => byId.get(execution)!.life;
	// The record is searched from two seconds before a request on, because clocks differ. Here n8n restarts faster, so that an
	// unclear message may be taken for an equal one of an earlier life.
	const isMistaken = (each: Sending) =>
		each.reply !== 'sent' &&
		chat.sendings.some(
			(other) =>
				lifeOf(other) < lifeOf(each) && keysOf(other).some((key) => keysOf(each).includes(key)),
		);
	// What the record shows is an unclear message's, unless another execution's lost one may be taken for it.
	const isTold = (each: Sending) =>
		chat.isOpen &&
		!chat.sendings.some(
			(other) =>
				other.reply === 'unknownLost' &&
				other.execution !== each.execution &&
				keysOf(other).some((key) => keysOf(each).includes(key)),
		);
	return chat.sendings.flatMap((sending) => {
		const { id, skips, resend: resends, input } = byId.get(sending.execution)!;
		if (!skips) return [];
		const earlier = chat.sendings
			.slice(0, sending.madeAt)
			.filter((each) => each.isDelivered && (!resends || each.reply === 'sent' || isTold(each)))
			.filter((each) => !isMistaken(each));
		const asked = askedIn(input);
		const times = (key: string) => earlier.filter((each) => keysOf(each).includes(key)).length;
		return keysOf(sending)
			.filter((key) => times(key) >= asked.get(key)!)
			.map((key) => `${id} sends ${key}, which had arrived by then`);
	});
}

function setupOf({ skips, severalNumbers, onError, maxConcurrency, ...used }: Settings): Setup {
	return {
		parameters: {
			resource: 'message',
			operation: 'send',
			sender: '+14155550100',
			recipients: '={{ $json.to }}',
			body: '={{ $json.text }}',
			options: {
				severalNumbers,
				maxConcurrency,
				unknownOutcome: used.resend ? 'resend' : 'doNotResend',
				...(skips && { skipSentWithinHours: 24 }),
			},
		},
		settings: { onError },
	};
}
