import type { Host } from '../host';
import type { Write } from '../operation';
import type { Endings } from './endings';
import type { Memory } from './memory';
import type { Asked } from './requests';
import type { SendSettings } from './settings';
import { previewHint } from './hints';

/**
 * What is really sent. In executions that were started in the editor, and set so with 'In Test Runs', that is nothing, or
 * the first message, to 'Test Recipient'; the others come out as what would be sent. Everywhere else it is everything.
 */
export function leaveOutPreviews(
	asked: Asked[],
	{ testRuns, testRecipient }: SendSettings,
	{ host, write, memory, endings }: { host: Host; write: Write; memory: Memory; endings: Endings },
): Asked[] {
	const { preview } = write;
	if (!preview || testRuns === 'send') return asked;
	const [first] = asked;
	const real = testRuns === 'redirect' && first ? [redirected(first, testRecipient!, memory)] : [];
	const shown = asked.slice(real.length);
	for (const each of shown) endings.succeed(each, [preview(each.request)]);
	if (shown.length > 0) host.addHint?.(previewHint(write, shown.length, real.length > 0));
	return real;
}

function redirected(asked: Asked, to: string, memory: Memory): Asked {
	const request = {
		...asked.request,
		body: { ...asked.request.body, recipients: [to] },
	};
	return { ...asked, request, fingerprint: memory.fingerprintOf(asked.item, request, 'test') };
}
