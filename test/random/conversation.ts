import fc from 'fast-check';
import type { Buttons } from '../../nodes/ClerkChat/waiting/question';

/* The events that can happen in conversations by text. */

export type Kind = 'approval' | 'labels' | 'freeText';

/** What texts mean, as a person would say: to an approval, to the labels Morning and Afternoon (numbered), to free text. */
export const TEXTS: Record<string, Record<Kind, boolean>> = {
	Yes: { approval: true, labels: false, freeText: true },
	'yes please': { approval: true, labels: false, freeText: true },
	'Ok 👍': { approval: true, labels: false, freeText: true },
	'👍': { approval: true, labels: false, freeText: true },
	'No thanks': { approval: true, labels: false, freeText: true },
	morning: { approval: false, labels: true, freeText: true },
	'2': { approval: false, labels: true, freeText: true },
	'My basement is flooding': { approval: false, labels: false, freeText: true },
	'Yes, but not on Friday': { approval: false, labels: false, freeText: true },
	'who is this?': { approval: false, labels: false, freeText: true },
	STOP: { approval: false, labels: false, freeText: false },
	HELP: { approval: false, labels: false, freeText: false },
	'Liked “Friday?”': { approval: false, labels: false, freeText: false },
	'?': { approval: false, labels: false, freeText: false },
	'': { approval: false, labels: false, freeText: false },
};

/** The buttons of each kind of question. */
export const BUTTONS: Record<Kind, Buttons | undefined> = {
	approval: { approve: 'Approve', decline: 'Decline' },
	labels: { approve: 'Morning', decline: 'Afternoon' },
	freeText: undefined,
};

/** One thing that happens, so many seconds after the one before. */
export type Step = { after: number } & (
	| { what: 'ask'; n8n: number; person: number; kind: Kind; hours: number }
	| { what: 'text'; person: number; text: string }
	/** A colleague, or another workflow, texts someone. */
	| { what: 'other'; person: number; hasFailed: boolean }
	/** The carrier answers HELP by itself. */
	| { what: 'automatic'; person: number }
	/** A question is answered on its page, or its time is over. */
	| { what: 'close'; question: number }
	/** The text of a question turns out not to be delivered. */
	| { what: 'fail'; question: number }
	| { what: 'poll'; n8n: number; killed: boolean; breaks: boolean }
	| { what: 'restart'; n8n: number }
);

const after = fc.constantFrom(0, 1, 3, 6, 10, 14, 16, 40, 100, 130, 3_600, 90_000);
const n8n = fc.integer({ min: 0, max: 1 });
const person = fc.constantFrom(0, 0, 0, 1);
const question = fc.nat({ max: 5 });
const rarely = fc.constantFrom(false, false, false, false, true);

const kind = fc.constantFrom<Kind>('approval', 'approval', 'labels', 'freeText');

const anything: fc.Arbitrary<Step[]> = fc.array(
	fc.oneof(
		{
			weight: 4,
			arbitrary: fc.record({
				what: fc.constant<'ask'>('ask'),
				after,
				n8n,
				person,
				kind,
				hours: fc.constantFrom(24, 72),
			}),
		},
		{
			weight: 7,
			arbitrary: fc.record({
				what: fc.constant<'text'>('text'),
				after,
				person,
				text: fc.constantFrom('Yes', 'Yes', ...Object.keys(TEXTS)),
			}),
		},
		{
			weight: 5,
			arbitrary: fc.record({
				what: fc.constant<'poll'>('poll'),
				after,
				n8n,
				killed: rarely,
				breaks: rarely,
			}),
		},
		fc.record({ what: fc.constant<'other'>('other'), after, person, hasFailed: fc.boolean() }),
		fc.record({ what: fc.constant<'automatic'>('automatic'), after, person }),
		fc.record({ what: fc.constant<'close'>('close'), after, question }),
		fc.record({ what: fc.constant<'fail'>('fail'), after, question }),
		fc.record({ what: fc.constant<'restart'>('restart'), after, n8n }),
	),
	{ minLength: 4, maxLength: 30 },
);

/** Two questions shortly after each other, and texts around them. */
const closeTogether: fc.Arbitrary<Step[]> = fc
	.tuple(
		fc.array(fc.constantFrom(1, 3, 6, 10, 14, 16, 40), { minLength: 7, maxLength: 7 }),
		n8n,
		n8n,
		fc.boolean(),
		fc.boolean(),
	)
	.map(([times, first, second, isPolled, isAnsweredBefore]) => {
		const asks = (of: number) => ({
			what: 'ask' as const,
			n8n: of,
			person: 0,
			kind: 'approval' as const,
			hours: 72,
		});
		const says = { what: 'text' as const, person: 0, text: 'Yes' };
		const polls = { what: 'poll' as const, killed: false, breaks: false };
		const all = [
			asks(first),
			...(isAnsweredBefore ? [says] : []),
			...(isPolled ? [{ ...polls, n8n: first }] : []),
			asks(second),
			says,
			{ ...polls, n8n: first },
			{ ...polls, n8n: second },
		];
		return all.map((step, index) => ({ ...step, after: times[index] }));
	});

export const steps: fc.Arbitrary<Step[]> = fc.oneof(
	{ weight: 3, arbitrary: anything },
	{
		weight: 1,
		arbitrary: fc.tuple(closeTogether, anything).map(([start, rest]) => [...start, ...rest]),
	},
);
