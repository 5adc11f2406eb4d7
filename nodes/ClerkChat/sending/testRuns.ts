import type { RunParts } from './decisions';
import type { Guards } from './guards/guards';
import { taskOf } from './task';
import type { Task } from './task';

/**
 * What is really sent. In executions that were started in the editor, and set so with 'In Test Runs', that is nothing, or
 * the first message, to 'Test Recipient'. Everywhere else it is everything.
 */
export function realTasks(
	tasks: Task[],
	{ settings, runLedger, operation: { write } }: RunParts,
): Task[] {
	const { testRuns, testRecipient } = settings;
	if (!write.preview || testRuns === 'send') return tasks;
	if (testRuns === 'preview') return [];
	return tasks.slice(0, 1).map((first) => {
		const body = { ...first.request.body, recipients: [testRecipient!] };
		return taskOf({ ...first, request: { ...first.request, body } }, runLedger, write);
	});
}

/**
 * Gives out the others as what would be sent.
 * @param real what is really sent
 * @param wouldSkip tells what Skip If Sent would leave out
 * @returns how many would be sent, after Skip If Sent and the guards
 */
export async function showPreviews(
	shown: Task[],
	real: Task[],
	{ operation: { write }, results }: RunParts,
	guards: Guards,
	wouldSkip: (tasks: Task[]) => Promise<Set<Task>>,
): Promise<number> {
	const { preview } = write;
	if (!preview || shown.length === 0) return 0;
	const skipped = await wouldSkip(shown);
	// What is held back fails here, too.
	const left = shown.filter((task) => !skipped.has(task) && !results.has(task));
	await guards.allowed(left, undefined, real);
	const open = shown.filter((task) => !results.has(task));
	for (const each of open) {
		const mark = skipped.has(each) ? { skipped: true } : {};
		results.succeed(each, [{ ...preview(each.request), ...mark }]);
	}
	return open.filter((task) => !skipped.has(task)).length;
}
