import type { INode } from 'n8n-workflow';
import type { Host } from '../../nodes/ClerkChat/host';
import { Memory } from '../../nodes/ClerkChat/sending/memory';

/* What two retries of one execution remember of each other. */

const request = { method: 'POST' as const, url: '/public/messages', body: { body: 'a' } };

/** A retry of an execution; `context` is what n8n saved of that one. */
const memoryIn = (executionId: string, context: object) =>
	new Memory({
		node: { name: 'Clerk Chat', parameters: {} } as INode,
		context,
		runIndex: '0',
		executionId,
		itemCount: 1,
	} as Host);

/** What n8n saved of a failed execution, for each of its retries. */
const savedOf = (executionId: string) => {
	const context = {};
	const memory = memoryIn(executionId, context);
	memory.note(memory.fingerprintOf(0, request), { outcome: 'unknown' });
	return () => structuredClone(context);
};

test.each(['is not found on record', 'was certainly not sent'])(
	'what one retry sent stays sent when the other one learns that its own message %s',
	(what) => {
		const saved = savedOf(`first, ${what}`);
		const context = saved();
		const one = memoryIn('one', context);
		const other = memoryIn('other', saved());
		const fingerprint = one.fingerprintOf(0, request);
		const before = one.recall(fingerprint);
		one.note(fingerprint, { outcome: 'unknown' });
		other.note(other.fingerprintOf(0, request), { outcome: 'done', results: [{ id: 1 }] });
		if (what === 'is not found on record') one.note(fingerprint, { outcome: 'unknown' });
		else one.restore(fingerprint, before);
		const nextTry = memoryIn('one', context);
		expect(nextTry.recall(fingerprint)).toMatchObject({ outcome: 'done', results: [{ id: 1 }] });
	},
);
