import fc from 'fast-check';
import { SegmentedMessage } from 'sms-segments-calculator';
import UnicodeToGsm from 'sms-segments-calculator/dist/libs/UnicodeToGSM';
import { segmentsOf } from '../../nodes/ClerkChat/fields/segments';
import { anyCharacter } from './anyCharacter';

/* Checks the segment count against Twilio's own counter, and against what Twilio billed. */

/** What Twilio's counter says, in our words. */
function oracle(text: string) {
	const { segmentsCount, encodingName, messageSize } = new SegmentedMessage(text);
	return {
		segments: segmentsCount,
		encoding: encodingName,
		characters: messageSize / (encodingName === 'GSM-7' ? 7 : 16),
	};
}

function counted(text: string) {
	const { segments, encoding, characters } = segmentsOf(text);
	return { segments, encoding, characters };
}

const digits = (count: number): string => '1234567890'.repeat(400).slice(0, count);

describe("the texts of Twilio's own tests", () => {
	const extension = ['|', '^', '€', '{', '}', '[', ']', '~', '\\'];
	const oneGrapheme = ['Á', 'Ú', 'ú', 'ç', 'í', 'Í', 'ó', 'Ó'];
	const tripleAccent = 'e\u0301\u0301\u0301';
	const texts: Array<[text: string, encoding: string, segments: number]> = [
		[digits(160), 'GSM-7', 1],
		[digits(161), 'GSM-7', 2],
		[digits(307), 'GSM-7', 3],
		[`😜${digits(68)}`, 'UCS-2', 1],
		[`😜${digits(69)}`, 'UCS-2', 2],
		[`😜${digits(133)}`, 'UCS-2', 3],
		[`🇮🇹${digits(66)}`, 'UCS-2', 1],
		[`🇮🇹${digits(67)}`, 'UCS-2', 2],
		[`🏳️‍🌈${digits(64)}`, 'UCS-2', 1],
		[`🏳️‍🌈${digits(65)}`, 'UCS-2', 2],
		...extension.flatMap(
			(character): Array<[string, string, number]> => [
				[character + digits(158), 'GSM-7', 1],
				[character + digits(159), 'GSM-7', 2],
			],
		),
		...oneGrapheme.flatMap(
			(character): Array<[string, string, number]> => [
				[character.repeat(70), 'UCS-2', 1],
				[character.repeat(71), 'UCS-2', 2],
			],
		),
		[`😀${']'.repeat(68)}`, 'UCS-2', 1],
		[`😀${']'.repeat(69)}`, 'UCS-2', 2],
		['\rabcde\r\n123', 'GSM-7', 1],
		['\nabcde\n\n123\n', 'GSM-7', 1],
		[`${tripleAccent}${'a'.repeat(66)}`, 'UCS-2', 1],
		[`${tripleAccent}${'a'.repeat(67)}`, 'UCS-2', 2],
		['más', 'UCS-2', 1],
		[`${'|'.repeat(24)}{${'|'.repeat(28)}∞${'|'.repeat(10)}^${'|'.repeat(5)}`, 'UCS-2', 1],
	];
	test.each(texts)('%j: %s, %i', (text, encoding, segments) => {
		expect(counted(text)).toMatchObject({ encoding, segments });
		expect(counted(text)).toEqual(oracle(text));
	});
});

/*
 * https://github.com/TwilioDevEd/message-segment-calculator/issues/66, 28 July 2026: `num_segments` of real messages.
 * The issue doesn't include the exact texts of 3a to 4. In 3b and 3d, Twilio replaced the characters before it counted.
 */
test.each([
	['1a', 'a'.repeat(80) + '\r\n' + 'a'.repeat(79), 'GSM-7', 2],
	['1b', 'a'.repeat(80) + '\n' + 'a'.repeat(79), 'GSM-7', 1],
	['1c', 'a'.repeat(200) + '\r\n' + 'a'.repeat(105), 'GSM-7', 3],
	['2a', 'é'.repeat(70), 'GSM-7', 1],
	['2b', 'e\u0301'.repeat(70), 'UCS-2', 3],
	['2c', 'e\u0301', 'UCS-2', 1],
	['3a', '“Hello”', 'UCS-2', 1],
	['3b', '"Hello"', 'GSM-7', 1],
	['3c', '„Hello\u200c', 'UCS-2', 1],
	['3d', '"Hello', 'GSM-7', 1],
	['4', '😀|', 'UCS-2', 1],
	['5a', 'a'.repeat(160), 'GSM-7', 1],
	['5b', 'a'.repeat(161), 'GSM-7', 2],
	['5c', '中'.repeat(70), 'UCS-2', 1],
	['5d', '中'.repeat(71), 'UCS-2', 2],
	['5e', '|', 'GSM-7', 1],
])('Twilio billed as many for text %s of issue 66', (_, text, encoding, segments) => {
	expect(counted(text)).toMatchObject({ encoding, segments });
	expect(counted(text)).toEqual(oracle(text));
});

