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
			'As an SMS, this message is 2 parts (segments) long. It has 200 characters, and 153 fit into each part.',
		);
	});

	test('that a curly apostrophe makes long', () => {
		expect(lengthHint([`${letters(150)}’`])).toBe(
			'As an SMS, this message is 3 parts (segments) long. Because of "’" (curly apostrophe), only 67 characters fit into each part, not 153. The option \'Plain Characters\' replaces it: 1 part then.',
		);
	});

	test('that several characters make long, one of them invisible', () => {
		expect(lengthHint([`“${letters(300)}”…\u200b\u200b`])).toBe(
			'As an SMS, this message is 5 parts (segments) long. Because of U+200B (zero-width space), "“" (curly double quote), "”" (curly double quote) and 1 more, only 67 characters fit into each part, not 153. The option \'Plain Characters\' replaces them: 2 parts then.',
		);
	});

	test('that an emoji makes long', () => {
		expect(lengthHint([`It’s ${letters(100)}🎉`])).toBe(
			'As an SMS, this message is 2 parts (segments) long. Because of "’" (curly apostrophe) and "🎉" (emoji), only 67 characters fit into each part, not 153.',
		);
	});

	test('in another script', () => {
		expect(lengthHint(['Привет, как дела? '.repeat(6)])).toBe(
			'As an SMS, this message is 2 parts (segments) long. It has 108 characters, and in its alphabet 67 fit into each part.',
		);
	});
});

describe('several messages', () => {
	const short = Array<string>(28).fill(letters(100));

	test('of which some are long', () => {
		expect(lengthHint([...short, letters(161), letters(400)])).toBe(
			'As an SMS, 2 of 30 messages are longer than one part (segment). All together make 33 parts.',
		);
	});

	test('of which some are long because of what Plain Characters replaces', () => {
		const texts = [...short, letters(161), `${letters(150)}’`, `${letters(80)}’–’`];
		expect(lengthHint(texts)).toBe(
			'As an SMS, 3 of 31 messages are longer than one part (segment). All together make 35 parts. In 2 of them, because of "’" (curly apostrophe) and "–" (en dash), only 67 characters fit into each part, not 153. The option \'Plain Characters\' replaces them: 32 parts in all then.',
		);
	});

	test('of which one is long because of an emoji', () => {
		expect(lengthHint([...short, `${letters(100)}🎉`])).toBe(
			'As an SMS, 1 of 29 messages is longer than one part (segment). All together make 30 parts. In 1 of them, because of "🎉" (emoji), only 67 characters fit into each part, not 153.',
		);
	});
});
