import fc from 'fast-check';
import examples from 'libphonenumber-js/examples.mobile.json';
import parsePhoneNumber, { getCountries, getExampleNumber } from 'libphonenumber-js/max';
import type { CountryCode } from 'libphonenumber-js/max';
import { toAddress } from '../../nodes/ClerkChat/fields/phoneNumbers';

/* 'Default Country Code' against the mobile numbers that libphonenumber gives as examples, one for each country. */

const numbers = getCountries().flatMap((country) => {
	const number = getExampleNumber(country, examples);
	return number ? [{ country, number }] : [];
});

/** Written with a 15 behind the area code, which is a 9 before it from abroad. */
const WRITTEN_OTHERWISE: CountryCode[] = ['AR'];

test('there is an example for nearly every country', () => {
	expect(numbers.length).toBeGreaterThan(230);
});

test.each(numbers)('$country $number.number, however it is written', ({ country, number }) => {
	const digits = number.number.slice(1);
	const ways = [
		number.nationalNumber,
		number.formatInternational(),
		digits,
		`00${digits}`,
		...(WRITTEN_OTHERWISE.includes(country) ? [] : [number.formatNational()]),
	];
	const digitsAlone = [digits, number.nationalNumber].filter((text) => !text.startsWith('0'));
	for (const text of digitsAlone) {
		expect([text, toAddress(Number(text), number.countryCallingCode)]).toEqual([
			text,
			number.number,
		]);
	}
	const read = ways.map((way) => [way, toAddress(way, number.countryCallingCode)]);
	expect(read).toEqual(ways.map((way) => [way, number.number]));
});

test.each([
	['1', '011'],
	['7', '810'],
	['61', '0011'],
	['81', '010'],
	['44', '00'],
])('with country code %s, %s comes before a number abroad', (code, prefix) => {
	expect(toAddress(`${prefix} 49 1512 3456789`, code)).toBe('+4915123456789');
});

test('a number from elsewhere that is too long for one inside the country gets its plus back', () => {
	const elsewhere = numbers
		.map(({ number }) => number.number.slice(1))
		.filter((digits) => digits.length > 10 && !digits.startsWith('1'));
	expect(elsewhere.length).toBeGreaterThan(100);
	expect(elsewhere.map((digits) => toAddress(digits, '1'))).toEqual(
		elsewhere.map((digits) => `+${digits}`),
	);
});

test('Brazil: an area code that is the country code, too', () => {
	expect(toAddress('(55) 99999-1234', '55')).toBe('+5555999991234');
	expect(toAddress('55 55 99999-1234', '55')).toBe('+5555999991234');
});

/** What libphonenumber says of digits with a plus. */
const judge = (digits: string) => parsePhoneNumber(`+${digits}`);
/** Only numbers of people: nobody texts the long ones of machines and services. */
const isValid = (digits: string) => /FIXED_LINE|MOBILE/.test(judge(digits)?.getType() ?? '');
const isMobile = (digits: string) => /MOBILE/.test(judge(digits)?.getType() ?? '');

const codes = [...new Set(numbers.map(({ number }) => number.countryCallingCode as string))];

/** Numbers as spreadsheets keep them: text, or a number, which has no zero at the front. */
const kept = (digits: string) => [digits, Number(digits)];

/** Any digits: from `least` to `most` of them. */
const digitsOf = (least: number, most = least) =>
	fc
		.tuple(fc.integer({ min: least, max: most }), fc.nat({ max: 10 ** most - 1 }))
		.map(([length, number]) => String(number).padStart(most, '0').slice(-length));

describe("never somebody else's number", () => {
	test.each(numbers)('$country $number.number without plus or code', ({ number }) => {
		for (const digits of [number.number.slice(1), number.nationalNumber]) {
			expect(toAddress(digits, '')).toBe(digits);
			expect(toAddress(Number(digits), '')).toMatchObject({ digits: String(Number(digits)) });
		}
	});

	test.each(numbers)('$country $number.number, where another country is the default', (example) => {
		const digits = example.number.number.slice(1);
		const wrong = codes.flatMap((code) =>
			kept(digits)
				.map((value) => ({ code, value, read: toAddress(value, code) }))
				.filter(({ read }) => typeof read === 'string' && read !== `+${digits}` && read !== digits)
				// A mobile number of the default country, which is what somebody with this option means; or nobody's.
				.filter(() => !isMobile(code + digits) && isValid(code + digits))
				// Small islands: with so few digits, what fits the default country is not taken for a number abroad.
				.filter(() => digits.length >= 10),
		);
		expect(wrong).toEqual([]);
	});

	test.each(numbers)(
		'$country $number.nationalNumber, which lost its zero as a number',
		(example) => {
			const { nationalNumber, countryCallingCode, number } = example.number;
			const read = toAddress(Number(nationalNumber), countryCallingCode);
			if (typeof read === 'string') expect(read).toBe(number);
		},
	);

	test('any mobile number with its country as the default, however it is written', () => {
		const mobiles = fc
			.tuple(fc.constantFrom(...numbers), digitsOf(5))
			.map(([{ number }, tail]) => ({
				code: number.countryCallingCode as string,
				national: number.nationalNumber.slice(0, -5) + tail,
			}))
			.filter(({ code, national }) => isMobile(code + national));
		fc.assert(
			fc.property(mobiles, ({ code, national }) => {
				for (const digits of [national, code + national]) {
					for (const value of kept(digits)) {
						const read = toAddress(value, code);
						if (typeof read === 'string')
							expect({ value, read }).toEqual({ value, read: `+${code}${national}` });
					}
				}
			}),
			{ seed: 12, numRuns: 2_000 },
		);
	});

	/* What is national by its shape or its length alone, although libphonenumber knows no such number. Nobody has it. */
	const isNobodys = (national: string) => !isValid(national);

	test('any digits: the only number that they can be, a mobile number of the country, or none', () => {
		const digits = fc
			.tuple(fc.constantFrom(...codes, ''), fc.integer({ min: 1, max: 9 }), digitsOf(6, 12))
			.map((parts) => parts.join(''));
		fc.assert(
			fc.property(digits, fc.constantFrom(...codes), fc.boolean(), (text, code, asNumber) => {
				if (asNumber && !Number.isSafeInteger(Number(text))) return;
				const read = toAddress(asNumber ? Number(text) : text, code);
				if (typeof read !== 'string' || read === text) return;
				const other =
					read === `+${text}` ? code + text.replace(code === '7' ? /^8/ : '', '') : text;
				expect([`+${text}`, `+${code}${text}`, `+${code}${text.slice(1)}`]).toContain(read);
				// E.164 has 15 digits at most.
				if (text.length < 10 || other.length > 15 || !isValid(other)) return;
				// Both are somebody's.
				const isSure =
					isNobodys(read.slice(1)) || (isMobile(read.slice(1)) && read.startsWith(`+${code}`));
				expect({ text, code, read, isSure }).toMatchObject({ isSure: true });
			}),
			{ seed: 12, numRuns: 8_000 },
		);
	});
});

