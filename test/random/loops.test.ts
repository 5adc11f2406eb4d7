import fc from 'fast-check';
import { leadingBack, runNode } from '../engine/engine';
import { startProcess } from './process';
import { randomCases } from './randomCases';
import {
	Chat,
	ChatServer,
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
 * Random lists whose failed items return to the node through its error output, n8n's usual way to try again, combined
 * with Retry On Fail.
 */

interface Scenario extends TextScenario {
	/** How often failed items come back at most. */
	times: number;
	maxTries: number;
	maxConcurrency: number;
	resend: boolean;
}

const scenarios: fc.Arbitrary<Scenario> = fc
	.record({
		// Results are identified by their text, which other forms change.
		texts: textScenario(1, fc.constant('documented')),
		times: fc.integer({ min: 1, max: 4 }),
		maxTries: fc.integer({ min: 1, max: 3 }),
		maxConcurrency: fc.integer({ min: 1, max: 3 }),
		resend,
	})
	.map(({ texts, ...others }) => ({ ...texts, ...others }));

let server: ChatServer;

beforeAll(async () => void (server = await new ChatServer().listen()));

afterAll(async () => await server.close());

randomCases('loops hold the promise', scenarios, play);

test('the next try of a run knows what it found on record', async () => {
	const replies = [[], ['unknownLost', 'unknownDelivered'], ['odd'], [], ['sent'], []];
	const items = [2, 1, 0].map((to) => ({ says: 0, to: [to] }));
	const settings = { times: 1, maxTries: 2, maxConcurrency: 1, resend: true };
	await play({ form: 'documented', items, replies, record: 'late', ...settings } as Scenario);
});

async function play(scenario: Scenario): Promise<void> {
	const { times, maxTries, maxConcurrency } = scenario;
	const chat = new Chat(scenario);
	const result = await runNode(chat.input, {
		...leadingBack(times, {
			parameters: {
				resource: 'message',
				operation: 'send',
				sender: '+14155550100',
				recipients: '={{ $json.to }}',
				body: '={{ $json.text }}',
				options: { maxConcurrency, unknownOutcome: scenario.resend ? 'resend' : 'doNotResend' },
			},
			settings: { retryOnFail: maxTries > 1, maxTries, waitBetweenTries: 1 },
		}),
		...server.open(chat)('execution'),
		node: startProcess(1, SEARCH),
	});
	const runs = result.data.resultData.runData['Clerk Chat'].map(({ data }) => data?.main ?? []);
	const sent = runs.flatMap(([done]) => done ?? []);
	// What failed comes back, so that it has failed in the end when it did in the last run.
	const failed = runs.at(-1)?.[1] ?? [];
	const out = [...sent, ...failed];
	const ran: Ran = {
		id: 'execution',
		lineage: ['execution'],
		result,
		resend: scenario.resend,
		isTogether: false,
		out: out.map((item, index) => ({ ...item, pairedItem: { item: index } })),
		input: out.map(({ json }) => ({
			text: String(json.text ?? json.body),
			to: String(json.to ?? json.members),
		})),
	};
	const named = (list: Ran['input']) => list.map(({ text, to }) => `${to} ${text}`).sort();
	const wrong = [
		...(named(ran.input).join() === named(chat.input).join() ? [] : ['other items come out']),
		...nobodyTwice(chat, [{ ...ran, input: chat.input }]),
		...saidTruly(chat, ran),
		...nothingLost(chat, ran, [ran]),
	];
	if (wrong.length > 0) throw new Error([...wrong, traceOf(chat, [ran])].join('\n'));
}
