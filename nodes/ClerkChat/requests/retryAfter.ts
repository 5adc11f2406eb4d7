/**
 * The wait that a `Retry-After` header asks for: seconds (some servers give fractions) or an HTTP date
 * (https://www.rfc-editor.org/rfc/rfc9110#name-retry-after).
 * @param header the header's value as it came; anything else than text counts as missing
 * @param now Unix time in ms
 * @returns ms from now, never negative; undefined when the header is missing or says nothing readable
 */
export function retryAfterMs(header: unknown, now: number): number | undefined {
	if (typeof header !== 'string' || header.trim() === '') return undefined;
	const seconds = Number(header);
	if (!Number.isNaN(seconds)) return seconds >= 0 ? seconds * 1000 : undefined;
	const date = Date.parse(header);
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
