import { toRecipients } from '../../nodes/ClerkChat/fields/addresses';

describe('several recipients', () => {
	test.each<[unknown, string[]]>([
		['+14155550123', ['+14155550123']],
		[
			'+14155550123, +14155550124;+14155550125\n+14155550126\r\n',
			['+14155550123', '+14155550124', '+14155550125', '+14155550126'],
		],
		[' ,; \n', []],
		['+14155550123, +1 415 555 0123', ['+14155550123']],
		[
			['+14155550123', '+14155550124', ['a; b']],
			['+14155550123', '+14155550124', 'a', 'b'],
		],
		['["+14155550123", "+14155550124"]', ['+14155550123', '+14155550124']],
		["[+14155550123, '+14155550124']", ['+14155550123', '+14155550124']],
		['"+14155550123"', ['+14155550123']],
		['\u202a+14155550123\u202c, \u200b+1\u00a0415 555 0123', ['+14155550123']],
		['[not json', ['[not json']],
		['12345', ['12345']],
		[undefined, []],
		[null, []],
		['', []],
	])('%p', (value, expected) => {
		expect(toRecipients(value, '')).toEqual({ recipients: expected, misread: [] });
	});

	const misreadIn = (value: unknown, code = '') =>
		toRecipients(value, code).misread.map(({ text }) => text);

	test('what is no text and no number is not left out in silence', () => {
		const value = ['+14155550123', { phone: '+14155550124' }, true, null];
		expect(misreadIn(value)).toEqual(['{"phone":"+14155550124"}', 'true']);
	});

	test.each([NaN, 0, -4155550123, 4155550123.5, 1e21])('the number %p is none', (value) => {
		expect(misreadIn(value)).toEqual([String(value)]);
		expect(misreadIn(value, '1')).toEqual([String(value)]);
	});

	test('entries that are no number are told apart, in text that is JSON as well', () => {
		expect(misreadIn('+1 CALL ME, +14155550123, +9')).toEqual(['+1 CALL ME', '+9']);
		const { recipients, misread } = toRecipients('["+14155550123", 15202345678, 12345]', '');
		expect(recipients).toEqual(['+14155550123', '12345']);
		expect(misread.map(({ text }) => text)).toEqual(['15202345678']);
	});
});
