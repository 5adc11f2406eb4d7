import type { IN8nHttpFullResponse } from 'n8n-workflow';

/** A year, in ms. */
const LONGEST = 365 * 24 * 3_600_000;

/**
 * The wait requested by a `Retry-After` header: seconds (some servers send fractions) or an HTTP date, which is
 * compared with the server's own clock if the response shows it
 * (https://www.rfc-editor.org/rfc/rfc9110#name-retry-after).
 * @param headers of the response, names in lower case
 * @returns ms from now, never negative; undefined when the header is missing or unreadable
 */
export function retryAfterMs(headers: IN8nHttpFullResponse['headers']): number | undefined {
	const header = headers['retry-after'];
	if (typeof header !== 'string' || header.trim() === '') return undefined;
	const seconds = Number(header);
	// Cap absurd waits at a year.
	if (!Number.isNaN(seconds)) return seconds >= 0 ? Math.min(seconds * 1000, LONGEST) : undefined;
	const until = Date.parse(header);
	const now = Date.parse(String(headers.date));
	if (Number.isNaN(until)) return undefined;
	return Math.min(Math.max(0, until - (Number.isNaN(now) ? Date.now() : now)), LONGEST);
}
