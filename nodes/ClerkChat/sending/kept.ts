import { randomBytes } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import type { Host } from '../host';
import type { Notes } from './notes';

/** What the node keeps in its own part of the execution's data. */
export interface Kept {
	/** Tells this execution, and all that try it again, from others. */
	id: string;
	/** The execution that made it. In another one it has come along with the Retry button. */
	execution: string;
	/** Whether that was started in the editor. */
	isTestRun?: true;
	/** Whether that was called by another workflow. */
	isSubWorkflow?: true;
	notes?: Notes;
}

/** What is kept in an execution; made when there is nothing to remember, too: a retry has to know what it tries again. */
export function keptIn({ context, executionId, isTestRun, isSubWorkflow }: Host): Kept {
	const id = randomBytes(8).toString('base64url');
	const made: Kept = { id, execution: executionId };
	const kept = (context.sending ??= made as unknown as IDataObject) as unknown as Kept;
	if (isTestRun) kept.isTestRun = true;
	if (isSubWorkflow) kept.isSubWorkflow = true;
	return kept;
}
