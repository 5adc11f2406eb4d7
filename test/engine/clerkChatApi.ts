import type { IDataObject, IHttpRequestMethods } from 'n8n-workflow';
import nock from 'nock';
import { validateRequest, validateResponse } from '../sandbox/openApiDocument';
import { mistakes } from './closeNetwork';
import { BASE_URL } from './engine';
import { sent } from './messages';

/** A request as it arrived. */
export interface Received {
	method: string;
	/** Path without the query. */
	path: string;
	query: Record<string, string | string[]>;
	headers: Record<string, string>;
	body: IDataObject;
	/** What of it the OpenAPI document does not allow; empty when all is well. */
	violations: string[];
}

/** An answer: status, body, headers. */
export type Answer = [number, unknown?, Record<string, string>?];

const METHODS: IHttpRequestMethods[] = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'];

/**
 * Answers every request to the API and keeps it. Requests are compared with the OpenAPI document.
 * @param documented whether 2xx answers are compared with it, too; false for answers that it does not allow
 * @param record answers to looks at the record of messages, which are not kept; without it they are answered with 403 as
 * soon as something was written
 * @param baseUrl where it listens; where the credential of these tests leads when left out
 */
export function clerkChatApi(
	answer: (request: Received, index: number) => Answer | Promise<Answer>,
	{
		documented = true,
		record,
		baseUrl = BASE_URL,
	}: {
		documented?: boolean;
		record?: (request: Received) => Answer | Promise<Answer>;
		baseUrl?: string;
	} = {},
): Received[] {
	const received: Received[] = [];
	const isLook = ({ method, path }: Received) =>
		method === 'GET' &&
		path === '/public/messages' &&
		(record !== undefined || received.some((earlier) => earlier.method !== 'GET'));
	const answerTo = async (request: Received): Promise<Answer> => {
		try {
			return await answer(request, received.length - 1);
		} catch (error) {
			mistakes.push(`the test's own answer fails: ${String(error)}`);
			return [500];
		}
	};
	const reply = async function (this: nock.ReplyFnContext, uri: string, raw: nock.Body) {
		const url = new URL(uri, baseUrl);
		const { method, headers } = this.req as unknown as Received;
		const query: Received['query'] = {};
		for (const name of new Set(url.searchParams.keys())) {
			const values = url.searchParams.getAll(name);
			query[name] = values.length > 1 ? values : values[0];
		}
		const body = (raw === '' ? undefined : raw) as IDataObject;
		const violations = validateRequest(method, url.pathname, body, query);
		const request = { method, path: url.pathname, query, headers, body, violations };
		const look = isLook(request);
		if (!look) received.push(request);
		const [status, responseBody, responseHeaders] = look
			? await (record ?? closedRecord)(request)
			: await answerTo(request);
		if (documented && status < 300) {
			const wrong = validateResponse(method, url.pathname, status, responseBody);
			if (wrong.length > 0)
				mistakes.push(`the test's own answer is not valid: ${wrong.join('; ')}`);
		}
		return [status, responseBody as nock.Body, responseHeaders ?? {}] as nock.ReplyFnResult;
	};
	const api = nock(baseUrl).persist();
	for (const method of METHODS) api.intercept(/.*/, method).reply(reply);
	return received;
}

function closedRecord(): Answer {
	return [403, { message: 'This key may not read messages' }];
}

/** Clerk Chat, which responds as given to each of these texts, and sends all others. */
export const answering = (byText: Record<string, Answer>): Received[] =>
	clerkChatApi((request, index) => byText[String(request.body.body)] ?? sent(request, index));
