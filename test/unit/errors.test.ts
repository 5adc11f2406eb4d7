import type { IDataObject, INode } from 'n8n-workflow';
import { detailOf, errorIn } from '../../nodes/api/errorBodies';
import { apiError } from '../../nodes/api/errors';
import { redact, wordsFor } from '../../nodes/api/faults';

const telling = (...secrets: string[]) => ({ secrets, timezone: 'Europe/Berlin' });

test.each<[unknown, string]>([
	[{ message: 'No such number' }, 'No such number'],
	[
		{ message: ['a is wrong', 'b is wrong'], error: 'Unprocessable Entity' },
		'a is wrong; b is wrong',
	],
	[{ error: 'Forbidden' }, 'Forbidden'],
	[{ error: { message: 'Nested' } }, 'Nested'],
	[{ errors: [{ title: 'Bad', detail: 'Too long' }, 'plain'] }, 'Too long; Bad; plain'],
	[{ errors: [{ field: 'phone', message: 'is not valid' }] }, 'phone: is not valid'],
	[
		{ message: [{ property: 'body', constraints: { isString: 'must be a string' } }] },
		'body: must be a string',
	],
	[{ message: 'same', detail: 'same' }, 'same'],
	[{ statusCode: 500 }, ''],
	['<html>', ''],
	['recipient has\nopted out ', 'recipient has opted out'],
	[undefined, ''],
	[null, ''],
])("the vendor's detail in %j", (body, expected) => {
	expect(detailOf(body)).toBe(expected);
});

test.each<[unknown, string | undefined]>([
	[undefined, undefined],
	[null, undefined],
	['', undefined],
	[{}, undefined],
	['No such list', 'No such list'],
	[{ message: 'No such list' }, 'No such list'],
	[{ reason: 7 }, 'no reason was given'],
])('the `error` %j of something that came with a 2xx', (error, expected) => {
	expect(errorIn({ error } as IDataObject)).toBe(expected);
});

test('n8n classifies what it can: the wait after a 429, an invalid key', () => {
	const node = { name: 'Clerk Chat', type: 'clerkChat' } as INode;
	const failureOf = (fault: Parameters<typeof wordsFor>[0]) =>
		apiError(node, wordsFor(fault, telling()), { fault, itemIndex: 0 }).failure;
	expect(failureOf({ status: 429, retryAfterMs: 2000 })).toEqual({
		cause: 'rate-limited',
		retryAfterMs: 2000,
	});
	expect(failureOf({ status: 401 })).toEqual({ cause: 'credential-invalid' });
	expect(failureOf({ status: 503 })).toMatchObject({ cause: 'temporarily-unavailable' });
	expect(failureOf({ status: 422 })).toBeUndefined();
});

test.each([
	[429, 'Clerk Chat is receiving too many requests'],
	[503, "Clerk Chat couldn't handle the request because of an issue on its side"],
	[403, "The answer doesn't look like one from Clerk Chat"],
])('a %i that is a web page: %s', (status, message) => {
	expect(wordsFor({ status, body: '<!doctype html><p>Busy</p>' }, telling())).toMatchObject({
		message,
	});
});

test('no message uses the words that n8n asks to avoid', () => {
	const statuses = [200, 302, 400, 401, 402, 403, 404, 422, 429, 500];
	const connections = ['notMade', 'lost', 'timeout', 'blocked'] as const;
	const faults = [
		...statuses.map((status) => ({ status })),
		...connections.map((connection) => ({ connection })),
	];
	for (const fault of faults) {
		const { message, description } = wordsFor(fault, telling());
		expect(`${message} ${description}`).not.toMatch(/\b(error|problem|failure|mistake)/i);
		expect(message).not.toMatch(/\.$/);
	}
});

test('secrets are redacted everywhere', () => {
	expect(redact('key abcdef, again abcdef', ['abcdef'])).toBe('key ***, again ***');
	expect(redact('nothing', [''])).toBe('nothing');
});

test("n8n shows the API's full message, without the key", () => {
	const node = { name: 'Clerk Chat', type: 'clerkChat' } as INode;
	const fault = { status: 422, body: { message: 'sender is not registered for key-1234' } };
	const error = apiError(node, wordsFor(fault, telling('key-1234')), { fault, itemIndex: 0 });
	expect(error.message).toBe("Clerk Chat didn't accept the values of this item");
	expect(error.messages).toEqual(['sender is not registered for ***']);
});

test('a long text is shortened, leaving nothing of a secret at its end', () => {
	const body = { message: `${'x'.repeat(490)}key-12345678901234567890` };
	const { detail } = wordsFor({ status: 400, body }, telling('key-12345678901234567890'));
	expect(detail).toBe(`${'x'.repeat(490)}***`);
	expect(
		wordsFor({ status: 400, body: { message: 'y'.repeat(2000) } }, telling()).detail,
	).toHaveLength(500);
});
