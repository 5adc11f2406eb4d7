import { mayComeIn } from '../../nodes/ClerkChatTrigger/authentication';

/* Node.js decodes header bytes as Latin-1, whatever their encoding. */

const SECRET = 'gr\u00fc\u00dfe \u{1f511} 1234';
const secret = { webhookHeaderValue: SECRET };
const header = (text: string, encoding: 'utf8' | 'latin1') =>
	Buffer.from(text, encoding).toString('latin1');

test.each(['', 'Bearer '])(
	'a secret with letters beyond ASCII, sent as UTF-8 (%j before it)',
	(before) => {
		const right = { headers: { authorization: header(before + SECRET, 'utf8') } };
		expect(mayComeIn(right, secret, false)).toBe(true);
		const wrong = { headers: { authorization: header(`${before}${SECRET}x`, 'utf8') } };
		expect(mayComeIn(wrong, secret, false)).toBe(false);
	},
);

test('one sent as Latin-1', () => {
	const authorization = header('gr\u00fc\u00dfe 1234', 'latin1');
	const delivery = { headers: { authorization } };
	expect(mayComeIn(delivery, { webhookHeaderValue: 'gr\u00fc\u00dfe 1234' }, false)).toBe(true);
	expect(mayComeIn(delivery, { webhookHeaderValue: 'gr\u00fc\u00dfe 12345' }, false)).toBe(false);
});
