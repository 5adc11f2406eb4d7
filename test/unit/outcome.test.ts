import { outcomeOfException } from '../../nodes/ClerkChat/requests/outcome';

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

test.each([
	'ECONNRESET',
	'EPIPE',
	'ETIMEDOUT',
	'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
	'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC',
	'ERR_SSL_UNEXPECTED_EOF_WHILE_READING',
	'SOMETHING_NEW',
])('%s may come while the answer is read: unknown', (code) => {
	expect(outcomeOfException(withCode(code))).toMatchObject({ kind: 'unknown' });
});
