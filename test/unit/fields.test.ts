import { DateTime } from 'luxon';
import { NodeOperationError } from 'n8n-workflow';
import type { INode } from 'n8n-workflow';
import {
	addressesOf,
	addressOf,
	senderOf,
	toRecipients,
} from '../../nodes/ClerkChat/fields/addresses';
import { dateOf } from '../../nodes/ClerkChat/fields/dates';
import { objectOf } from '../../nodes/ClerkChat/fields/freeData';
import { idNumberOf } from '../../nodes/ClerkChat/fields/ids';
import { listOf, webAddressesOf } from '../../nodes/ClerkChat/fields/lists';
import { isGiven, requiredText, textOf } from '../../nodes/ClerkChat/fields/texts';
import type { ItemFields } from '../../nodes/ClerkChat/fields/itemFields';

const node = { name: 'Clerk Chat', type: 'clerkChat' } as INode;

const item: ItemFields = {
	get: () => undefined,
	collection: () => ({}),
	timezone: 'Europe/Berlin',
	refuse: (message, description) => new NodeOperationError(node, message, { description }),
};

/** What a reader of fields refuses a value with. */
function refusalOf(read: () => unknown): NodeOperationError {
	try {
		read();
	} catch (exception) {
		return exception as NodeOperationError;
	}
	throw new Error('It was not refused.');
}

describe('dateOf, in Europe/Berlin', () => {
	test.each<[string, unknown, string]>([
		['zone-less, winter', '2026-01-31T09:00:00', '2026-01-31T08:00:00.000Z'],
		['zone-less, summer', '2026-07-31T09:00:00', '2026-07-31T07:00:00.000Z'],
		['zone-less, with a space', '2026-01-31 09:00', '2026-01-31T08:00:00.000Z'],
		['zone-less, with milliseconds', '2026-01-31T09:00:00.250', '2026-01-31T08:00:00.250Z'],
		['a day alone', '2026-01-31', '2026-01-30T23:00:00.000Z'],
		['UTC', '2026-01-31T09:00:00Z', '2026-01-31T09:00:00.000Z'],
		['an offset', '2026-01-31T09:00:00-05:00', '2026-01-31T14:00:00.000Z'],
		['an offset and a space', '2026-01-31 09:00:00+09:00', '2026-01-31T00:00:00.000Z'],
		[
			'a DateTime with a zone of its own',
			DateTime.fromISO('2026-01-31T09:00:00', { zone: 'Asia/Tokyo' }),
			'2026-01-31T00:00:00.000Z',
		],
		['a Date', new Date('2026-01-31T09:00:00Z'), '2026-01-31T09:00:00.000Z'],
	])('%s', (_name, value, expected) => {
		expect(dateOf(item, 'Start', value)).toBe(expected);
	});

	test.each<[string, unknown]>([
		['words', 'yesterday'],
		['a German date', '31.01.2026'],
		['an American date', '01/31/2026'],
		['a day that does not exist', '2026-02-30'],
		['a month that does not exist', '2026-13-01T00:00:00'],
		['an hour alone', '10'],
		['a time alone', '10:30'],
		['Unix time', 1_769_850_000_000],
		['true', true],
		['an object', { year: 2026 }],
		['a Date that is none', new Date('rubbish')],
		['a DateTime that is none', DateTime.invalid('rubbish')],
		['text with something after it', '2026-01-31T09:00:00 or so'],
	])('%s is refused', (_name, value) => {
		expect(() => dateOf(item, 'Start', value)).toThrow(/^'Start' is not a date/);
	});

	test('the error shows the unreadable value, and how to write it', () => {
		expect(refusalOf(() => dateOf(item, 'End', 'soon'))).toMatchObject({
			message: '\'End\' is not a date: "soon"',
			description: expect.stringContaining('2026-01-31T09:00:00') as string,
		});
	});
});

