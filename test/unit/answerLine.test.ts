import {
	defaultAnswerLine,
	expectedOf,
	isNumbering,
} from '../../nodes/ClerkChat/waiting/answerLine';

/* Whether the texts "1" and "2" answer a question. */

const times = { approve: 'Morning', decline: 'Afternoon' };

test.each([
	'Reply 1 for Morning or 2 for Afternoon, or tap:',
	'1 = morning, 2 = afternoon',
	'1) Morning 2) Afternoon',
	'Text 1 (MORNING) or 2 (AFTERNOON):',
	'Reply 1 or 2, or tap:',
	'1/2?',
])('an Answer Line that numbers the buttons: %s', (line) => {
	expect(isNumbering(line, times)).toBe(true);
});

test.each([
	'Reply YES or NO, or tap:',
	'Reply within 1 or 2 days:',
	'1 for Afternoon or 2 for Morning',
	'1 for Morning',
	'Reply 2 for Morning or 1 for Afternoon (1 or 2):',
	'1 = Afternoon. Reply 1 or 2:',
	'Reply 12, or tap:',
	'',
])('one that does not: %s', (line) => expect(isNumbering(line, times)).toBe(false));

const yesOrNo = { approve: 'Approve', decline: 'Decline' };

test.each([
	['Reply 1 or 2:', 'When? 1 = morning, 2 = afternoon', times, true],
	['Reply 1 or 2:', 'Option 1 is morning, option 2 is afternoon.', times, true],
	['Reply 1 or 2:', 'Option 2 is morning, option 1 is afternoon.', times, false],
	['Reply 1 or 2:', '1 means yes and 2 means no.', yesOrNo, true],
	['Reply 1 or 2:', 'When? 1 = afternoon, 2 = morning', times, false],
	['Reply 1 or 2:', 'Go on? 1 = yes, 2 = no', yesOrNo, true],
	['Reply 1 for yes or 2 for no:', '', yesOrNo, true],
	['Reply 1 or 2:', 'Go on? 1 = no, 2 = yes', yesOrNo, false],
	['Reply 1 or 2:', 'Go on? No = 1, yes = 2', yesOrNo, false],
	['Reply 1 or 2 (1 = no, 2 = yes):', '', yesOrNo, false],
	['1or2?', '', yesOrNo, true],
	['Reply 1 or 2:', 'Go on? 1No 2Yes', yesOrNo, false],
	['Reply 1 or 2:', 'Go on? ①no ②yes', yesOrNo, false],
	['Reply 2 for yes or 1 for no:', '', yesOrNo, false],
	[
		'1 for yes, Tuesday, 2 for yes, Monday',
		'',
		{ approve: 'Yes, Monday', decline: 'Yes, Tuesday' },
		false,
	],
])('%s, after "%s"', (line, message, buttons, expected) => {
	expect(isNumbering(line, buttons, message)).toBe(expected);
});

test('labels containing such numbers are not numbered', () => {
	const hours = { approve: '2 hours', decline: '1 hour' };
	expect(isNumbering('Reply 1 or 2:', hours)).toBe(false);
	expect(isNumbering(defaultAnswerLine(hours, true), hours)).toBe(false);
	const oClock = { approve: '2pm', decline: '1pm' };
	expect(defaultAnswerLine(oClock, true)).toBe('Reply 2pm or 1pm, or tap:');
	expect(isNumbering('Reply 1 or 2:', oClock)).toBe(false);
});

test('a label that is a carrier keyword is only offered by number', () => {
	const keep = { approve: 'Keep', decline: 'Cancel' };
	expect(isNumbering(defaultAnswerLine(keep, true), keep)).toBe(true);
});

test('a question always expects something', () => {
	const question = { message: 'Go on?', until: '3000-01-01T00:00:00.000Z', replyHours: 72 };
	const buttons = { approve: 'Start', decline: 'Stop' };
	expect(expectedOf({ ...question, buttons })).toBe('with the link');
	expect(expectedOf({ ...question, buttons, isNumbered: true })).toBe('1 for Start or 2 for Stop');
});
