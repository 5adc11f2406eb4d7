import type { IDataObject } from 'n8n-workflow';
import { objectionTo } from '../../nodes/api/messageStatus';

/* Why a message that Clerk Chat accepted doesn't count as sent. */

test.each<[IDataObject, ReturnType<typeof objectionTo>]>([
	[{ status: 'sent' }, undefined],
	[{ status: 'SENT', error: null, errorCode: null }, undefined],
	[{ status: 'delivered', error: '', errorCode: 0 }, undefined],
	[{ status: 'delivered', error: {}, errorCode: '0' }, undefined],
	[{ status: 'failed' }, { outcome: 'refused', reason: 'no reason was given' }],
	[
		{ status: 'FAILED', error: 'No route' },
		{ outcome: 'refused', reason: 'No route' },
	],
	[
		{ status: 'undelivered', errorCode: 30003 },
		{ outcome: 'refused', reason: 'code 30003' },
	],
	[
		{ status: ' Undelivered ', errorCode: '0' },
		{ outcome: 'refused', reason: 'no reason was given' },
	],
	[
		{ status: 'sent', errorCode: 5 },
		{ outcome: 'unknown', reason: 'code 5' },
	],
	[
		{ status: 'sent', error: 'Late', errorCode: 5 },
		{ outcome: 'unknown', reason: 'Late, code 5' },
	],
	[{ error: 'Late' }, { outcome: 'unknown', reason: 'Late' }],
])('%j', (message, objection) => {
	expect(objectionTo(message)).toEqual(objection);
});
