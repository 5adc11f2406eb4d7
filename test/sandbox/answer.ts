/** What the sandbox answers to a request. */
export interface Answer {
	status: number;
	headers?: Record<string, string>;
	/** Sent as JSON. */
	json?: unknown;
	/** Sent as it is, when there is no `json`. */
	text?: string;
	/** How long after the headers the rest is sent, in milliseconds. */
	bodyAfterMs?: number;
}

/** The outcome of a request: a response after a delay in milliseconds, or a broken connection. */
export type Outcome = { answer: Answer; delayMs?: number } | 'reset';

/**
 * An error in NestJS's default shape, which a service like this one most likely uses.
 *
 * @param status HTTP status
 * @param error the name of the status, for example `Not Found`
 * @param message one text, or a list of them
 */
export function errorAnswer(status: number, error: string, message: string | string[]): Answer {
	return { status, json: { statusCode: status, message, error } };
}

/**
 * An HTML page, as proxies, firewalls and login walls send it.
 *
 * @param status HTTP status
 * @param title shown as title and heading
 */
export function htmlAnswer(status: number, title: string): Answer {
	return {
		status,
		headers: { 'content-type': 'text/html; charset=utf-8' },
		text: `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
	};
}
