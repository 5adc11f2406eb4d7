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

test('before a question goes out, the hint says that it is one text', () => {
	expect(isShown(1, { resource: 'message', operation: 'sendAndWait' })).toBe(true);
	expect(isShown(1, { resource: 'message', operation: 'send', options: {} })).toBe(false);
	expect(hints[1].message).toContain('the question of the first item');
});

test('several items before a campaign: the hint says so', () => {
	const start = (resource: string) => ({ resource, operation: 'start' });
	expect(isShown(2, start('campaign'), 2)).toBe(true);
	expect(isShown(2, start('campaign'), 1)).toBe(false);
	expect(isShown(2, start('agent'), 2)).toBe(false);
});
