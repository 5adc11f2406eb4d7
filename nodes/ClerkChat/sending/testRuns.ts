import type { RunParts } from './decisions';
import type { Guards } from './guards/guards';
import { taskOf } from './task';
import type { Task } from './task';

/**
 * The tasks to really send. In executions started in the editor, 'In Test Runs' may reduce them to none, or to the
 * first message, redirected to 'Test Recipient'. Everywhere else, all of them.
 */
export function realTasks(
	tasks: Task[],
	{ settings, runLedger, operation: { write } }: RunParts,
): Task[] {
	const { testRuns, testRecipient } = settings;
	if (!write.preview || testRuns === 'send') return tasks;
	if (testRuns === 'preview') return [];
	return tasks.slice(0, 1).map(({ item, part, request }) => {
		const body = { ...request.body, recipients: [testRecipient!] };
		return taskOf({ item, part, request: { ...request, body } }, runLedger, write);
	});
}

/**
 * Returns the other tasks as previews of what would be sent.
 * @param before what a real run sends before them
 * @param skipped the shown tasks that Skip If Sent would skip
 * @returns how many would be sent, after Skip If Sent and the guards
 */
export async function showPreviews(
	shown: Task[],
	before: Task[],
	skipped: Set<Task>,
	{ operation: { write }, results }: RunParts,
	guards: Guards,
): Promise<number> {
	const { preview } = write;
	if (!preview || shown.length === 0) return 0;
	// What a guard holds back fails in a preview, too.
	const left = results.left(shown).filter((task) => !skipped.has(task));
	await guards.allowed(left, undefined, before);
	const open = results.left(shown);
	for (const each of open) {
		const mark = skipped.has(each) ? { skipped: true } : {};
		results.succeed(each, [{ ...preview(each.request), ...mark }]);
	}
	return open.filter((task) => !skipped.has(task)).length;
}