describe('listOf', () => {
	test.each([
		[undefined],
		[null],
		[''],
		[' '],
		[[]],
		[['', ' ', null, undefined]],
		[[[]]],
		[[[], [['', null]]]],
	])('%j is empty', (value) => expect(listOf(item, 'Emails', value)).toEqual([]));

	test.each<[unknown, string]>([
		[[['a'], [['b, c']], ''], 'a b c'],
		['a', 'a'],
		['a, b;c\nd\r\ne', 'a b c d e'],
		[[' a ', 'b'], 'a b'],
		[[7, true], '7 true'],
		[7, '7'],
		// As AI agents often write it.
		['["a@example.com", "b@example.com"]', 'a@example.com b@example.com'],
	])('%j holds %s', (value, expected) => {
		expect(listOf(item, 'Emails', value)).toEqual(expected.split(' '));
	});

	test.each([[{ a: 1 }], [[{ a: 1 }]], [[[{ a: 1 }]]]])('%j is refused', (value) => {
		expect(() => listOf(item, 'Emails', value)).toThrow("'Emails' is not text");
	});
});

describe('objectOf', () => {
	test.each<[unknown, object]>([
		[{ a: 1 }, { a: 1 }],
		['{ "a": { "b": [1, null] } }', { a: { b: [1, null] } }],
		[' {}\n', {}],
		[{}, {}],
	])('%j', (value, expected) => {
		expect(objectOf(item, 'Data', value)).toEqual(expected);
	});

	test.each<[unknown, string]>([
		// JavaScript's own words, which say more in newer versions.
		['gold', 'Unexpected token'],
		['{ "plan": gold }', 'gold }'],
		["{ 'a': 1 }", 'Expected'],
		['{\n  "plan": "gold"\n  "visits": 2\n}', 'JSON at position 21'],
		['{ "plan": "gold"', "Expected ',' or '}'"],
		['', 'It is empty.'],
		[' ', 'It is empty.'],
		['[1, 2]', 'It contains a list.'],
		[[{ a: 1 }], 'It contains a list.'],
		['"text"', 'It contains text.'],
		['7', 'It contains a number.'],
		[7, 'It contains a number.'],
		[true, 'It contains true or false.'],
		['null', 'It contains nothing.'],
		[null, 'It contains nothing.'],
		[undefined, 'It contains nothing.'],
		[new Date(), 'It contains a date.'],
		[DateTime.now(), 'It contains a date.'],
	])("%j is refused, with the field's name and the reason", (value, why) => {
		const { message, description } = refusalOf(() => objectOf(item, 'Data', value));
		expect(message).toBe("'Data' is not a JSON object");
		expect(description).toContain(why);
		expect(description).toMatch(/ Enter names and values in braces, .*\{ "plan": "gold" \}\.$/);
	});
});

describe('textOf and requiredText', () => {
	test.each<[unknown, string]>([
		[undefined, ''],
		[null, ''],
		['', ''],
		[' a ', ' a '],
		[0, '0'],
		[42.5, '42.5'],
		[false, 'false'],
	])('textOf %j', (value, expected) => {
		expect(textOf(item, 'Name', value)).toBe(expected);
	});

	test.each([
		[{ a: 1 }, /an object/],
		[['a'], /a list/],
	])('%j is refused, and the error names it', (value, what) => {
		expect(refusalOf(() => textOf(item, 'Name', value))).toMatchObject({
			message: "'Name' is not text",
			description: expect.stringMatching(what) as string,
		});
	});

	test('requiredText is trimmed', () => {
		expect(requiredText(item, 'Name', ' a ')).toBe('a');
		expect(requiredText(item, 'Name', 0)).toBe('0');
	});

	test.each([[''], [' \n'], [undefined], [null]])('requiredText %j is empty', (value) => {
		expect(() => requiredText(item, 'Name', value)).toThrow("'Name' is empty");
	});
});

