import { retryAfterMs } from '../../nodes/ClerkChat/requests/retryAfter';

const now = Date.parse('2026-01-01T00:00:00Z');

test.each<[unknown, number | undefined]>([
	['2', 2000],
	['0', 0],
	['0.5', 500],
	[' 7 ', 7000],
	['-3', undefined],
	['Thu, 01 Jan 2026 00:00:10 GMT', 10_000],
	['Wed, 31 Dec 2025 23:00:00 GMT', 0],
	['soon', undefined],
	['', undefined],
	[undefined, undefined],
	[['1', '2'], undefined],
])('Retry-After: %p', (header, expected) => {
	expect(retryAfterMs(header, now)).toBe(expected);
});
