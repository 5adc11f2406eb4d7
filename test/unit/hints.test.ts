/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { runInNewContext } from 'node:vm';
import { hints } from '../../nodes/ClerkChat/description/hints';

const isShown = (index: number, $parameter: object, items = 1): unknown =>
	runInNewContext(hints[index].displayCondition!.slice('={{'.length, -'}}'.length), {
		$parameter,
		$input: { all: () => Array(items).fill({}) },
	});

test('before a run that sends real texts, the hint says so', () => {
	const send = { resource: 'message', operation: 'send' };
	expect(isShown(0, { ...send, options: {} })).toBe(true);
	expect(isShown(0, send)).toBe(true);
	expect(isShown(0, { ...send, options: { testRuns: 'send' } })).toBe(true);
	expect(isShown(0, { ...send, options: { testRuns: 'preview' } })).toBe(false);
	expect(isShown(0, { ...send, options: { testRuns: 'redirect' } })).toBe(false);
	expect(isShown(0, { ...send, operation: 'sendAndWait' })).toBe(false);
	expect(isShown(0, { ...send, operation: 'getAll' })).toBe(false);
	expect(isShown(0, { resource: 'contact', operation: 'create' })).toBe(false);
});

test('before a question is sent, the hint says that it is one text', () => {
	expect(isShown(1, { resource: 'message', operation: 'sendAndWait' })).toBe(true);
	expect(isShown(1, { resource: 'message', operation: 'send', options: {} })).toBe(false);
	expect(hints[1].message).toContain("the first item's question");
});

test.each<[unknown, boolean]>([
	['+14155550123', false],
	['+14155550123, +14155550124', true],
	['+14155550123;+14155550124', true],
	['+14155550123\n+14155550124', true],
	['+14155550123\n', false],
	[['+14155550123', '+14155550124'], true],
	[undefined, false],
])('%j in To: a hint says whether several numbers share a message', (recipients, expected) => {
	const send = { resource: 'message', operation: 'send', recipients };
	expect(isShown(2, { ...send, options: {} })).toBe(expected);
	expect(isShown(2, send)).toBe(expected);
	expect(isShown(2, { ...send, operation: 'sendAndWait' })).toBe(expected);
	expect(isShown(2, { ...send, options: { severalNumbers: 'separately' } })).toBe(false);
	expect(isShown(2, { ...send, options: { severalNumbers: 'together' } })).toBe(false);
	expect(isShown(2, { ...send, operation: 'getAll' })).toBe(false);
	expect(hints[2].message).toContain("They share one message and may see each other's numbers.");
});

test.each([1, 2])(
	'before a campaign, with %i items: the hint says whether it is shown or started',
	(items) => {
		const start = (resource: string) => ({ resource, operation: 'start' });
		const really = { ...start('campaign'), options: { testRuns: 'send' } };
		expect(isShown(3, start('campaign'), items)).toBe(true);
		expect(isShown(3, { ...start('campaign'), options: { testRuns: 'preview' } }, items)).toBe(
			true,
		);
		expect(isShown(3, really, items)).toBe(false);
		expect(isShown(4, really, items)).toBe(true);
		expect(isShown(4, start('campaign'), items)).toBe(false);
		expect(isShown(5, start('campaign'), items)).toBe(items > 1);
		expect([3, 4, 5].map((index) => isShown(index, start('agent'), items))).toEqual(
			Array(3).fill(false),
		);
		expect(hints[3].message).toContain("doesn't start it");
		expect(hints[4].message).toContain('starts a real campaign');
	},
);
