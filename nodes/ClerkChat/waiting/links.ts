import type { FunctionsBase, IDataObject } from 'n8n-workflow';
import { isSame } from '../../api/isSame';
import { isPrivateHost } from '../../api/privateHosts';

type Signer = Pick<FunctionsBase, 'getSignedResumeUrl'>;

/**
 * The link to the page of a question. It is n8n's own, with its signature of 64 characters, and carries nothing else
 * that is not needed: with a host of 20 characters and an execution ID of 6 it has 164, where an SMS holds 160 in one
 * piece.
 * @param run what tells this run of the node from its other runs in the same execution (loops)
 */
export function answerLink(functions: Signer, run: string): string {
	return functions.getSignedResumeUrl(run === '0' ? {} : { run });
}

/**
 * Reads the query of a link that somebody opened. n8n 2.x looks at the signature before the node is called, n8n 1.x
 * does not.
 * @returns the run that the link belongs to; undefined when n8n did not make this link
 */
export function runOfLink(functions: Signer, query: IDataObject): string | undefined {
	const { signature, run = '0' } = query;
	if (typeof signature !== 'string' || typeof run !== 'string') return undefined;
	const expected = new URL(answerLink(functions, run)).searchParams.get('signature') ?? '';
	return isSame(signature, expected) ? run : undefined;
}

/** Whether phones outside this network can't open a link. */
export function isPrivate(link: string): boolean {
	return isPrivateHost(new URL(link).hostname);
}
