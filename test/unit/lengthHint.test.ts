import { lengthHint } from '../../nodes/ClerkChat/resources/message/lengthHint';

const letters = (count: number): string => 'a'.repeat(count);

test.each([
	['no messages', []],
	['no text', ['']],
	['what fits', [letters(160), `${letters(68)}🎉`]],
	['what fits with an apostrophe that Plain Characters would replace', [`${letters(60)}’`]],
])('%s: nothing to say', (_, texts) => {
	expect(lengthHint(texts)).toBeUndefined();
});

describe('one message', () => {
	test('that is long', () => {
		expect(lengthHint([letters(200)])).toBe(
			'As an SMS, this message has 2 segments. It has 200 characters, and each segment holds 153.',
		);
	});

	test('made long by a curly apostrophe', () => {
		expect(lengthHint([`${letters(150)}’`])).toBe(
			'As an SMS, this message has 3 segments. "’" (curly apostrophe) limits each segment to 67 characters instead of 153. Turn on \'Plain Characters\' to get down to 1 segment.',
		);
	});

	test('made long by several characters, one of them invisible', () => {
		expect(lengthHint([`“${letters(300)}”…\u200b\u200b`])).toBe(
			'As an SMS, this message has 5 segments. U+200B (zero-width space), "“" (curly double quote), "”" (curly double quote) and 1 more limit each segment to 67 characters instead of 153. Turn on \'Plain Characters\' to get down to 2 segments.',
		);
	});

	test('made long by an emoji', () => {
		expect(lengthHint([`It’s ${letters(100)}🎉`])).toBe(
			'As an SMS, this message has 2 segments. "’" (curly apostrophe) and "🎉" (emoji) limit each segment to 67 characters instead of 153.',
		);
	});

	test('in another script', () => {
		expect(lengthHint(['Привет, как дела? '.repeat(6)])).toBe(
			'As an SMS, this message has 2 segments. It has 108 characters, and each segment holds 67 in this alphabet.',
		);
	});
});

describe('several messages', () => {
	const short = Array<string>(28).fill(letters(100));

	test('of which some are long', () => {
		expect(lengthHint([...short, letters(161), letters(400)])).toBe(
			'As an SMS, 2 of 30 messages have more than one segment. All messages together have 33 segments.',
		);
	});

	test('of which some are long because of characters that Plain Characters replaces', () => {
		const texts = [...short, letters(161), `${letters(150)}’`, `${letters(80)}’–’`];
		expect(lengthHint(texts)).toBe(
			'As an SMS, 3 of 31 messages have more than one segment. All messages together have 35 segments. In 2 of them, "’" (curly apostrophe) and "–" (en dash) limit each segment to 67 characters instead of 153. Turn on \'Plain Characters\' to get down to 32 segments in all.',
		);
	});

	test('that are all long for the same reason', () => {
		expect(lengthHint([`${letters(150)}’`, `${letters(150)}’`])).toBe(
			'As an SMS, every message has more than one segment. All messages together have 6 segments. "’" (curly apostrophe) limits each segment to 67 characters instead of 153. Turn on \'Plain Characters\' to get down to 2 segments in all.',
		);
	});

	test('of which one is long because of an emoji', () => {
		expect(lengthHint([...short, `${letters(100)}🎉`])).toBe(
			'As an SMS, 1 of 29 messages has more than one segment. All messages together have 30 segments. "🎉" (emoji) limits each segment to 67 characters instead of 153.',
		);
	});
});
