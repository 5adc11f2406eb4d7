import type { FunctionsBase, IDataObject } from 'n8n-workflow';
import { isSame } from '../../api/isSame';
import { isPrivateHost } from '../../api/privateHosts';

type Signer = Pick<FunctionsBase, 'getSignedResumeUrl'>;

/**
 * The link to the page of a question. It is n8n's own, with a signature of 64 characters and nothing that isn't needed.
 * With a 20-character host and a 6-digit execution ID, it has 164 characters, while a single SMS has 160.
 * @param run distinguishes this run of the node from others in the same execution (loops)
 */
export function answerLink(functions: Signer, run: string): string {
	return functions.getSignedResumeUrl(run === '0' ? {} : { run });
}

/**
 * Reads the query of a link that someone opened. n8n 2.x checks the signature before it calls the node, n8n 1.x
 * doesn't.
 * @returns the run that the link belongs to; undefined when n8n didn't make this link
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
