import type { IDataObject } from 'n8n-workflow';
import type { Write } from '../../nodes/ClerkChat/write';
import { summaryOf, toldBy } from '../../nodes/ClerkChat/words/summary';
import type { Told } from '../../nodes/ClerkChat/words/summary';

/* A run's result in one sentence. */

const messages = { wording: { thing: 'message', done: 'sent' } } as Write;
const contacts = { wording: { thing: 'contact', done: 'created or updated' } } as Write;

const times = (count: number, told: Told) => Array<Told>(count).fill(told);
const refused = (detail: string, message = detail): Told => ({
	outcome: 'refused',
	words: { message, description: '', detail },
});

test.each<[string, Told[], string | undefined]>([
	['nothing', [], undefined],
	['a test run that only shows', times(3, { outcome: 'shown' }), undefined],
	['one', times(1, { outcome: 'sent' }), 'Sent 1.'],
	[
		'all kinds',
		[
			...times(280, { outcome: 'sent' }),
			...times(12, { outcome: 'skipped' }),
			...times(5, {
				outcome: 'notTried',
				code: 'quietHours',
				// Not a minute too early.
				sendAfter: '2026-01-16T12:59:05.000Z',
			}),
			...times(2, refused('No such number')),
			...times(1, { outcome: 'notTried', code: 'optedOut' }),
		],
		'Sent 280, skipped 12, waiting 5 (the first until 2026-01-16 13:00 UTC), failed 3: no such number (2), opted out (1).',
	],
	['the first part is a capital', times(2, { outcome: 'unknown' }), 'Unclear 2.'],
	[
		'a run that ended',
		[{ outcome: 'sent' }, refused('No'), ...times(3, { outcome: 'notTried' })],
		'Sent 1, not tried 3, failed 1: No.',
	],
	[
		'many reasons: the most frequent ones',
		[
			...times(2, refused('a.')),
			refused('b'),
			...times(3, refused('c')),
			refused('d'),
			refused('e'),
		],
		'Failed 8: c (3), a (2), b (1), other (2).',
	],
	[
		'a long reason gives way to the heading',
		[refused('x'.repeat(61), "'To' is empty")],
		"Failed 1: 'To' is empty.",
	],
	['no reason at all', [{ outcome: 'refused' }], 'Failed 1.'],
	['a code that is not known', [{ outcome: 'refused', code: 'other' }], 'Failed 1: other.'],
])('%s', (_name, told, expected) => {
	expect(summaryOf(messages, told, 0)).toBe(expected);
});

test('messages confirmed by the record are shown with the sent ones', () => {
	expect(summaryOf(messages, times(3, { outcome: 'sent' }), 2)).toBe(
		"Sent 3 (2 confirmed by Clerk Chat's history).",
	);
});

test.each<[string, IDataObject[], Partial<Told>]>([
	['sent', [{ status: 'sent' }], { outcome: 'sent' }],
	['several messages', [{ status: 'delivered' }, { status: 'sent' }], { outcome: 'sent' }],
	['nothing that could be told apart', [], { outcome: 'sent' }],
	['skipped', [{ status: 'sent', skipped: true }], { outcome: 'skipped' }],
	['shown', [{ status: 'preview' }], { outcome: 'shown' }],
	['not delivered', [{ status: 'failed' }], { outcome: 'refused', code: 'notDelivered' }],
	[
		'one of two not delivered',
		[{ status: 'delivered' }, { status: 'Undelivered' }],
		{ outcome: 'refused', code: 'notDelivered' },
	],
])('the output shows: %s', (_name, results, expected) => {
	expect(toldBy(results.map((json) => ({ json })))).toEqual(expected);
});

test('other things have their own words', () => {
	const told: Told[] = [{ outcome: 'sent' }, refused('no')];
	expect(summaryOf(contacts, told, 0)).toBe('Created or updated 1, failed 1: no.');
});
