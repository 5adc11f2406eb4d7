import fc from 'fast-check';
import { ruleOn } from '../../nodes/api/replyRule';
import type { NoOpenQuestion, Reason, ReplyFacts, Ruling } from '../../nodes/api/replyRule';

/* The table in docs/pollingTrigger.md: what each text counts as. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

type Open = Extract<ReplyFacts, { question: 'open' }>;

/** A text that answers: the open question is the last message sent, and the text says Yes ten minutes later. */
const yes: Open = {
	question: 'open',
	isAsked: true,
	says: 'answer',
	isBetweenTwo: false,
	isLastOut: true,
	age: 10 * MINUTE,
	countsFor: 72 * HOUR,
	isProven: true,
};

const answer: Ruling = { becomes: 'answer' };
const followUp: Ruling = { becomes: 'followUp' };
const message = (reason?: Reason): Ruling => ({ becomes: 'message', ...(reason && { reason }) });

test.each<[string, ReplyFacts, Ruling]>([
	['the newest question is open, and the last message sent', yes, answer],

	['nobody asked anything', { question: 'none' }, message()],
	['the newest question is closed', { question: 'closed' }, message()],

	['something else went out after it', { ...yes, isLastOut: false }, message('notLastMessage')],
	['another question at that moment', { ...yes, isBetweenTwo: true }, message('twoQuestions')],

	['at the last moment', { ...yes, age: 72 * HOUR }, answer],
	['later than replies count for', { ...yes, age: 72 * HOUR + 1 }, message('tooLate')],
	['before it, by any clock', { ...yes, age: -1 }, message('tooLate')],
	['nobody knows when', { ...yes, age: NaN }, message('tooLate')],

	['soon after an answer', { question: 'closed', sinceAnswer: 2 * MINUTE }, followUp],
	['longer after an answer', { question: 'closed', sinceAnswer: 2 * MINUTE + 1 }, message()],
	[
		'soon after an answer, and too fast for the next question',
		{ ...yes, age: 15 * SECOND, sinceAnswer: 40 * SECOND, sinceNewerQuestion: 15 * SECOND },
		followUp,
	],
	[
		'soon after an answer, and time enough to read the next question',
		{ ...yes, age: 16 * SECOND, sinceAnswer: 40 * SECOND, sinceNewerQuestion: 16 * SECOND },
		answer,
	],

	['from someone who was not asked', { ...yes, isAsked: false }, message('notProven')],
	[
		'the same, and not understood',
		{ ...yes, isAsked: false, says: 'notUnderstood' },
		message('notProven'),
	],

	['a reaction', { ...yes, says: 'reaction' }, message('reaction')],
	['a carrier word', { ...yes, says: 'carrierWord' }, message('carrierWord')],
	['a picture without words', { ...yes, says: 'empty' }, message('empty')],

	['words that say something else', { ...yes, says: 'notUnderstood' }, message('notUnderstood')],
	[
		'the same, and meant for another question',
		{ ...yes, says: 'notUnderstood', isBetweenTwo: true },
		message('twoQuestions'),
	],

	['a question of another n8n', { question: 'ofAnotherN8n' }, message()],

	['nothing proves that it was texted', { ...yes, isProven: false }, message('notProven')],
])('%s', (_, facts, ruling) => expect(ruleOn(facts)).toEqual(ruling));

test('STOP is reported as such, whatever else is wrong', () => {
	const stop: ReplyFacts = { ...yes, says: 'carrierWord', isLastOut: false, age: Infinity };
	expect(ruleOn(stop)).toEqual(message('carrierWord'));
});

test('an answer meets all conditions', () => {
	const time = fc.option(fc.integer({ min: 0, max: 5 * MINUTE }), { nil: undefined });
	const timing = { sinceAnswer: time, sinceNewerQuestion: time };
	const question = fc.constantFrom<NoOpenQuestion>('none', 'closed', 'ofAnotherN8n');
	const facts = fc.oneof(
		fc.record({ question, ...timing }),
		fc.record({
			question: fc.constant<'open'>('open'),
			isAsked: fc.boolean(),
			says: fc.constantFrom<Open['says']>('answer', 'notUnderstood', 'reaction', 'empty'),
			isBetweenTwo: fc.boolean(),
			isLastOut: fc.boolean(),
			age: fc.oneof(fc.integer({ min: -10 * SECOND, max: 4 * HOUR }), fc.constant(NaN)),
			countsFor: fc.integer({ min: 0, max: 4 * HOUR }),
			isProven: fc.boolean(),
			...timing,
		}),
	);
	fc.assert(
		fc.property(facts, (each) => {
			if (ruleOn(each).becomes !== 'answer') return;
			expect(each).toMatchObject({
				...yes,
				age: expect.any(Number),
				countsFor: expect.any(Number),
			});
			expect((each as Open).age).toBeGreaterThanOrEqual(0);
			expect((each as Open).age).toBeLessThanOrEqual((each as Open).countsFor);
		}),
		{ numRuns: 2000 },
	);
});
