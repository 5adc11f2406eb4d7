import fc from 'fast-check';
import { recordForms } from '../recordForms';
import type { Answer } from '../recordForms';

/** The API's reply to one request. `delivered`: whether it was done although the response doesn't say so. */
export type Reply =
	| { kind: 'sent' }
	| { kind: 'failed' | 'allFailed' }
	| { kind: 'errorBeside' | 'partlyFailed' | 'empty' | 'unreadable'; delivered: boolean }
	| { kind: 'tooMany'; retryAfter?: '0.01' | '3600' }
	| { kind: 'refused'; status: 400 | 401 | 403 | 404 | 422 }
	| { kind: 'noConnection' }
	| { kind: 'serverFault' | 'timeout'; delivered: boolean }
	/** `givenUp`: an undelivered message is on record as failed. */
	| { kind: 'reset'; delivered: boolean; givenUp: boolean };

/**
 * Clerk Chat's record of messages: lists all at once, or only at the third look; is closed; or shows other texts than were
 * sent.
 */
export type RecordKind = 'prompt' | 'late' | 'closed' | 'wrong';

/** How the node is set up in one execution. */
export interface Settings {
	onError: 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';
	retryOnFail: boolean;
	maxConcurrency: number;
	rejectedAsError: boolean;
	resend: boolean;
	/** Whether 'Skip If Sent in the Last (Hours)' is on, which has to know that this execution's own texts do not count. */
	skipIfSent: boolean;
	/** 'Most Messages in a Run'; left out: without. The other guards have a test of their own. */
	most?: number;
	/** How the fields are written: 1 says the same as 0 by another expression; 2 says something else. */
	edit: 0 | 1 | 2;
	/** Items (from 0) whose fields are not usable. */
	unusable: number[];
}

/** Clicks the Retry button. */
export interface Retry {
	/** At which of the executions that failed in this node: counted back from the newest. */
	at: number;
	/** Whether it is clicked twice at the same moment. */
	twice: boolean;
	/** Whether n8n is restarted before. */
	restart: boolean;
	settings: Settings;
}

/** One workflow with its items, and what is done with it. */
export interface WorkflowScenario {
	kind: 'workflow';
	operation: 'send' | 'createMany';
	/** Of each item: what it says; equal numbers are equal items. */
	items: Array<{ says: number; to: number }>;
	/** Whether the text is another one in every try. */
	changing: boolean;
	/** How often the workflow runs the node with these items, as a loop would. */
	runs: number;
	/** How many contacts go into one request. */
	size: number;
	/** Answers to the requests of what says this, one after the other; then all is sent. */
	replies: Reply[][];
	settings: Settings;
	/** When the first execution is cancelled, in ms; left out: never. */
	cancelAfter?: number;
	retries: Retry[];
	record: RecordKind;
	/** The form in which the record lists sent messages: a name from test/recordForms.ts. */
	form: string;
}

/** Calls of an agent. Those of one group come at the same moment. */
export interface AgentScenario {
	kind: 'agent';
	/** What each call says. */
	groups: number[][];
	replies: Reply[][];
	resend: boolean;
	record: RecordKind;
	form: string;
}

export type Scenario = WorkflowScenario | AgentScenario;

const delivered = fc.boolean();

const reply: fc.Arbitrary<Reply> = fc.oneof(
	{ weight: 3, arbitrary: fc.constant<Reply>({ kind: 'sent' }) },
	fc.record({ kind: fc.constantFrom('failed' as const, 'allFailed' as const) }),
	fc.record({
		kind: fc.constantFrom(
			'errorBeside' as const,
			'partlyFailed' as const,
			'empty' as const,
			'unreadable' as const,
		),
		delivered,
	}),
	{
		weight: 2,
		arbitrary: fc.record(
			{
				kind: fc.constant('tooMany' as const),
				retryAfter: fc.constantFrom('0.01' as const, '0.01' as const, '3600' as const),
			},
			{ requiredKeys: ['kind'] },
		),
	},
	{
		weight: 2,
		arbitrary: fc.record({
			kind: fc.constant('refused' as const),
			status: fc.constantFrom(400 as const, 401 as const, 403 as const, 404 as const, 422 as const),
		}),
	},
	fc.constant<Reply>({ kind: 'noConnection' }),
	{
		weight: 3,
		arbitrary: fc.record({
			kind: fc.constantFrom('serverFault' as const, 'timeout' as const),
			delivered,
		}),
	},
	fc.record({ kind: fc.constant('reset' as const), delivered, givenUp: fc.boolean() }),
);

