import { NodeOperationError } from 'n8n-workflow';
import type { Words } from '../../api/faults';
import type { Requester } from '../../api/requester';
import type { Host } from '../host';
import type { OfQuestion, OfWrite } from '../operation';
import type { AttemptContext } from './attempt';
import type { Decisions } from './decisions';
import type { Guards } from './guards/guards';
import type { Results } from './results';
import type { RunLedger } from './runLedger';
import type { SendSettings } from './settings';
import { isRepeatable, toOf } from './task';
import type { Task } from './task';

/** What the steps of a run share. */
export interface RunParts {
	host: Host;
	operation: OfWrite | OfQuestion;
	settings: SendSettings;
	runLedger: RunLedger;
	results: Results;
	decisions: Decisions;
	guards: Guards;
}

/** What the words for a task depend on. */
export function contextOf(
	{ host, operation, settings }: Pick<RunParts, 'host' | 'operation' | 'settings'>,
	{ secrets }: Requester,
	task?: Task,
): AttemptContext {
	const { resendUnknown } = settings;
	const repeatable = isRepeatable(task ?? {}, operation.write);
	const write = { ...operation.write, repeatable };
	return { write, secrets, timezone: host.timezone, resendUnknown, to: task && toOf(task, write) };
}

/** What there is to say of an exception. */
export function wordsOf(exception: unknown, { node }: Host): Words {
	const { message, description } = new NodeOperationError(node, exception as Error);
	return { message, description: description ?? '' };
}
