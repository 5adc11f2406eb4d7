import type { Write } from '../operation';
import { previewHint } from '../words/sendingHints';
import { taskOf } from './readTasks';
import type { RunLedger } from './runLedger';
import type { RunParts } from './runParts';
import type { SendSettings } from './settings';
import type { Task } from './task';

/**
 * What is really sent. In executions that were started in the editor, and set so with 'In Test Runs', that is nothing, or
 * the first message, to 'Test Recipient'; the others come out as what would be sent. Everywhere else it is everything.
 * @param wouldSkip tells what Skip If Sent would leave out
 */
export async function leaveOutPreviews(
	tasks: Task[],
	{ testRuns, testRecipient }: SendSettings,
	parts: Pick<RunParts, 'host' | 'operation' | 'runLedger' | 'results' | 'guards'>,
	wouldSkip: (tasks: Task[]) => Promise<Set<Task>>,
): Promise<Task[]> {
	const { host, operation, runLedger, results, guards } = parts;
	const { write } = operation;
	const { preview } = write;
	if (!preview || testRuns === 'send') return tasks;
	const [first] = tasks;
	const real =
		testRuns === 'redirect' && first ? [redirected(first, testRecipient!, runLedger, write)] : [];
	const shown = tasks.slice(real.length);
	const skipped = await wouldSkip(shown);
	// What is held back fails here, too.
	const left = shown.filter((task) => !skipped.has(task) && !results.has(task));
	await guards.allowed(left, undefined, true);
	for (const each of shown.filter((task) => !results.has(task))) {
		const mark = skipped.has(each) ? { skipped: true } : {};
		results.succeed(each, [{ ...preview(each.request), ...mark }]);
	}
	if (shown.length > 0) host.addHint?.(previewHint(write, shown.length, real.length > 0));
	return real;
}

function redirected(task: Task, to: string, runLedger: RunLedger, write: Write): Task {
	const body = { ...task.request.body, recipients: [to] };
	const redirectedTask = taskOf({ ...task, request: { ...task.request, body } }, runLedger, write);
	runLedger.assign(redirectedTask.claims);
	return redirectedTask;
}
