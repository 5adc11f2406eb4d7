import fc from 'fast-check';
import examples from 'libphonenumber-js/examples.mobile.json';
import {
	getCountries,
	getCountryCallingCode,
	getExampleNumber,
	isPossiblePhoneNumber,
	isValidPhoneNumber,
} from 'libphonenumber-js/max';
import type { CountryCode } from 'libphonenumber-js/max';
import metadata from 'libphonenumber-js/metadata.max.json';
import { countryCodeIn, toAddress } from '../../nodes/api/phoneNumbers';
import { oddLengthOf, planOf } from '../../nodes/api/plans';

/** Why something is refused; fails when it is read. */
const refused = (value: string | number, code: string) => {
	const address = toAddress(value, code);
	expect(address).toMatchObject({ text: String(value).trim() });
	return (address as { why: string }).why;
};

describe('with a default country code', () => {
	test.each<[string | number, string, string]>([
		['(415) 555-0123', '1', '+14155550123'],
		['415.555.0123', '1', '+14155550123'],
		['14155550123', '1', '+14155550123'],
		['1 415/555-0123', '1', '+14155550123'],
		[4155550123, '1', '+14155550123'],
		[14155550123, '1', '+14155550123'],
		// Area codes that libphonenumber does not know.
		['457 555 0123', '1', '+14575550123'],
		['(837) 555-0123', '1', '+18375550123'],
		// Also a complete Norwegian number, but with this country code it means a +1 number.
		['4792345678', '1', '+14792345678'],
		['020 7946 0018', '44', '+442079460018'],
		['(0)20 7946 0018', '44', '+442079460018'],
		[7400123456, '44', '+447400123456'],
		['0151 23456789', '49', '+4915123456789'],
		['15202345678', '49', '+4915202345678'],
		['4915202345678', '49', '+4915202345678'],
		['4930901820', '49', '+4930901820'],
		['06 1234 5678', '39', '+390612345678'],
		['393331234567', '39', '+393331234567'],
		['0707 0707 07', '225', '+2250707070707'],
		['8 (912) 345-67-89', '7', '+79123456789'],
		['06 20 123 4567', '36', '+36201234567'],
		['8 029 491 19 11', '375', '+375294911911'],
		['(55) 99999-1234', '55', '+5555999991234'],
		['55 55 99999-1234', '55', '+5555999991234'],
		['0127 123 4567', '20', '+201271234567'],
		['1271234567', '20', '+201271234567'],
		['11987654321', '55', '+5511987654321'],
		// Where numbers are that short.
		['51234', '500', '+50051234'],
		// Abroad.
		['00 49 30 901820', '44', '+4930901820'],
		['011 44 7400 123456', '1', '+447400123456'],
		['00 44 7400 123456', '1', '+447400123456'],
		['0011 44 7400 123456', '61', '+447400123456'],
		['810 49 1512 3456789', '7', '+4915123456789'],
		['010 49 1512 3456789', '81', '+4915123456789'],
		['0044 (0)20 7946 0018', '49', '+442079460018'],
		// Short codes and other identifiers.
		['12345', '1', '12345'],
		['12345', '49', '12345'],
		[12345, '1', '12345'],
		['inbox-7', '1', 'inbox-7'],
		['24/7', '1', '24/7'],
		['Reception x5', '1', 'Reception x5'],
		['someone@example.com', '1', 'someone@example.com'],
		['3f2504e0-4f89-11d3-9a0c-0305e82c3301', '1', '3f2504e0-4f89-11d3-9a0c-0305e82c3301'],
		['', '1', ''],
		// A plus says everything.
		['+49 151 23456789', '1', '+4915123456789'],
	])('%j with +%s is %j', (value, code, expected) => {
		expect(toAddress(value, code)).toBe(expected);
	});

	const write = 'Write it with + and its country code.';
	const didYouMean = (number: string) => `Did you mean ${number}? Then write it with +.`;
	const abroad = "It starts like an international number, but isn't complete.";

	test.each<[string | number, string, string]>([
		['(415) 555-01234', '1', `11 digits; a +1 number has 10. ${didYouMean('+41555501234')}`],
		['07825 550123', '1', `11 digits; a +1 number has 10. +1 numbers don't start with 0. ${write}`],
		['555-0123', '1', `7 digits; a +1 number has 10. ${write}`],
		['555 010', '1', `6 digits; a +1 number has 10. ${write}`],
		['1 415 555 012', '1', `9 digits after the 1; a +1 number has 10. ${write}`],
		['0155550123', '1', `No +1 number looks like this. +1 numbers don't start with 0. ${write}`],
		['1234567890', '1', `9 digits after the 1; a +1 number has 10. ${write}`],
		['41791234567', '1', `11 digits; a +1 number has 10. ${didYouMean('+41791234567')}`],
		[41791234567, '1', `11 digits; a +1 number has 10. ${didYouMean('+41791234567')}`],
		['0011 44 7400 123456', '1', `${abroad} ${write}`],
		['0044 20 7946', '49', `${abroad} ${write}`],
		[
			'62812092994',
			'62',
			'It could be +6262812092994 or +62812092994. Write the one you mean with +.',
		],
		[312345678, '39', 'It could be +39312345678 or +390312345678. Write the one you mean with +.'],
		// A spreadsheet may have dropped the plus, and texts go to mobile numbers.
		[
			447400123456,
			'49',
			'It could be +49447400123456 or +447400123456. Write the one you mean with +.',
		],
		[
			'41791234567',
			'352',
			'It could be +35241791234567 or +41791234567. Write the one you mean with +.',
		],
		[707070707, '225', `Its leading 0 seems to be missing. ${didYouMean('+2250707070707')}`],
	])('%j with +%s: %s', (value, code, why) => {
		expect(refused(value, code)).toBe(why);
	});
});