test("every UTF-16 unit is as long as in Twilio's table", () => {
	const units = Array.from({ length: 0x10000 }, (_, unit) => unit);
	const wrong = units.filter((unit) => {
		const { encoding, characters } = segmentsOf(String.fromCharCode(unit));
		return UnicodeToGsm[unit]
			? encoding !== 'GSM-7' || characters !== UnicodeToGsm[unit].length
			: encoding !== 'UCS-2' || characters !== 1;
	});
	expect(wrong).toEqual([]);
});

/** Characters as people see them, in Twilio's counter and here. */
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
function areCutAlike(text: string): boolean {
	const here = [...graphemes.segment(text)].flatMap(({ segment }) =>
		segment === '\r\n' ? ['\r', '\n'] : [segment],
	);
	return here.join('|') === new SegmentedMessage(text).graphemes.join('|');
}

/*
 * Two more texts that people really sent: https://github.com/TwilioDevEd/message-segment-calculator/issues/39 and
 * /issues/18.
 */
test.each([
	['a part ends before a bracket of two septets', ']'.repeat(153), 3],
	['a bracket is one unit in UCS-2', `this is a ${']'.repeat(74)}😘`, 2],
])('Twilio billed as many: %s', (_, text, segments) => {
	expect(counted(text).segments).toBe(segments);
	expect(counted(text)).toEqual(oracle(text));
});

test("two completely full segments don't become three", () => {
	const full = 'a'.repeat(2 * 153);
	expect(counted(full).segments).toBe(2);
	expect(counted(full)).toEqual(oracle(full));
});

describe('random texts', () => {
	const gsm = fc.constantFrom(...'abcdefghijklmnop ABC 0123456789 @£$¥èéÇØøÅåΔΩ¡¿§äöñüà_,.!?');
	const extension = fc.constantFrom(...'^{}\\[~]|€\f');
	const typographic = fc.constantFrom(...'‘’“”„‚«»–—…•\u00a0\u2009\u202f');
	const emoji = fc.constantFrom(...'😀 🎉 ❤️ 👍🏻 🤟🏿 🇮🇹 1️⃣ 👩‍👩‍👧‍👦 👩🏽‍🚀 🏳️‍🌈'.split(' '));
	const accents = fc.constantFrom('e\u0301', 'n\u0303', 'o\u0302\u0323', 'á', 'ç', 'ł');
	const scripts = fc.constantFrom(...'中文テ한жшשא', 'नि', 'สี');
	const halves = fc.constantFrom('\ud83d', '\ude00', '\udfff');
	const breaks = fc.constantFrom('\n', '\r\n', '\r', '\t');
	const manySame = (one: fc.Arbitrary<string>) =>
		fc.tuple(one, fc.integer({ min: 1, max: 70 })).map(([text, times]) => text.repeat(times));
	const some = (...kinds: Array<fc.Arbitrary<string>>) =>
		fc
			.array(fc.oneof(...kinds, manySame(gsm), manySame(fc.oneof(...kinds))), {
				minLength: 1,
				maxLength: 8,
			})
			.map((pieces) => pieces.join(''));

	test.each([
		[
			'GSM-7',
			some(
				gsm,
				extension,
				breaks.filter((text) => text !== '\t'),
			),
		],
		['typographic', some(gsm, extension, typographic, breaks)],
		['emoji', some(gsm, emoji)],
		['accents', some(gsm, accents)],
		['other scripts', some(scripts, breaks, emoji)],
		['all kinds', some(gsm, extension, typographic, emoji, accents, scripts, breaks)],
	])('%s: as Twilio counts', (_, texts) => {
		fc.assert(
			fc.property(texts, (text) => {
				expect(areCutAlike(text)).toBe(true);
				expect(counted(text)).toEqual(oracle(text));
			}),
			{ numRuns: 150 },
		);
	});

	test('two-septet characters around segment ends: as Twilio counts', () => {
		const lengths = fc.integer({ min: 140, max: 400 });
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 5 }), lengths, (before, many) => {
				const text = 'a'.repeat(before) + '€'.repeat(many);
				expect(counted(text)).toEqual(oracle(text));
			}),
		);
	});

	test('any Unicode text, including halves of characters: as Twilio counts if both see the same characters', () => {
		const any = fc.oneof(
			fc.string({ unit: anyCharacter }),
			fc.string({ unit: 'grapheme' }),
			halves,
		);
		const unusual = some(any, gsm).filter((text) => text !== '' && areCutAlike(text));
		fc.assert(
			fc.property(unusual, (text) => {
				expect(counted(text)).toEqual(oracle(text));
			}),
			{ numRuns: 150 },
		);
	});

	test('never fewer segments than the length needs', () => {
		const any = fc.oneof(
			fc.string({ unit: anyCharacter }),
			gsm,
			emoji,
			accents,
			fc.constant('\u0301'),
		);
		fc.assert(
			fc.property(some(any), (text) => {
				const { segments, encoding, characters } = segmentsOf(text);
				const [alone, ofSeveral] = encoding === 'GSM-7' ? [160, 153] : [70, 67];
				const least = characters <= alone ? 1 : Math.ceil(characters / ofSeveral);
				expect(segments).toBeGreaterThanOrEqual(Math.min(least, characters));
			}),
		);
	});
});

