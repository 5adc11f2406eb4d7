import { sendMessage, useSandbox } from './ask';

const sandbox = useSandbox();

/** Sends to a number; a broken connection counts as an answer, too. */
async function sendTo(number: string) {
	return await sendMessage(sandbox.url, number).catch(({ cause }: Error) => {
		const { code } = cause as NodeJS.ErrnoException;
		return { status: code, text: '', headers: new Headers() };
	});
}

type Status = number | 'ECONNRESET';
/** How many of two tries are on record; the answers to both; the words and `Retry-After` of the first one. */
type Row = [string, kept: number, Status, Status, RegExp, retryAfter?: RegExp];

test.each<Row>([
	['+15005550400', 0, 400, 400, /"message":"/],
	['+15005550401', 0, 401, 401, /^{"statusCode":401,"message":"Unauthorized"}$/],
	['+15005550403', 0, 403, 403, /^{"error":"[^"]+"}$/],
	['+15005550404', 0, 404, 404, /^{"errors":\[.*"detail":"/],
	['+15005550422', 0, 422, 422, /"message":\["[^"]+","[^"]+"\]/],
	['+15005550429', 0, 429, 429, /"message":"/, /^1$/],
	['+15005550500', 0, 500, 500, /"message":"Internal server error"/],
	['+15005550502', 0, 502, 502, /^{"errors":\[.*"detail":"/],
	['+15005550503', 0, 503, 503, /"message":\["[^"]+"\],"error":"/],
	['+15005550504', 0, 504, 504, /^upstream request timeout$/],
	['+15005550601', 0, 'ECONNRESET', 'ECONNRESET', /^$/],
	['+15005550602', 2, 'ECONNRESET', 'ECONNRESET', /^$/],
	['+15005550603', 0, 200, 200, /^<!doctype html>/],
	['+15005550604', 0, 502, 502, /^<!doctype html>/],
	['+15005550605', 2, 201, 201, /"status":"failed","error":"The.*"errorCode":30007/],
	['+15005550606', 2, 201, 201, /^{"ok":true}$/],
	['+15005550607', 2, 201, 201, /^{"data":{"id":1,"bo$/],
	['+15005550608', 0, 302, 302, /^$/],
	['+15005550610', 1, 429, 201, /"message":"/],
	['+15005550611', 1, 429, 201, /"message":"/, /GMT$/],
	['+15005550612', 1, 429, 201, /"message":"/, /^1$/],
	['+15005550613', 1, 500, 201, /Internal server error/],
	['+15005550614', 2, 500, 500, /Internal server error/],
])('%s keeps %i of two, and responds with %s, then %s', async (number, kept, ...rest) => {
	const [first, second, text, retryAfter] = rest;
	const answers = [await sendTo(number), await sendTo(number)];
	expect(answers.map(({ status }) => status)).toEqual([first, second]);
	expect(answers[0].text).toMatch(text);
	expect(answers[0].headers.get('retry-after') ?? '').toMatch(retryAfter ?? /^$/);
	expect(sandbox.messages()).toHaveLength(kept);
});