describe('text that nobody meant to send', () => {
	const readers: Array<[string, (text: string) => unknown]> = [
		['textOf', (text) => textOf(item, 'Name', text)],
		['requiredText', (text) => requiredText(item, 'Name', text)],
		['listOf', (text) => listOf(item, 'Name', [[text]])],
		['listOf, of text', (text) => listOf(item, 'Name', text)],
		['mediaUrlsOf', (text) => webAddressesOf(item, 'Media URLs', [`https://a.test/${text}`])],
		['objectOf', (text) => objectOf(item, 'Name', { a: [{ b: text }] })],
		['objectOf, of JSON', (text) => objectOf(item, 'Name', JSON.stringify({ a: text }))],
		['phoneOf', (text) => addressOf(item, 'Name', text)],
		['senderOf', (text) => senderOf(item, 'From', text)],
		['recipientsOf', (text) => addressesOf(item, 'To', text)],
		['recipientsOf, of a list', (text) => addressesOf(item, 'To', [[text]])],
	];

	describe.each(readers)('%s', (_name, read) => {
		test.each(['Hello [object Object]!', '[object Object]'])('%s: pick one value', (text) => {
			expect(refusalOf(() => read(text))).toMatchObject({
				message: expect.stringMatching(/^'.*' contains "\[object Object\]"$/) as string,
				description: expect.stringContaining('for example {{ $json.text }}') as string,
			});
		});

		test.each([
			'Hello {{ $json.name }}',
			'{{$json["name"]}}',
			"{{ $('Orders').item.json.to }}",
			'{{ $now }}',
			'{{ String($json.to) }}',
			'{{ $node["Orders"].json.to }}',
			"={{ $fromAI('to') }}",
			'{{\n$input.first().json.to',
			'{{ `Hi ${$json.name}` }}',
			'{{ { to: $json.to }.to }}',
		])('%s: switch to Expression', (text) => {
			expect(refusalOf(() => read(text))).toMatchObject({
				message: expect.stringMatching(
					/^'.*' contains an expression that was not evaluated$/,
				) as string,
				description: expect.stringContaining('to Expression') as string,
			});
		});
	});

	test.each([
		'Hi {{first_name}}, good to have you.',
		'{{ first_name }} {{contact.name}}',
		'{{ price in $ }}',
		'{{$firstName}}',
		'$json {{ name }}',
		'{ $json }',
		'[object]',
		'{{',
	])('%s is text', (text) => {
		expect(textOf(item, 'Name', text)).toBe(text);
		expect(objectOf(item, 'Name', { text })).toEqual({ text });
	});
});

describe('mediaUrlsOf', () => {
	test.each<[unknown, string[]]>([
		[undefined, []],
		[null, []],
		['', []],
		[[], []],
		[['', ' '], []],
		[
			['https://a.test/1.jpg', ' http://a.test/2.jpg '],
			['https://a.test/1.jpg', 'http://a.test/2.jpg'],
		],
		['https://a.test/1.jpg', ['https://a.test/1.jpg']],
		['https://a.test/1, https://a.test/2', ['https://a.test/1', 'https://a.test/2']],
		['https://a.test/1 https://a.test/2', ['https://a.test/1', 'https://a.test/2']],
		['https://a.test/1; HTTPS://a.test/2', ['https://a.test/1', 'HTTPS://a.test/2']],
		['https://a.test/1\r\nhttps://a.test/2\n', ['https://a.test/1', 'https://a.test/2']],
		['https://a.test/1, https://a.test/2, ', ['https://a.test/1', 'https://a.test/2']],
		['https://a.test/w_10,h_20/1.jpg', ['https://a.test/w_10,h_20/1.jpg']],
		// Several in one entry.
		[['https://a.test/1, https://a.test/2'], ['https://a.test/1', 'https://a.test/2']],
		[['https://a.test/1?x=a b'], ['https://a.test/1?x=a b']],
	])('%j', (value, expected) => {
		expect(webAddressesOf(item, 'Media URLs', value)).toEqual(expected);
	});

	test.each([
		['ftp://a.test/1'],
		['a.test/1.jpg'],
		['https://'],
		['javascript:alert(1)'],
		[['https://a.test/1', 'data:image/png;base64,AA']],
	])('%j is refused', (value) => {
		expect(() => webAddressesOf(item, 'Media URLs', value)).toThrow(
			/^'Media URLs' contains something/,
		);
	});

	test.each([[{ url: 'https://a.test' }], [[{ url: 'https://a.test' }]]])(
		"%j isn't text",
		(value) => {
			expect(() => webAddressesOf(item, 'Media URLs', value)).toThrow("'Media URLs' is not text");
		},
	);
});

