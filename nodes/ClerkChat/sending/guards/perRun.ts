import type { Host } from '../../host';
import { callsElsewhere, callsHere } from '../ledger/calls';
import type { RunLedger } from '../ledger/runLedger';
import type { Task } from '../task';
import { recipientsIn } from './guard';
import type { Guard, Hold, Planned } from './guard';
import { tooManyInCalls, tooManyInRun } from './words';

/**
 * Limits how many messages a run sends ('Most Messages in a Run'), counting one per recipient. For an AI agent, all
 * calls in an execution count together.
 */
export class MostInRun implements Guard {
	constructor(
		private readonly most: number,
		private readonly host: Host,
		private readonly runLedger: RunLedger,
	) {}

	checkRun(tasks: Task[]): Hold | undefined {
		const count = countOf(tasks);
		if (this.host.isTool || count <= this.most) return undefined;
		return { code: 'tooMany', words: tooManyInRun(count, this.most) };
	}

	check(task: Task, planned: Planned = new Map()): Hold | undefined {
		if (!this.host.isTool) return undefined;
		const coming = [...planned.values()].reduce((sum, count) => sum + count, 0);
		const count = this.sentByCalls(task) + coming + countOf([task]);
		if (count <= this.most) return undefined;
		return { code: 'tooMany', words: tooManyInCalls(count, this.most) };
	}

	/** How many messages all calls of the node in this execution sent, or may have sent, without this task. */
	private sentByCalls(task: Task): number {
		const own = new Set(this.runLedger.begunFor(task));
		const here = callsHere(task.claims[0]).filter((entry) => !own.has(entry));
		return here.length + callsElsewhere(this.host);
	}
}

function countOf(tasks: Task[]): number {
	return tasks.reduce((sum, task) => sum + recipientsIn(task).length, 0);
}
