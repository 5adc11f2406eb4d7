import { retryAfterMs } from '../../nodes/api/retryAfter';

test.each<[unknown, number | undefined]>([
	['2', 2000],
	['0', 0],
	['0.5', 500],
	[' 7 ', 7000],
	['-3', undefined],
	['soon', undefined],
	['', undefined],
	[undefined, undefined],
	[['1', '2'], undefined],
])('Retry-After: %p', (header, expected) => {
	expect(retryAfterMs({ 'retry-after': header as string })).toBe(expected);
});

test.each([
	['Thu, 01 Jan 2026 00:00:10 GMT', 10_000],
	['Wed, 31 Dec 2025 23:00:00 GMT', 0],
])("a date is read by the server's own clock: %s", (header, expected) => {
	const date = 'Thu, 01 Jan 2026 00:00:00 GMT';
	expect(retryAfterMs({ 'retry-after': header, date })).toBe(expected);
});

test("without the server's clock, a date is read by our own", () => {
	jest.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-01-01T00:00:00Z'));
	const header = 'Thu, 01 Jan 2026 00:00:10 GMT';
	expect(retryAfterMs({ 'retry-after': header })).toBe(10_000);
	jest.restoreAllMocks();
});
