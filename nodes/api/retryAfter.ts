import type { IN8nHttpFullResponse } from 'n8n-workflow';

/** A year, in ms. */
const LONGEST = 365 * 24 * 3_600_000;

/**
 * The wait that the header `Retry-After` asks for: seconds (some servers give fractions) or an HTTP date, which is
 * read by the server's own clock where the answer tells it (https://www.rfc-editor.org/rfc/rfc9110#name-retry-after).
 * @param headers of the answer, names in lower case
 * @returns ms from now, never negative; undefined when the header is missing or says nothing readable
 */
export function retryAfterMs(headers: IN8nHttpFullResponse['headers']): number | undefined {
	const header = headers['retry-after'];
	if (typeof header !== 'string' || header.trim() === '') return undefined;
	const seconds = Number(header);
	// What nobody could wait for is as long as a year.
	if (!Number.isNaN(seconds)) return seconds >= 0 ? Math.min(seconds * 1000, LONGEST) : undefined;
	const until = Date.parse(header);
	const now = Date.parse(String(headers.date));
	if (Number.isNaN(until)) return undefined;
	return Math.min(Math.max(0, until - (Number.isNaN(now) ? Date.now() : now)), LONGEST);
}