describe("where it differs from Twilio's counter", () => {
	test('an empty text has no segments', () => {
		expect(segmentsOf('')).toEqual({ segments: 0, encoding: 'GSM-7', characters: 0, forcing: [] });
		expect(oracle('').segments).toBe(1);
	});

	test("an emoji newer than 2017 isn't cut in two either", () => {
		const redHaired = '👨‍🦰';
		const text = 'a'.repeat(64) + redHaired + 'b'.repeat(64);
		expect([segmentsOf(text).segments, oracle(text).segments]).toEqual([3, 2]);
	});

	test('a letter with more accents than a segment holds counts by its length', () => {
		const text = 'e' + '\u0301'.repeat(200);
		expect([segmentsOf(text).segments, oracle(text).segments]).toEqual([3, 2]);
	});

	test('even then, the two halves of a character stay together', () => {
		const text = '😀' + '🏻'.repeat(99);
		expect(text).toHaveLength(200);
		expect(segmentsOf(text).segments).toBe(4);
	});
});

describe('characters that make a text UCS-2', () => {
	test('none in GSM-7', () => {
		expect(segmentsOf('It\'s 5 € {now}: "été"').forcing).toEqual([]);
	});

	test('are shown as people see them, most frequent first', () => {
		expect(segmentsOf('“It’s five o’clock”\u200b 👩‍👩‍👧 cafe\u0301').forcing).toEqual([
			{ character: '’', count: 2, codePoint: 'U+2019', name: 'curly apostrophe' },
			{ character: '“', count: 1, codePoint: 'U+201C', name: 'curly double quote' },
			{ character: '”', count: 1, codePoint: 'U+201D', name: 'curly double quote' },
			{ character: '\u200b', count: 1, codePoint: 'U+200B', name: 'zero-width space' },
			{
				character: '👩‍👩‍👧',
				count: 1,
				codePoint: 'U+1F469 U+200D U+1F469 U+200D U+1F467',
				name: 'emoji',
			},
			{
				character: 'e\u0301',
				count: 1,
				codePoint: 'U+0065 U+0301',
				name: 'combining accent',
			},
		]);
	});

	test.each([
		['\u00a0', 'non-breaking space'],
		['\t', 'tab'],
		['`', 'grave accent'],
		['–', 'en dash'],
		['…', 'ellipsis'],
		['❤️', 'emoji'],
		['👍🏻', 'emoji'],
		['🇮🇹', 'emoji'],
		['1️⃣', 'emoji'],
		['🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'emoji'],
		['a\ufe0f', 'followed by an invisible character'],
		['ж', 'Cyrillic letter'],
		['ο', 'Greek letter'],
		['\ud83d', 'incomplete character'],
		['\u0092', 'control character'],
	])('%j is one, called "%s"', (character, name) => {
		expect(segmentsOf(`a ${character} b`).forcing).toMatchObject([{ character, name }]);
	});

	test.each(['™', 'ç', '中', 'नि', '₹', '∞'])(
		'%j is what it looks like, and has no name',
		(character) => {
			const [forcing] = segmentsOf(character).forcing;
			expect(forcing).toEqual({
				character,
				count: 1,
				codePoint: expect.stringMatching(/^U\+/) as string,
			});
		},
	);

	test('only the ten most frequent are named', () => {
		const chinese = Array.from({ length: 300 }, (_, index) => String.fromCharCode(0x4e00 + index));
		const { forcing } = segmentsOf(chinese.join('') + '中中');
		expect(forcing).toHaveLength(10);
		expect(forcing[0]).toMatchObject({ character: '中', count: 3 });
	});

	test('are none exactly if the text is in GSM-7', () => {
		fc.assert(
			fc.property(fc.string({ unit: anyCharacter }), (text) => {
				const { encoding, forcing } = segmentsOf(text);
				expect(forcing.length === 0).toBe(encoding === 'GSM-7');
			}),
		);
	});
});
