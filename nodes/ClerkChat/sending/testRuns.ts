import type { Write } from '../operation';
import { previewHint } from '../words/sendingHints';
import { taskOf } from './readTasks';
import type { RunLedger } from './runLedger';
import type { RunParts } from './runParts';
import type { SendSettings } from './settings';
import type { Task } from './task';

/**
 * What is really sent. In executions that were started in the editor, and set so with 'In Test Runs', that is nothing, or
 * the first message, to 'Test Recipient'. Everywhere else it is everything.
 */
export function realTasks(
	tasks: Task[],
	{ testRuns, testRecipient }: SendSettings,
	runLedger: RunLedger,
	write: Write,
): Task[] {
	if (!write.preview || testRuns === 'send') return tasks;
	if (testRuns === 'preview') return [];
	return tasks.slice(0, 1).map((first) => redirected(first, testRecipient!, runLedger, write));
}

/**
 * Gives out the others as what would be sent.
 * @param real how many are really sent
 * @param wouldSkip tells what Skip If Sent would leave out
 */
export async function showPreviews(
	shown: Task[],
	real: number,
	{
		host,
		operation: { write },
		results,
		guards,
	}: Pick<RunParts, 'host' | 'operation' | 'results' | 'guards'>,
	wouldSkip: (tasks: Task[]) => Promise<Set<Task>>,
): Promise<void> {
	const { preview } = write;
	if (!preview || shown.length === 0) return;
	const skipped = await wouldSkip(shown);
	// What is held back fails here, too.
	const left = shown.filter((task) => !skipped.has(task) && !results.has(task));
	await guards.allowed(left, undefined, true);
	for (const each of shown.filter((task) => !results.has(task))) {
		const mark = skipped.has(each) ? { skipped: true } : {};
		results.succeed(each, [{ ...preview(each.request), ...mark }]);
	}
	host.addHint?.(previewHint(write, shown.length, real > 0));
}

function redirected(task: Task, to: string, runLedger: RunLedger, write: Write): Task {
	const body = { ...task.request.body, recipients: [to] };
	return taskOf({ ...task, request: { ...task.request, body } }, runLedger, write);
}
