import type { IHttpRequestOptions, IPollFunctions } from 'n8n-workflow';
import { receptionIn, REPLY_HEADERS, replyBody } from '../api/answering';
import type { Reception } from '../api/answering';
import { isObject } from '../api/bodies';
import { outcomeOfException } from '../api/outcome';

/**
 * What came of handing a reply over. Besides what the page of the question says:
 * - `notYet`: the execution that asked is not waiting at this moment.
 * - `unreachable`: nobody answered who knows this n8n's executions.
 */
export type HandedOver = Reception | 'notYet' | 'unreachable';

/** Why it is not known whether a text got to n8n: nothing answered, perhaps after a long while, or something that says no more. */
export type Unclear = 'noAnswer' | 'strange';

/** How long (ms) n8n's answer is waited for. */
const LONGEST_ANSWER = 10_000;

/** Where n8n listens unless it is told otherwise. */
const USUAL_ORIGIN = 'http://localhost:5678';

/** By n8n's address in links: the address at which it was reached last. An address that hangs costs time at every try. */
const reachedAt = new Map<string, string>();

/**
 * n8n's own address as it stands in the links it makes, ending in a slash: its REST address without the last part.
 * @returns undefined when n8n does not tell
 */
export function ownBase(context: IPollFunctions): string | undefined {
	const url = String(context.getRestApiUrl() ?? '');
	return URL.canParse(url) ? new URL('.', url).href : undefined;
}

/**
 * Posts a reply to the link of a question, at the addresses at which this n8n may be reached. The signature of a link
 * covers its path and its query, not the host.
 * @param link one that begins with this n8n's own address, see `linkIn`
 * @param ownAddress where the user says that n8n reaches itself; blank when they do not say
 * @param onUnclear called when the text may have arrived somewhere, and no answer says so
 */
export async function handOver(
	context: IPollFunctions,
	{ link, text, ownAddress }: { link: string; text: string; ownAddress: string },
	onUnclear: (why: Unclear) => void,
): Promise<HandedOver> {
	const { origin, pathname, search } = new URL(link);
	const entered = /^https?:/i.test(ownAddress) ? ownAddress : `http://${ownAddress}`;
	const asEntered = URL.canParse(entered) ? [new URL(entered).origin] : undefined;
	const known = reachedAt.get(origin);
	const origins = asEntered ?? [...(known ? [known] : []), origin, USUAL_ORIGIN];
	for (const each of new Set(origins)) {
		const handedOver = await post(context, `${each}${pathname}${search}`, text);
		if (isUnclear(handedOver)) onUnclear(handedOver);
		if (!handedOver || isUnclear(handedOver)) continue;
		reachedAt.set(origin, each);
		return handedOver;
	}
	return 'unreachable';
}

/** @returns undefined when it did not get to n8n */
async function post(
	{ helpers }: IPollFunctions,
	url: string,
	text: string,
): Promise<HandedOver | Unclear | undefined> {
	const request: IHttpRequestOptions = {
		method: 'POST',
		url,
		headers: { ...REPLY_HEADERS },
		body: replyBody(text),
		json: true,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		timeout: LONGEST_ANSWER,
	};
	try {
		const { statusCode, body } = (await helpers.httpRequest(request)) as {
			statusCode: number;
			body: unknown;
		};
		const said = receptionIn(body) ?? wordOfN8n(statusCode, body);
		// Something between gave up waiting for n8n, which may go on with it.
		return said ?? (statusCode === 408 || statusCode >= 500 ? 'strange' : undefined);
	} catch (exception) {
		return outcomeOfException(exception).kind === 'unknown' ? 'noAnswer' : undefined;
	}
}

function isUnclear(what: HandedOver | Unclear | undefined): what is Unclear {
	return what === 'noAnswer' || what === 'strange';
}

/**
 * What n8n says where it does not call the node, by its own words (waiting-webhooks in n8n/dist/webhooks, the same in
 * 1.123 and 2.40). Anything else may come from something between, such as a page to sign in.
 */
function wordOfN8n(status: number, body: unknown): HandedOver | undefined {
	const words = isObject(body) ? String(body.message ?? body.error) : String(body);
	if (status === 409) return /is running already/.test(words) ? 'notYet' : 'closed';
	if (status === 404 && /The execution "\d+" does not exist/.test(words)) return 'closed';
	if (status === 401 && /Invalid token|Invalid Form Link/.test(words)) return 'closed';
	return status === 200 && /<title>No action required/.test(words) ? 'closed' : undefined;
}
