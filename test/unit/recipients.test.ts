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
		['14155550123', ['14155550123']],
		[undefined, []],
		[null, []],
		['', []],
	])('%p', (value, expected) => {
		expect(toRecipients(value, '')).toEqual({ recipients: expected, invalid: [], doubts: [] });
	});

	test('what is no text and no number is not left out in silence', () => {
		expect(toRecipients(['+14155550123', { phone: '+14155550124' }, true, null], '')).toEqual({
			recipients: ['+14155550123'],
			invalid: ['{"phone":"+14155550124"}', 'true'],
			doubts: [],
		});
	});

	test.each([NaN, 0, -4155550123, 4155550123.5, 1e21])('the number %p is none', (value) => {
		expect(toRecipients(value, '')).toEqual({
			recipients: [],
			invalid: [String(value)],
			doubts: [],
		});
		expect(toRecipients(value, '1')).toEqual({
			recipients: [],
			invalid: [String(value)],
			doubts: [],
		});
	});

	test('entries with a plus that are no number are told apart', () => {
		expect(toRecipients('+1 CALL ME, +14155550123, +9', '')).toEqual({
			recipients: ['+14155550123'],
			invalid: ['+1 CALL ME', '+9'],
			doubts: [],
		});
	});

	test('numbers that can be read in several ways are told apart, in text that is JSON as well', () => {
		const { recipients, doubts } = toRecipients('["+14155550123", 15202345678, 12345]', '');
		expect(recipients).toEqual(['+14155550123']);
		expect(doubts.map(({ digits }) => digits)).toEqual(['15202345678', '12345']);
	});
});