const record = fc.constantFrom<RecordKind>('prompt', 'prompt', 'late', 'closed', 'wrong');

const formsWith = (answer: Answer) =>
	fc.constantFrom(...recordForms.filter((each) => each.answer === answer).map(({ name }) => name));

/** The form of the record: plain in half of all scenarios, and of each kind in a sixth. */
export const form = fc.oneof(
	{ withCrossShrink: true },
	{ weight: 3, arbitrary: fc.constant('documented') },
	formsWith('same'),
	formsWith('perhaps'),
	formsWith('closed'),
);

const replies = fc.array(fc.array(reply, { maxLength: 4 }), { minLength: 4, maxLength: 4 });

const everySetting = {
	onError: fc.constantFrom(
		'stopWorkflow' as const,
		'stopWorkflow' as const,
		'continueRegularOutput' as const,
		'continueErrorOutput' as const,
	),
	retryOnFail: fc.boolean(),
	maxConcurrency: fc.integer({ min: 1, max: 4 }),
	rejectedAsError: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
	resend: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
	skipIfSent: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
	edit: fc.oneof(
		{ weight: 4, arbitrary: fc.constant<0 | 1 | 2>(0) },
		fc.constantFrom<0 | 1 | 2>(1, 2),
	),
	unusable: fc.oneof(
		{ weight: 4, arbitrary: fc.constant<number[]>([]) },
		fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 2 }),
	),
};

const settings: fc.Arbitrary<Settings> = fc.oneof(
	{ weight: 4, arbitrary: fc.record(everySetting) },
	fc.record({ ...everySetting, most: fc.integer({ min: 1, max: 4 }) }),
);

const stopping = settings.map((each) => ({ ...each, onError: 'stopWorkflow' as const }));

const workflow: fc.Arbitrary<WorkflowScenario> = fc.record(
	{
		kind: fc.constant('workflow' as const),
		operation: fc.constantFrom('send' as const, 'send' as const, 'createMany' as const),
		items: fc.array(
			fc.record({ says: fc.integer({ min: 0, max: 3 }), to: fc.integer({ min: 0, max: 2 }) }),
			{ minLength: 1, maxLength: 5 },
		),
		changing: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
		runs: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.constant(2)),
		size: fc.integer({ min: 1, max: 3 }),
		replies,
		settings: fc.oneof({ weight: 2, arbitrary: stopping }, settings),
		cancelAfter: fc.integer({ min: 1, max: 60 }),
		retries: fc.array(
			fc.record({
				at: fc.nat({ max: 2 }),
				twice: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
				restart: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
				settings: fc.oneof({ weight: 2, arbitrary: stopping }, settings),
			}),
			{ maxLength: 4 },
		),
		record,
		form,
	},
	{
		requiredKeys: [
			'kind',
			'operation',
			'items',
			'changing',
			'runs',
			'size',
			'replies',
			'settings',
			'retries',
			'record',
			'form',
		],
	},
);

const agent: fc.Arbitrary<AgentScenario> = fc.record({
	kind: fc.constant('agent' as const),
	groups: fc.array(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 3 }), {
		minLength: 1,
		maxLength: 4,
	}),
	replies,
	resend: fc.boolean(),
	record,
	form,
});

/** Everything that may happen: mostly workflows, now and then an agent. Plain data, so that it can be made smaller. */
export const scenarios: fc.Arbitrary<Scenario> = fc.oneof(
	{ weight: 5, arbitrary: workflow },
	{ weight: 1, arbitrary: agent },
);