describe('digits that can be two numbers', () => {
	test.each<[string | number, string, string[]]>([
		['41791234567', '49', ['+4941791234567', '+41791234567']],
		[41791234567, '49', ['+4941791234567', '+41791234567']],
		['4930901820', '49', ['+494930901820', '+4930901820']],
		['12015550123', '49', ['+4912015550123', '+12015550123']],
		['84912345678', '7', ['+74912345678', '+84912345678']],
		[707070707, '225', ['+225707070707', '+2250707070707']],
		[612345678, '39', ['+39612345678', '+390612345678']],
	])('%p with country code %p: %p', (digits, code, readings) => {
		expect(toAddress(digits, code)).toEqual({ digits: String(digits), readings });
	});

	test.each<[number, string[]]>([
		[15202345678, ['+15202345678', 'a national number without its first zero']],
		[14155550123, ['+14155550123', 'a national number without its first zero']],
		[4155550123, ['+4155550123', 'a national number without its first zero']],
		[12345, ['a short code', 'a national number without its first zero']],
	])('the number %p without a country code: %p', (number, readings) => {
		expect(toAddress(number, '')).toEqual({ digits: String(number), readings });
	});

	test.each<[string | number, string, string]>([
		['15202345678', '49', '+4915202345678'],
		[15202345678, '49', '+4915202345678'],
		[13812345678, '86', '+8613812345678'],
		[81234567890, '62', '+6281234567890'],
		[11987654321, '55', '+5511987654321'],
		[7400123456, '44', '+447400123456'],
		[5321234567, '90', '+905321234567'],
		[9876543210, '91', '+919876543210'],
		[4792345678, '1', '+14792345678'],
		['0041791234567', '49', '+41791234567'],
		['041791234567', '49', '+4941791234567'],
		['41791234567', '1', '+41791234567'],
	])('%p with country code %p is sure: %p', (digits, code, address) => {
		expect(toAddress(digits, code)).toBe(address);
	});
});

describe('one address', () => {
	test.each<[string | number, string, string | undefined]>([
		['+14155550123', '', '+14155550123'],
		[' +1 (415) 555-0123 ', '', '+14155550123'],
		['+1.415.555.0123', '', '+14155550123'],
		['+44 (0)20 7946 0018', '', '+442079460018'],
		['+49\u00a030\u2011901820', '', '+4930901820'],
		['+1415555012a', '', undefined],
		['+0415555012', '', undefined],
		['+123456', '', undefined],
		['+1234567890123456', '', undefined],
		[14155550123, '1', '+14155550123'],
		['14155550123', '', '14155550123'],
		['4155550123', '1', '+14155550123'],
		['(415) 555-0123', '1', '+14155550123'],
		['14155550123', '1', '+14155550123'],
		[4155550123, '1', '+14155550123'],
		['020 7946 0018', '44', '+442079460018'],
		['0044 20 7946 0018', '44', '+442079460018'],
		['00 49 30 901820', '44', '+4930901820'],
		['06 1234 5678', '39', '+390612345678'],
		['0707 0707 07', '225', '+2250707070707'],
		['8 (912) 345-67-89', '7', '+79123456789'],
		['06 20 123 4567', '36', '+36201234567'],
		['8 029 491 19 11', '375', '+375294911911'],
		['12345', '1', '12345'],
		[12345, '1', '12345'],
		[9007199254740991, '', undefined],
		[9007199254740991, '1', undefined],
		['inbox-7', '1', 'inbox-7'],
		['someone@example.com', '', 'someone@example.com'],
	])('%p with country code %p is %p', (value, countryCode, expected) => {
		expect(toAddress(value, countryCode)).toBe(expected);
	});
});