describe('without a default country code', () => {
	test.each<[string | number, string]>([
		['+14155550123', '+14155550123'],
		[' +1 (415) 555-0123 ', '+14155550123'],
		['+1.415.555.0123', '+14155550123'],
		['+44 (0)20 7946 0018', '+442079460018'],
		// Where no zero falls away, none does.
		['+39 (0)6 1234 5678', '+390612345678'],
		['+49\u00a030\u2011901820', '+4930901820'],
		['\u202a+14155550123\u202c', '+14155550123'],
		// From Clerk Chat's own documentation; no country has them.
		['+1415456789', '+1415456789'],
		['+9134567654', '+9134567654'],
		['12345', '12345'],
		['555-010', '555-010'],
		[12345, '12345'],
		['inbox-7', 'inbox-7'],
		['Nona', 'Nona'],
		['someone@example.com', 'someone@example.com'],
	])('%j is %j', (value, expected) => {
		expect(toAddress(value, '')).toBe(expected);
	});

	test.each<string | number>([
		'14155550123',
		'(415) 555-0123',
		'415 555/0123',
		'12345678',
		4155550123,
		14155550123,
	])('%j may be a number of any country', (value) => {
		expect(refused(value, '')).toBe(
			"It has no + and no country code, so it could be from any country. Write it with +, or set 'Default Country Code' in the credential.",
		);
	});

	test.each(['+1415555012a', '+0415555012', '+123456', '+1234567890123456', '+', '+1 CALL ME'])(
		"%s isn't an E.164 number",
		(value) => {
			expect(refused(value, '')).toMatch(/^After the \+|^This means that the number is missing/);
		},
	);
});

test.each(['', '1'])('refused with country code %j or without', (code) => {
	const placeholders =
		'n/a N/A na none None null NULL undefined unknown tbd T.B.D. - -- — ? . NaN #N/A #REF! #VALUE! #DIV/0! no';
	for (const text of [
		...placeholders.split(' '),
		'not available',
		'No phone number',
		'no number',
	]) {
		expect([text, refused(text, code)]).toEqual([
			text,
			'This means that the number is missing. Remove such items, for example with a Filter node.',
		]);
	}
	for (const end of ['ext. 5', 'ext 5', 'Ext.5', 'extension 12', 'x5', 'x 5', '#5']) {
		for (const number of ['415-555-0123', '+1 415 555 0123', '(415) 555-0123,']) {
			expect(refused(`${number} ${end}`, code)).toBe(
				`Texts can't be sent to an extension. Enter the number without ${end}.`,
			);
		}
	}
	for (const number of [NaN, 0, 7, -4155550123, 4155550123.5, 1e21, 9007199254740991]) {
		expect(refused(number, code)).toBe('Enter the phone number as text, with + and country code.');
	}
});

