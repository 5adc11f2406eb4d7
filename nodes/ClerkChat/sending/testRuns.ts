import type { Host } from '../host';
import type { Write } from '../operation';
import { previewHint } from '../words/sendingHints';
import type { Results } from './results';
import type { RunLedger } from './runLedger';
import type { SendSettings } from './settings';
import { taskOf } from './readTasks';
import type { Task } from './task';

/**
 * What is really sent. In executions that were started in the editor, and set so with 'In Test Runs', that is nothing, or
 * the first message, to 'Test Recipient'; the others come out as what would be sent. Everywhere else it is everything.
 */
export function leaveOutPreviews(
	tasks: Task[],
	{ testRuns, testRecipient }: SendSettings,
	{
		host,
		write,
		runLedger,
		results,
	}: { host: Host; write: Write; runLedger: RunLedger; results: Results },
): Task[] {
	const { preview } = write;
	if (!preview || testRuns === 'send') return tasks;
	const [first] = tasks;
	const real =
		testRuns === 'redirect' && first ? [redirected(first, testRecipient!, runLedger, write)] : [];
	const shown = tasks.slice(real.length);
	for (const each of shown) results.succeed(each, [preview(each.request)]);
	if (shown.length > 0) host.addHint?.(previewHint(write, shown.length, real.length > 0));
	return real;
}

function redirected(task: Task, to: string, runLedger: RunLedger, write: Write): Task {
	const body = { ...task.request.body, recipients: [to] };
	const redirectedTask = taskOf({ ...task, request: { ...task.request, body } }, runLedger, write);
	runLedger.assign(redirectedTask.claims);
	return redirectedTask;
}
