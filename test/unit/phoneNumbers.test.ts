import examples from 'libphonenumber-js/examples.mobile.json';
import { getCountries, getExampleNumber } from 'libphonenumber-js/max';
import type { CountryCode } from 'libphonenumber-js/max';
import { toAddress } from '../../nodes/ClerkChat/shared/phoneNumbers';

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
		[14155550123, '', '+14155550123'],
		[4155550123, '', '4155550123'],
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
		['inbox-7', '1', 'inbox-7'],
		['someone@example.com', '', 'someone@example.com'],
	])('%p with country code %p is %p', (value, countryCode, expected) => {
		expect(toAddress(value, countryCode)).toBe(expected);
	});
});
