import type { IDataObject, IHttpRequestOptions, IPollFunctions } from 'n8n-workflow';
import { HAND_OVER_HEADERS, handOverBody, receptionIn } from '../api/answering';
import type { HandOver, Received } from '../api/answering';
import { apiKeyOf } from '../api/apiKey';
import { isObject } from '../api/bodies';
import { connect } from '../api/connection';
import { outcomeOfException } from '../api/outcome';
import { signatureOf } from './answerLinks';

/**
 * The result of handing something over. In addition to what the question's page says:
 * - `notYet`: the execution that asked is not waiting at this moment.
 * - `unreachable`: nothing responded that knows this n8n's executions.
 */
export interface HandedOver extends Omit<Received, 'reception'> {
	verdict: Exclude<Received['reception'], 'notHere'> | 'notYet' | 'unreachable';
}

/** Why it is unknown whether it reached n8n: no response, perhaps after a long wait, or one that doesn't tell. */
export type Unclear = 'noAnswer' | 'strange';

/** How long (ms) to wait for n8n's response. */
const LONGEST_ANSWER = 10_000;

/** Where n8n listens by default. */
const USUAL_ORIGIN = 'http://localhost:5678';

/** By n8n's address in links: the address where it was last reached. Trying an address that hangs costs time. */
const reachedAt = new Map<string, string>();

/**
 * n8n's own address as in the links it makes, ending in a slash: its REST address without the last segment.
 * @returns undefined when n8n doesn't say
 */
export function ownBase(context: IPollFunctions): string | undefined {
	const url = String(context.getRestApiUrl() ?? '');
	return URL.canParse(url) ? new URL('.', url).href : undefined;
}

/** What is handed over, and where. */
interface ToQuestion {
	/** It begins with this n8n's own address, see `linkIn`. */
	link: string;
	/** Left out to ask only whether the question is open. */
	handOver?: HandOver;
	/** The address where n8n can reach itself, according to the user; blank if not set. */
	ownAddress: string;
}

/**
 * Hands something to a question, trying the addresses at which this n8n may be reached. A link's signature covers its
 * path and query, not the host.
 * @param onUnclear called when it may have arrived somewhere and no response says so, or when nothing responded
 */
export async function handOver(
	context: IPollFunctions,
	{ link, handOver: told, ownAddress }: ToQuestion,
	onUnclear: (why: Unclear) => void,
): Promise<HandedOver> {
	const { origin, pathname, search } = new URL(link);
	const entered = /^https?:/i.test(ownAddress) ? ownAddress : `http://${ownAddress}`;
	const asEntered = URL.canParse(entered) ? [new URL(entered).origin] : undefined;
	const known = reachedAt.get(origin);
	const origins = asEntered ?? [...(known ? [known] : []), origin, USUAL_ORIGIN];
	const key = told && apiKeyOf((await connect(context)).credential);
	const body = told && handOverBody(told, signatureOf(link), key!);
	for (const each of new Set(origins)) {
		// Another n8n may be listening there, whose executions have the same numbers.
		const isGuess = !asEntered && each !== origin && each !== known;
		const url = `${each}${pathname}${search}`;
		const handedOver = await send(context, { url, body, isGuess });
		if (isUnclear(handedOver)) onUnclear(handedOver);
		if (!handedOver || isUnclear(handedOver)) continue;
		if (handedOver.verdict !== 'notYet') reachedAt.set(origin, each);
		return handedOver;
	}
	return { verdict: 'unreachable' };
}

/** @returns undefined when it didn't reach this n8n */
async function send(
	{ helpers }: IPollFunctions,
	{ url, body, isGuess }: { url: string; body?: IDataObject; isGuess: boolean },
): Promise<HandedOver | Unclear | undefined> {
	const request: IHttpRequestOptions = {
		method: body ? 'POST' : 'GET',
		url,
		headers: { ...HAND_OVER_HEADERS },
		...(body && { body }),
		json: true,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		timeout: LONGEST_ANSWER,
	};
	try {
		const { statusCode, body: answer } = (await helpers.httpRequest(request)) as {
			statusCode: number;
			body: unknown;
		};
		const received = receptionIn(answer);
		if (received) {
			const { reception, ...more } = received;
			if (reception !== 'notHere') return { verdict: reception, ...more };
			return isGuess ? undefined : { verdict: 'closed' };
		}
		const said = wordOfN8n(statusCode, answer);
		if (said) return said === 'closed' && isGuess ? undefined : { verdict: said };
		// Something in between timed out waiting for n8n, which may still continue with it.
		return statusCode === 408 || statusCode >= 500 ? 'strange' : undefined;
	} catch (exception) {
		return outcomeOfException(exception).kind === 'unknown' ? 'noAnswer' : undefined;
	}
}

function isUnclear(what: HandedOver | Unclear | undefined): what is Unclear {
	return typeof what === 'string';
}

/**
 * Recognizes n8n's own responses when it doesn't call the node, by their wording (waiting-webhooks in
 * n8n/dist/webhooks, the same in 1.123 and 2.40). Anything else may come from something in between, such as a sign-in
 * page.
 */
function wordOfN8n(status: number, body: unknown): 'closed' | 'notYet' | undefined {
	const words = isObject(body) ? String(body.message ?? body.error) : String(body);
	if (status === 409) return /is running already/.test(words) ? 'notYet' : 'closed';
	if (status === 404 && /The execution "\d+" does not exist/.test(words)) return 'closed';
	if (status === 401 && /Invalid token|Invalid Form Link/.test(words)) return 'closed';
	return status === 200 && /<title>No action required/.test(words) ? 'closed' : undefined;
}
