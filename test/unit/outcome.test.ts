import { outcomeOfAnswer, outcomeOfException } from '../../nodes/api/outcome';

test.each<[string, number[]]>([
	['done', [200, 201, 202, 204]],
	['refused', [400, 401, 403, 404, 409, 422, 429, 499]],
	['unknown', [301, 302, 304, 307, 308, 408, 500, 502, 503, 504]],
])('%s: %j', (kind, statuses) => {
	for (const statusCode of statuses) {
		const answer = { statusCode, body: {}, headers: {} };
		expect({ statusCode, ...outcomeOfAnswer(answer, () => 'read') }).toMatchObject({
			statusCode,
			kind,
		});
	}
});

const withCode = (code: string, message = '') => Object.assign(new Error(message), { code });

test.each([
	'ECONNREFUSED',
	'ENOTFOUND',
	'CERT_HAS_EXPIRED',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'ERR_TLS_CERT_ALTNAME_INVALID',
	'ERR_SSL_WRONG_VERSION_NUMBER',
	'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
	'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
])('%s comes before a request is written: certainly not done', (code) => {
	expect(outcomeOfException(withCode(code))).toMatchObject({
		kind: 'refused',
		fault: { connection: 'notMade' },
	});
});

test.each(['connect', 'getaddrinfo'])('with any code, %s: certainly not done', (syscall) => {
	const exception = Object.assign(withCode('ETIMEDOUT'), { syscall });
	expect(outcomeOfException(exception)).toMatchObject({
		kind: 'refused',
		fault: { connection: 'notMade' },
	});
});

test('of several tried addresses, reports the last one', () => {
	const errors = ['::1', '127.0.0.1'].map((address) =>
		withCode('ECONNREFUSED', `connect ECONNREFUSED ${address}:443`),
	);
	const wrapped = new Error('', { cause: new AggregateError(errors) });
	expect(outcomeOfException(wrapped)).toMatchObject({
		kind: 'refused',
		fault: { connection: 'notMade', detail: 'connect ECONNREFUSED 127.0.0.1:443' },
	});
});

test.each([
	'ECONNRESET',
	'EPIPE',
	'ETIMEDOUT',
	'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
	'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC',
	'ERR_SSL_UNEXPECTED_EOF_WHILE_READING',
	'SOMETHING_NEW',
])('%s may happen while the response is read: unclear', (code) => {
	expect(outcomeOfException(withCode(code))).toMatchObject({ kind: 'unknown' });
});

describe('exceptions of n8n 1.x, which lack their cause', () => {
	/** NodeApiError of n8n-workflow 1.x, as it was seen for each of these. */
	const thrown = (httpCode: string, message: string) => ({
		name: 'NodeApiError',
		message: "n8n's own words for the code",
		httpCode,
		messages: [message, message],
	});

	test.each([
		['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'],
		['ENOTFOUND', 'getaddrinfo ENOTFOUND nope.invalid'],
		['ETIMEDOUT', 'connect ETIMEDOUT 10.0.0.1:443'],
		['EPROTO', 'write EPROTO 40:error:0A00010B:SSL routines::wrong version number'],
		[
			'ECONNRESET',
			'Client network socket disconnected before secure TLS connection was established',
		],
	])('%s, %s: certainly not done', (code, message) => {
		expect(outcomeOfException(thrown(code, message))).toEqual({
			kind: 'refused',
			fault: { connection: 'notMade', detail: message },
		});
	});

	test.each([
		['ECONNRESET', 'socket hang up', 'lost'],
		['ECONNABORTED', 'timeout of 300ms exceeded', 'timeout'],
	])('%s, %s: unclear', (code, message, connection) => {
		expect(outcomeOfException(thrown(code, message))).toEqual({
			kind: 'unknown',
			fault: { connection, detail: message },
		});
	});
});
