import { verdict } from '../../nodes/ClerkChat/sending/verdict';
import type { Attempt, Circumstances, Known, Verdict } from '../../nodes/ClerkChat/sending/verdict';

/*
 * The table in docs/howSendingWorks.md: the result of an attempt, the state of the ledger, and what follows from them.
 */

const plain: Circumstances = {
	resendUnknown: false,
	isLastTry: false,
	rejectedAsError: true,
	stopOnError: false,
	repeatable: false,
	endsAll: false,
};

const continues = (item: Verdict['item'], entry: Verdict['entry']): Verdict => ({
	item,
	entry,
	endsRun: false,
});

type Row = [string, Attempt, Known, Partial<Circumstances>, Verdict];

const resend = { resendUnknown: true };
const resentOnce = { resendUnknown: true, isLastTry: true };

test.each<Row>([
	// Before the request is made.
	['never tried', 'notYet', 'nothing', {}, continues('send', 'inFlight')],
	['sent before', 'notYet', 'sent', {}, continues('sent', 'asBefore')],
	['sent before, Send Again', 'notYet', 'sent', resend, continues('sent', 'asBefore')],
	['sent to some of its people', 'notYet', 'partly', {}, continues('refused', 'asBefore')],
	['the same, Send Again', 'notYet', 'partly', resend, continues('refused', 'asBefore')],
	['unknown before', 'notYet', 'unknown', {}, continues('unknown', 'asBefore')],
	['unknown before, Send Again', 'notYet', 'unknown', resend, continues('send', 'inFlight')],
	['the same, sent again once', 'notYet', 'unknown', resentOnce, continues('unknown', 'asBefore')],
	['in flight elsewhere', 'notYet', 'inFlight', {}, continues('unknown', 'asBefore')],
	['the same, Send Again', 'notYet', 'inFlight', resend, continues('unknown', 'asBefore')],
	// What came of it.
	['2xx, nothing against it', 'sent', 'nothing', {}, continues('sent', 'sent')],
	['the same after an unknown outcome', 'sent', 'unknown', resend, continues('sent', 'sent')],
	['2xx, status failed', 'failed', 'nothing', {}, continues('refused', 'asBefore')],
	[
		'2xx, status failed, which does not count as failed',
		'failed',
		'nothing',
		{ rejectedAsError: false },
		continues('sent', 'asBefore'),
	],
	['2xx, status failed, unknown before', 'failed', 'unknown', {}, continues('unknown', 'asBefore')],
	['refused', 'refused', 'nothing', {}, continues('refused', 'asBefore')],
	['refused, unknown before', 'refused', 'unknown', resend, continues('unknown', 'asBefore')],
	['refused, in flight elsewhere', 'refused', 'inFlight', {}, continues('unknown', 'asBefore')],
	['unknown', 'unknown', 'nothing', {}, continues('unknown', 'unknown')],
	['unknown once more', 'unknown', 'unknown', resend, continues('unknown', 'unknown')],
	['the run ended first', 'notTried', 'nothing', {}, continues('notTried', 'asBefore')],
	['the same, unknown before', 'notTried', 'unknown', resend, continues('unknown', 'asBefore')],
	// What can be repeated leaves no unclear results.
	['a PUT', 'notYet', 'nothing', { repeatable: true }, continues('send', 'asBefore')],
	[
		'a PUT, unknown before',
		'notYet',
		'unknown',
		{ repeatable: true },
		continues('send', 'asBefore'),
	],
	['a PUT, unknown', 'unknown', 'nothing', { repeatable: true }, continues('unknown', 'asBefore')],
])('%s', (_name, attempt, known, around, expected) => {
	expect(verdict(attempt, known, { ...plain, ...around })).toEqual(expected);
});

test.each<[string, Partial<Circumstances>]>([
	['On Error = Stop', { stopOnError: true }],
	['401, or 429 until patience is over', { endsAll: true }],
])('%s: only a failure now ends the run', (_name, around) => {
	const ends = (attempt: Attempt, known: Known = 'nothing') =>
		verdict(attempt, known, { ...plain, ...around }).endsRun;
	expect([ends('failed'), ends('refused'), ends('unknown')]).toEqual([true, true, true]);
	expect([ends('sent'), ends('notTried'), ends('notYet')]).toEqual([false, false, false]);
	// What an earlier try left open does not hold up the others.
	expect([ends('notYet', 'unknown'), ends('notYet', 'inFlight')]).toEqual([false, false]);
});