describe('addresses', () => {
	/** With these codes in the credential and in the option. */
	const with_ = (credential?: unknown, option?: unknown): ItemFields => ({
		...item,
		defaultCountryCode: credential,
		collection: () => ({ ...(option !== undefined && { defaultCountryCode: option }) }) as never,
	});

	test.each<[unknown, unknown, string]>([
		['+1', undefined, '+14155550123'],
		['+1', '+52', '+524155550123'],
		['', '1', '+14155550123'],
		['+1', '', '+14155550123'],
		['+1', ' ', '+14155550123'],
		['+52', '0052', '+524155550123'],
	])('%j in the credential and %j in the option: %s', (credential, option, expected) => {
		expect(addressOf(with_(credential, option), 'Phone', '415 555 0123')).toBe(expected);
	});

	test.each<[unknown, unknown, string]>([
		['US', undefined, '\'Default Country Code\' in the credential is not a country code: "US"'],
		['+1', 'US', '\'Default Country Code\' is not a country code: "US"'],
		['+999', undefined, '\'Default Country Code\' in the credential is not a country code: "+999"'],
	])('%j in the credential and %j in the option: refused', (credential, option, message) => {
		const read = () => addressOf(with_(credential, option), 'Phone', '+14155550123');
		expect(refusalOf(read).message).toBe(message);
	});

	test.each<[string, () => unknown, string, string]>([
		[
			'one',
			() => addressOf(with_('+1'), 'Phone', '(415) 555-01234'),
			'\'Phone\' contains an invalid phone number: "(415) 555-01234"',
			'11 digits; a +1 number has 10. Did you mean +41555501234? Then write it with +.',
		],
		[
			'several for the same reason',
			() => addressesOf(with_('+1'), 'To', '555-0123, 4155550123, 555-0124'),
			'\'To\' contains 2 invalid phone numbers: "555-0123", "555-0124"',
			'7 digits; a +1 number has 10. Write it with + and its country code.',
		],
		[
			'several for different reasons',
			() => addressesOf(with_('+1'), 'To', '555-0123, n/a'),
			'\'To\' contains 2 invalid phone numbers: "555-0123", "n/a"',
			'"555-0123": 7 digits; a +1 number has 10. Write it with + and its country code. "n/a": This means that the number is missing. Remove such items, for example with a Filter node.',
		],
	])('%s', (_name, read, message, description) => {
		expect(refusalOf(read)).toMatchObject({ message, description });
	});

	test('many of them: lists five, and the number of others', () => {
		const many = Array.from({ length: 40 }, (_, index) => 15202345600 + index);
		const refusal = refusalOf(() => addressesOf(item, 'To', many));
		expect(refusal.message).toMatch(/"15202345604" and 35 more$/);
		expect(refusal.description).not.toContain('15202345605');
	});

	/* From must be an E.164 number or an ID. Some real IDs have eight digits. */
	test.each<[unknown, unknown, string, string]>([
		['+1 (415) 555-0100', '', 'number', '+14155550100'],
		['(415) 555-0100', '+1', 'number', '+14155550100'],
		['12345678', '', 'number', '12345678'],
		['12345678', '+1', 'number', '12345678'],
		[14155550100, '', 'number', '14155550100'],
		['4155550100', '+1', 'list', '4155550100'],
		['n/a', '+1', 'number', 'n/a'],
		['', '+1', 'number', ''],
	])('From %j with %j in the credential, mode %s: %j', (value, code, mode, expected) => {
		const fields = { ...with_(code), get: () => ({ mode, value }) };
		expect(senderOf(fields, 'From', value)).toBe(expected);
	});

	test("From with a plus that isn't a number is refused", () => {
		expect(() => senderOf(item, 'From', '+1415')).toThrow(
			"'From' contains an invalid phone number",
		);
	});
});