const ROUNDED = 'A spreadsheet rounded it, so digits are lost.';
const POINT_ZERO = 'The .0 at its end comes from a spreadsheet.';
const DATE = 'It looks like a date.';
const TWO =
	"It looks like two numbers. Enter one. In 'To', you can enter both, separated by a comma.";
const PLACEHOLDER = 'It looks like a placeholder.';
const NO_CODE = 'After the +, enter the country code';

/*
 * Values from spreadsheets, forms and other apps. With +49, whose numbers have many lengths, most would be valid
 * numbers.
 */
test.each<[string | number, string, string]>([
	['4155550123.0', '49', POINT_ZERO],
	['4155550123.00', '1', POINT_ZERO],
	['+4915123456.0', '', POINT_ZERO],
	['4.155550123E+09', '1', ROUNDED],
	['4.15556e9', '', ROUNDED],
	['4,15556E+09', '1', ROUNDED],
	['4E+09', '49', ROUNDED],
	['2024-01-15', '49', DATE],
	['15.01.2024', '49', DATE],
	['1/15/2024', '', DATE],
	['5555555555', '49', PLACEHOLDER],
	['1 999 999 9999', '1', PLACEHOLDER],
	[8888888888, '1', PLACEHOLDER],
	['0151 2345678/9', '49', TWO],
	['030 1234-567 / 568', '49', TWO],
	['+49 151 2345678/9', '', TWO],
	['+49 (0)151 2345678/9', '', TWO],
	['+1 415 555 0123 / 24', '', TWO],
	['415-555-0123/415-555-0124', '1', TWO],
	['+14155550123/+14155550124', '1', TWO],
	['415-555-0123 or 415-555-0124', '', TWO],
	['+14155550123 and +14155550124', '1', TWO],
	['415.555.0123 & 415.555.0124', '1', TWO],
	// A Singapore mobile number without the bracket.
	['+(658) 555-0123', '1', NO_CODE],
	['+(415) 555-0123', '', NO_CODE],
	// A mobile phone near Rome or a landline in Varese.
	['+39 (0)331 1234567', '', 'It could be +3903311234567 or +393311234567.'],
	// A zero is dropped only after the country code.
	['4474001(0)23456', '44', '13 digits; a +44 number has 7, 9 or 10.'],
	['07400 (0)123456', '44', '11 digits after the 0; a +44 number has 7, 9 or 10.'],
	['0', '1', 'It is too short.'],
	['12', '', 'It is too short.'],
	["'4155550123", '1', `A phone number can't contain "'".`],
	['="4155550123"', '1', 'A phone number can\'t contain "=".'],
	['415·555·0123', '', 'A phone number can\'t contain "·".'],
	['<+14155550123>', '1', 'A phone number can\'t contain "<".'],
	['٤١٥٥٥٥٠١٢٣', '1', 'A phone number can\'t contain "٤".'],
	['415-555-0123 (x5)', '1', "Texts can't be sent to an extension. Enter the number without (x5)."],
])('%j with +%s: %s', (value, code, why) => {
	expect(refused(value, code)).toContain(why);
});

test.each<[string, string, string]>([
	['(+44) 7400 123456', '', '+447400123456'],
	['(+44)(0)7400123456', '1', '+447400123456'],
	['+(44) 7400 123456', '', '+447400123456'],
	['+1 (0) 415 555 0123', '', '+14155550123'],
	['+34 (0)612 345 678', '', '+34612345678'],
	['+41 78 123 45 (0)67', '', '+417812345067'],
	['011 44 (0)7400 123456', '1', '+447400123456'],
	['＋１ ４１５ ５５５ ０１２３', '', '+14155550123'],
	['（415）555－0123', '1', '+14155550123'],
	['415\u00ad5550123', '1', '+14155550123'],
	['\u061c4155550123', '1', '+14155550123'],
	['030/901820', '49', '+4930901820'],
	['0151 / 23456789', '49', '+4915123456789'],
	['+43 5574 / 12345', '', '+43557412345'],
	['04 75/12.34.56', '32', '+32475123456'],
	// Names of inboxes, and what other channels know people by.
	['Shop 415-555-0123', '1', 'Shop 415-555-0123'],
	['whatsapp:+14155550123', '', 'whatsapp:+14155550123'],
	['受付１', '81', '受付１'],
	['1234567@456', '1', '1234567@456'],
	['3E12', '1', '3E12'],
])('%j with +%s is %j, in any format', (value, code, expected) => {
	expect(toAddress(value, code)).toBe(expected);
});

