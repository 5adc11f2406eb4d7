import fc from 'fast-check';
import SmartEncodingMap from 'sms-segments-calculator/dist/libs/SmartEncodingMap';
import { plainCharacters } from '../../nodes/ClerkChat/fields/plainCharacters';
import { segmentsOf } from '../../nodes/ClerkChat/fields/segments';
import { TYPOGRAPHY } from '../../nodes/ClerkChat/fields/typography';
import { anyCharacter } from './anyCharacter';

test.each([
	['“It’s five o’clock”', '"It\'s five o\'clock"'],
	['‚einfach‘ „doppelt“ «chevrons» ‹simples›', '\'einfach\' "doppelt" "chevrons" \'simples\''],
	['don`t, don´t', "don't, don't"],
	['9–5 — call us…', '9-5 - call us...'],
	['• one\n• two', '- one\n- two'],
	['25\u00a0€, 10\u202f000, a\tb', '25 €, 10 000, a b'],
	['line\u2028paragraph\u2029cell\vend', 'line\nparagraph\ncell\nend'],
	['\ufeffex\u00adam\u200bple\u200e.com\u2060', 'example.com'],
	['Grüßen\u200c ', 'Grüßen '],
	['cafe\u0301', 'café'],
	['100 \u2126, \u212bngström', '100 Ω, Ångström'],
])('%j becomes %j', (text, plain) => {
	expect(plainCharacters(text)).toBe(plain);
});

test.each([
	['what is plain already', 'It\'s 5 € {now}:\r\n"été" [~^|\\]\f'],
	['an emoji', 'It’s 🎉'],
	['joined emoji', '“👩‍👩‍👧” and 🏳️‍🌈, 1️⃣'],
	['the flag of England', '–🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
	['letters with accents that GSM-7 lacks', 'Ça va, maçon – “à bientôt”'],
	['Persian, which needs its non-joiners', 'می‌خواهم…'],
	['Hindi, which needs its joiners', 'क्‍ष “क्ष”'],
	['Hebrew with direction marks', '\u200fשלום (1)\u200f…'],
	['Chinese quotes and blanks', '“你好”……\u3000——'],
	['signs with a meaning of their own', '20 °C – ½ × 3™'],
])("%s: a text that wouldn't get cheaper stays unchanged", (_, text) => {
	expect(plainCharacters(text)).toBe(text);
});

test('a text that would need more segments stays unchanged', () => {
	const text = '…'.repeat(70);
	expect(segmentsOf(text.replaceAll('…', '...')).segments).toBe(2);
	expect(plainCharacters(text)).toBe(text);
});

describe('the table', () => {
	const entries = [...TYPOGRAPHY].map(([character, { plain }]) => [character, plain]);

	test('contains no GSM-7 characters, and replaces only with those', () => {
		const wrong = entries.filter(
			([character, plain]) =>
				segmentsOf(character).encoding === 'GSM-7' || segmentsOf(plain).encoding !== 'GSM-7',
		);
		expect(entries.length).toBeGreaterThan(150);
		expect(wrong).toEqual([]);
	});

	test("equals Twilio's, except for spaces, lines and quotes", () => {
		const others = entries.flatMap(([character, plain]) => {
			const theirs = SmartEncodingMap[character];
			const isSame = theirs === undefined || theirs === plain || theirs.trim() === plain.trim();
			return isSame ? [] : [`${character} is ${plain} here, ${theirs} there`];
		});
		expect(others).toEqual([
			"‚ is ' here, , there",
			"‹ is ' here, < there",
			"› is ' here, > there",
		]);
	});
});

describe('random texts', () => {
	const typographic = fc.constantFrom(...TYPOGRAPHY.keys());
	const gsm = fc.constantFrom(...'abcdefghijklm NOPQRS 0123456789 @£$èéÇøΔΩäöü{}[]€|\n\r');
	const emoji = fc.constantFrom(...'😀 🎉 ❤️ 👍🏻 🇮🇹 1️⃣ 👩‍👩‍👧‍👦 🏳️‍🌈'.split(' '));
	const letters = fc.constantFrom(...'áçłőжшאبनी中テ한', 'e\u0301', 'o\u0323', '\u0301');
	const textOf = (...kinds: Array<fc.Arbitrary<string>>) =>
		fc.array(fc.oneof(...kinds), { maxLength: 300, size: 'max' }).map((pieces) => pieces.join(''));
	const mixed = fc.oneof(
		textOf(typographic, gsm),
		textOf(gsm, typographic, letters),
		textOf(gsm, typographic, emoji, letters),
		fc.string({ unit: anyCharacter }),
	);

	test('replacing twice is replacing once', () => {
		fc.assert(
			fc.property(mixed, (text) => {
				const plain = plainCharacters(text);
				expect(plainCharacters(plain)).toBe(plain);
			}),
		);
	});

	test('no text needs more segments', () => {
		fc.assert(
			fc.property(mixed, (text) => {
				expect(segmentsOf(plainCharacters(text)).segments).toBeLessThanOrEqual(
					segmentsOf(text).segments,
				);
			}),
		);
	});

	test('a text with no other characters becomes GSM-7', () => {
		const withoutDots = typographic.filter((character) => !'…‥'.includes(character));
		fc.assert(
			fc.property(textOf(withoutDots, gsm), (text) => {
				expect(segmentsOf(plainCharacters(text)).encoding).toBe('GSM-7');
			}),
		);
	});

	test('keeps letters, digits and emoji', () => {
		const kept = (text: string) =>
			[...text.normalize('NFC')].filter(
				(character) =>
					!TYPOGRAPHY.has(character) && /[\p{L}\p{N}\p{M}\p{So}\p{Sk}]/u.test(character),
			);
		fc.assert(
			fc.property(mixed, (text) => {
				expect(kept(plainCharacters(text))).toEqual(kept(text));
			}),
		);
	});
});
