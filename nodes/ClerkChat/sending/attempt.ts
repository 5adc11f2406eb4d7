import type { IDataObject } from 'n8n-workflow';
import type { Outcome } from '../../api/outcome';
import { redact, wordsFor } from '../../api/faults';
import type { Fault, Words } from '../../api/faults';
import { idOf } from '../../api/record';
import type { Search } from '../../api/recordSearch';
import type { Requester } from '../../api/requester';
import type { Host } from '../host';
import type { Write } from '../write';
import { rejected } from '../words/sendingWords';
import {
	adviceWhenUnknown,
	answeredWithError,
	doubtful,
	notOnRecord,
	perhapsOnRecord,
} from '../words/unclearWords';
import type { SendSettings } from './settings';
import { isRepeatable, toOf } from './task';
import type { Task } from './task';
import type { Attempt } from './verdict';

/** The result of a request: what to return, or what to say about it. */
export interface AttemptResult {
	attempt: Exclude<Attempt, 'notYet'>;
	results?: IDataObject[];
	words?: Words;
	fault?: Fault;
	/** The ID that an unclear response gave the message. */
	givenId?: string;
	/** Whether the record shows the message, or one like it. */
	isOnRecord?: true;
}

/** What the wording of a result depends on. */
interface AttemptContext {
	write: Write;
	secrets: string[];
	/** The time zone of the workflow, such as `Europe/Berlin`. */
	timezone: string;
	/** Whether a retry resends what may have been sent. */
	resendUnknown: boolean;
	/** The recipient; left out when several items share the request. */
	to?: string;
}

/** What the wording for a task depends on. */
export function contextOf(
	run: { host: Host; operation: { write: Write }; settings: SendSettings },
	{ secrets }: Requester,
	task?: Task,
): AttemptContext {
	const { timezone } = run.host;
	const { resendUnknown } = run.settings;
	const write = {
		...run.operation.write,
		repeatable: isRepeatable(task ?? {}, run.operation.write),
	};
	return { write, secrets, timezone, resendUnknown, to: task && toOf(task, write) };
}

/**
 * Turns the outcome of a request into a result.
 * @param outcome undefined when no request was made
 */
export function readAttempt(
	outcome: Outcome<IDataObject[]> | undefined,
	context: AttemptContext,
): AttemptResult {
	const { write, to, resendUnknown } = context;
	if (!outcome) return { attempt: 'notTried' };
	if (outcome.kind === 'done') return readAnswer(outcome.result, context, outcome.status);
	const { kind: attempt, fault } = outcome;
	const words = wordsFor(fault, context);
	if (attempt === 'refused') return { attempt, words, fault };
	const advice = adviceWhenUnknown(write, resendUnknown, fault);
	const description = `${words.detail ? `Details: "${words.detail}". ` : ''}${advice}`;
	return { attempt, words: doubtful(write, { ...words, description }, to), fault };
}

/** Reads what Clerk Chat returned for a request, in its response or on its record. */
export function readAnswer(
	results: IDataObject[],
	{ write, to, secrets, resendUnknown }: AttemptContext,
	status = 200,
): AttemptResult {
	const objections = results.map((result) => write.objection?.(result));
	const given = objections.find((objection) => objection !== undefined);
	if (!given) return { attempt: 'sent', results };
	const reason = redact(given.reason, secrets);
	// If some results are marked as failed, the others may have reached someone.
	if (objections.every((objection) => objection?.outcome === 'refused')) {
		return { attempt: 'failed', results, words: rejected(write, reason), fault: { status } };
	}
	const words = doubtful(write, answeredWithError(write, reason, resendUnknown), to);
	const givenId = results.length === 1 ? idOf(results[0]) : undefined;
	return { attempt: 'unknown', words, fault: { status }, givenId };
}

/** Reads what a search of the record says of a message whose outcome it did not settle. */
export function readSearch(result: AttemptResult, search: Search, write: Write): AttemptResult {
	const { match } = search;
	if (match?.answer === 'perhaps') {
		const words = perhapsOnRecord(write, match, result.words);
		return { ...result, words, isOnRecord: true };
	}
	return { ...result, words: result.words && notOnRecord(result.words, search) };
}