test.each<[unknown, string | undefined]>([
	['+1', '1'],
	[' + 49 ', '49'],
	['0049', '49'],
	[44, '44'],
	['1', '1'],
	['', ''],
	[undefined, ''],
	['US', undefined],
	['+999', undefined],
	['+1415', undefined],
	['+0', undefined],
])('the default country code %j is %j', (value, code) => {
	expect(countryCodeIn(value)).toBe(code);
});

test.each<[string, string | undefined]>([
	['+141555501', '+1 numbers have 10 digits after +1; this has 8'],
	['+1415456789', '+1 numbers have 10 digits after +1; this has 9'],
	['+4155550123', '+41 numbers have 9 or 12 digits after +41; this has 8'],
	['+9134567654', undefined],
	['+49123456', '+49 numbers have 7 to 13 digits after +49; this has 6'],
	['+14155550123', undefined],
	['+14575550123', undefined],
	['+99912345678', undefined],
	['12345', undefined],
	['inbox-7', undefined],
])('the length of %s: %s', (address, odd) => {
	expect(oddLengthOf(address)).toBe(odd);
});

/* Checks against libphonenumber's example numbers, one per country. */

const numbers = getCountries().flatMap((country) => {
	const number = getExampleNumber(country, examples);
	return number ? [{ country, number }] : [];
});

/** Its country code is also an area code, and its example the shortest number there is. */
const AMBIGUOUS_WITH_CODE: CountryCode[] = ['ID'];

/** Written with a 15 after the area code, which is a 9 before it from abroad. */
const WRITTEN_OTHERWISE: CountryCode[] = ['AR'];

test('there is an example for nearly every country', () => {
	expect(numbers.length).toBeGreaterThan(230);
});

test.each(numbers)('$country $number.number, in any format', ({ country, number }) => {
	const digits = number.number.slice(1);
	const bare = [number.nationalNumber, ...(AMBIGUOUS_WITH_CODE.includes(country) ? [] : [digits])];
	const ways: Array<string | number> = [
		...bare,
		number.formatInternational(),
		`00${digits}`,
		...(WRITTEN_OTHERWISE.includes(country) ? [] : [number.formatNational()]),
		...bare.filter((text) => !text.startsWith('0')).map(Number),
	];
	const read = ways.map((way) => [way, toAddress(way, number.countryCallingCode)]);
	expect(read).toEqual(ways.map((way) => [way, number.number]));
	for (const way of [digits, number.nationalNumber].filter(({ length }) => length > 6)) {
		expect(toAddress(way, '')).toMatchObject({ text: way });
	}
});

test.each(numbers)(
	'$country $number.number with a slash after the area code is one number',
	({ number }) => {
		for (const [text, code] of [
			[number.formatInternational().replace(/^(\+\d+ \d+)[ -]/, '$1 / '), ''],
			[number.formatNational().replace(/[ -]/, ' / '), number.countryCallingCode],
		]) {
			const read = toAddress(text, code);
			expect([text, read]).not.toMatchObject([text, { why: TWO }]);
		}
	},
);

/* Checks against libphonenumber with any number that it calls valid in 30 countries. */

const COUNTRIES =
	'US CA GB IE DE AT CH FR BE NL ES PT IT SE NO DK FI PL CZ HU TR IL AE ZA IN CN JP AU BR MX'.split(
		' ',
	) as CountryCode[];

