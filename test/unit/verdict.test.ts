import { verdict } from '../../nodes/ClerkChat/sending/verdict';
import type {
	Came,
	Circumstances,
	Remembered,
	Verdict,
} from '../../nodes/ClerkChat/sending/verdict';

/* The table of docs/sending.md: what came back, what is remembered, and what follows. */

const plain: Circumstances = {
	resendUnknown: false,
	rejectedAsError: true,
	stopOnError: false,
	repeatable: false,
	endsAll: false,
};

const continues = (item: Verdict['item'], note: Verdict['note']): Verdict => ({
	item,
	note,
	endsRun: false,
});

type Row = [string, Came, Remembered, Partial<Circumstances>, Verdict];

const resend = { resendUnknown: true };

test.each<Row>([
	// Before the request is made.
	['never tried', 'nothing', 'nothing', {}, continues('send', 'onItsWay')],
	['sent before', 'nothing', 'done', {}, continues('done', 'asBefore')],
	['sent before, Send Again', 'nothing', 'done', resend, continues('done', 'asBefore')],
	['unknown before', 'nothing', 'unknown', {}, continues('unknown', 'asBefore')],
	['unknown before, Send Again', 'nothing', 'unknown', resend, continues('send', 'onItsWay')],
	['on its way elsewhere', 'nothing', 'onItsWay', {}, continues('unknown', 'asBefore')],
	['the same, Send Again', 'nothing', 'onItsWay', resend, continues('unknown', 'asBefore')],
	// What came back.
	['2xx, nothing against it', 'done', 'nothing', {}, continues('done', 'done')],
	['the same after a doubt', 'done', 'unknown', resend, continues('done', 'done')],
	['2xx, status failed', 'givenUp', 'nothing', {}, continues('refused', 'asBefore')],
	[
		'2xx, status failed, which does not count as failed',
		'givenUp',
		'nothing',
		{ rejectedAsError: false },
		continues('done', 'asBefore'),
	],
	['2xx, status failed, after a doubt', 'givenUp', 'unknown', {}, continues('unknown', 'asBefore')],
	['refused', 'refused', 'nothing', {}, continues('refused', 'asBefore')],
	['refused after a doubt', 'refused', 'unknown', resend, continues('unknown', 'asBefore')],
	['unknown', 'unknown', 'nothing', {}, continues('unknown', 'unknown')],
	['unknown after a doubt', 'unknown', 'unknown', resend, continues('unknown', 'unknown')],
	['the run ended first', 'notTried', 'nothing', {}, continues('notTried', 'asBefore')],
	['the same after a doubt', 'notTried', 'unknown', resend, continues('unknown', 'asBefore')],
	// What may be repeated leaves no doubt behind.
	['a PUT', 'nothing', 'nothing', { repeatable: true }, continues('send', 'asBefore')],
	['a PUT, unknown', 'unknown', 'nothing', { repeatable: true }, continues('unknown', 'asBefore')],
])('%s', (_name, came, remembered, around, expected) => {
	expect(verdict(came, remembered, { ...plain, ...around })).toEqual(expected);
});

test.each<[string, Partial<Circumstances>]>([
	['On Error = Stop', { stopOnError: true }],
	['401, or 429 until patience is over', { endsAll: true }],
])('%s: what fails now ends the run, and nothing else does', (_name, around) => {
	const ends = (came: Came, remembered: Remembered = 'nothing') =>
		verdict(came, remembered, { ...plain, ...around }).endsRun;
	expect([ends('givenUp'), ends('refused'), ends('unknown')]).toEqual([true, true, true]);
	expect([ends('done'), ends('notTried'), ends('nothing')]).toEqual([false, false, false]);
	// What an earlier try left open does not hold up the others.
	expect([ends('nothing', 'unknown'), ends('nothing', 'onItsWay')]).toEqual([false, false]);
});