describe('several recipients', () => {
	const [ann, ben] = ['+14155550123', '+14155550124'];

	test.each<[unknown, string[]]>([
		[ann, [ann]],
		[`${ann}, ${ben};+14155550125\n+14155550126\r\n`, [ann, ben, '+14155550125', '+14155550126']],
		[' ,; \n', []],
		[`${ann}, +1 415 555 0123`, [ann]],
		[
			[ann, ben, ['a; b']],
			[ann, ben, 'a', 'b'],
		],
		[`["${ann}", "${ben}"]`, [ann, ben]],
		[`[${ann}, '${ben}']`, [ann, ben]],
		[`"${ann}"`, [ann]],
		[`\u202a${ann}\u202c, \u200b+1\u00a0415 555 0123`, [ann]],
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

	test("values that are neither text nor number aren't silently dropped", () => {
		const value = ['+14155550123', { phone: '+14155550124' }, true, null];
		expect(misreadIn(value)).toEqual(['{"phone":"+14155550124"}', 'true']);
	});

	test.each([NaN, 0, -4155550123, 4155550123.5, 1e21])(
		"the number %p isn't a phone number",
		(value) => {
			expect(misreadIn(value)).toEqual([String(value)]);
			expect(misreadIn(value, '1')).toEqual([String(value)]);
		},
	);

	test('invalid entries are returned separately, in JSON text as well', () => {
		expect(misreadIn('+1 CALL ME, +14155550123, +9')).toEqual(['+1 CALL ME', '+9']);
		const { recipients, misread } = toRecipients('["+14155550123", 15202345678, 12345]', '');
		expect(recipients).toEqual(['+14155550123', '12345']);
		expect(misread.map(({ text }) => text)).toEqual(['15202345678']);
	});

	test.each(['[4.15556E+09]', '[4155550123, 1.41556E+10]', '["+14155550123", 1.41556e10]'])(
		"%s: digits that a spreadsheet rounded aren't taken for a number",
		(value) => {
			expect(misreadIn(value, '1')).toHaveLength(1);
		},
	);

	test.each(['(415) 555-0123, ext. 5', '415-555-0123, x12', '+14155550123;ext=5'])(
		"%s: an extension after a comma isn't a recipient",
		(value) => {
			expect(misreadIn(value, '1')).toEqual([value.split(/[,;]/)[1].trim()]);
		},
	);
});

describe('small functions', () => {
	test.each<[unknown, boolean]>([
		[undefined, false],
		[null, false],
		['', false],
		[0, true],
		[false, true],
		[[], true],
	])('isGiven %j is %j', (value, expected) => {
		expect(isGiven(value)).toBe(expected);
	});

	test.each<[unknown, string]>([
		[undefined, ''],
		[' ', ''],
		['+1 (415) 555-0123', '+14155550123'],
		['12345', '12345'],
		['someone', 'someone'],
	])('phoneOf %j is %j', (value, expected) => {
		expect(addressOf(item, 'Phone', value)).toBe(expected);
	});

	test.each<[unknown, number]>([
		[7, 7],
		[' 7 ', 7],
	])('idNumberOf %j is %j', (value, expected) => {
		expect(idNumberOf(item, 'Template', value)).toBe(expected);
	});

	test.each([[0], [-1], [1.5], ['a'], [''], [true], ['9007199254740993']])(
		'idNumberOf %j is refused',
		(value) => {
			expect(() => idNumberOf(item, 'Template', value)).toThrow("'Template' is not an ID");
		},
	);
});

test.each<[string, (long: string) => unknown]>([
	['a web address', (long) => webAddressesOf(item, 'Media URLs', long)],
	['an address', (long) => addressOf(item, 'Phone', `+${long}`)],
	['one of several addresses', (long) => addressesOf(item, 'To', [`+${long}`])],
	['a date', (long) => dateOf(item, 'After', long)],
])('an error shows only the start of %s that is far too long', (_name, read) => {
	const long = `a${' '.repeat(40_000)}b`;
	const { message } = refusalOf(() => read(long));
	expect(message.length).toBeLessThan(300);
	expect(message).toMatch(/: "\+?a +…"$/);
});