/** A country's numbers without its code: people's landlines and mobiles. */
const nationalIn = (country: CountryCode) => {
	const types = (metadata.countries[country] as unknown[])[11] as Array<[string] | 0>;
	const patterns = [types[0], types[1]].flatMap((type) => (type && type[0] ? [type[0]] : []));
	const code = getCountryCallingCode(country);
	const any = fc.oneof(
		...patterns.map((pattern) => fc.stringMatching(new RegExp(`^(?:${pattern})$`))),
	);
	// Drawn once: to make one takes its time.
	const some = fc
		.sample(any, { seed: 24, numRuns: 400 })
		// E.164 allows 15 digits.
		.filter((national) => national.length >= 7 && `${code}${national}`.length <= 15)
		.filter((national) => isValidPhoneNumber(`+${code}${national}`));
	return fc.constantFrom(...some);
};

const nationals = new Map(COUNTRIES.map((country) => [country, nationalIn(country)]));

const nationalOf = (country: CountryCode) => nationals.get(country)!;

/** What is dialled before a number inside the country. */
const trunkOf = (country: CountryCode) => (metadata.countries[country] as unknown[])[5] || '';

const anyCountry = fc.constantFrom(...COUNTRIES);

/** Digits, as a text or as a spreadsheet keeps them. */
const kept = (digits: string) =>
	digits.startsWith('0') ? fc.constant(digits) : fc.constantFrom(digits, Number(digits));

test('30 countries: completes what libphonenumber calls valid, unless it can be two numbers', () => {
	const cases = anyCountry.chain((country) =>
		nationalOf(country).chain((national) => {
			const code = getCountryCallingCode(country);
			const ways = [national, `${trunkOf(country)}${national}`, `${code}${national}`];
			return fc.record({
				code: fc.constant(code),
				right: fc.constant(`+${code}${national}`),
				value: fc.constantFrom(...ways).chain(kept),
			});
		}),
	);
	let both = 0;
	fc.assert(
		fc.property(cases, ({ code, right, value }) => {
			const read = toAddress(value, code);
			if (read === right) return;
			both++;
			// Somebody else has it, too.
			if (typeof read === 'string')
				expect([value, read, isValidPhoneNumber(read)]).toEqual([value, read, true]);
			else {
				expect(read.why).toMatch(/^It could be /);
				expect(read.why).toContain(right);
			}
		}),
		{ seed: 24, numRuns: 6_000 },
	);
	expect(both).toBeLessThan(60);
});

test('30 countries: completes nothing that libphonenumber calls impossible, or that is abroad', () => {
	const digits = fc.oneof(
		// From another country, without a plus.
		anyCountry.chain((country) =>
			nationalOf(country).map((national) => `${getCountryCallingCode(country)}${national}`),
		),
		// One digit too many or too few, or a zero in front.
		anyCountry
			.chain(nationalOf)
			.chain((national) =>
				fc.constantFrom(`${national}7`, national.slice(0, -1), `0${national}`, `0${national}7`),
			),
		fc.stringMatching(/^\d{3,18}$/),
	);
	fc.assert(
		fc.property(anyCountry, digits.chain(kept), (country, value) => {
			if (typeof value === 'number' && !Number.isSafeInteger(value)) return;
			const code = getCountryCallingCode(country);
			const read = toAddress(value, code);
			if (typeof read !== 'string' || read === String(value)) return;
			const isAbroad = ['00', planOf(code)?.abroad].some(
				(prefix) => prefix && String(value).startsWith(prefix),
			);
			const isHere = isAbroad || read.startsWith(`+${code}`);
			expect({ value, code, read, isHere, possible: isPossiblePhoneNumber(read) }).toMatchObject({
				isHere: true,
				possible: true,
			});
		}),
		{ seed: 24, numRuns: 12_000 },
	);
});

test('30 countries: a number abroad needs a plus, 00, or the local dialing prefix', () => {
	const cases = fc.tuple(anyCountry, anyCountry).chain(([from, to]) =>
		nationalOf(to).map((national) => ({
			code: getCountryCallingCode(from),
			digits: `${getCountryCallingCode(to)}${national}`,
		})),
	);
	fc.assert(
		fc.property(cases, ({ code, digits }) => {
			for (const way of [`+${digits}`, `00${digits}`, `${planOf(code)?.abroad ?? '00'}${digits}`]) {
				expect([way, toAddress(way, code)]).toEqual([way, `+${digits}`]);
			}
		}),
		{ seed: 24, numRuns: 2_000 },
	);
});
