/** What JSON is made of (RFC 8259). A string without its end matches as far as it is one. */
const BLANKS = /[ \t\n\r]*/y;
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** What may come next. */
type Expected = 'value' | 'value or ]' | 'name' | 'name or }' | ':' | ', or end' | 'nothing';

/**
 * Where a text stops being JSON. JavaScript itself does not always tell, and not always in the same words.
 * @returns the position of the first character that cannot stand there, from 0, or where the word, or the part of a number
 * or of a text, begins to which it belongs; the length of the text when it ends too soon; undefined when it is JSON
 */
export function whereJsonBreaks(text: string): number | undefined {
	const open: string[] = [];
	let expected: Expected = 'value';
	let at = 0;
	const matched = (pattern: RegExp) => {
		pattern.lastIndex = at;
		const length = pattern.exec(text)?.[0].length ?? 0;
		at += length;
		return length > 0;
	};
	const afterValue = (): Expected => (open.length > 0 ? ', or end' : 'nothing');
	for (;;) {
		matched(BLANKS);
		const sign = text[at];
		if (sign === undefined) return expected === 'nothing' ? undefined : at;
		const start = at;
		if (expected === ':') {
			if (sign !== ':') return at;
			at++;
			expected = 'value';
		} else if (expected === 'nothing') {
			return at;
		} else if (sign === open.at(-1) && /end|or [\]}]/.test(expected)) {
			at++;
			open.pop();
			expected = afterValue();
		} else if (expected === ', or end') {
			if (sign !== ',') return at;
			at++;
			expected = open.at(-1) === '}' ? 'name' : 'value';
		} else if (sign === '"') {
			matched(STRING);
			if (text[at] !== '"') return at;
			at++;
			expected = expected.startsWith('name') ? ':' : afterValue();
		} else if (expected.startsWith('name')) {
			return at;
		} else if (sign === '{' || sign === '[') {
			at++;
			open.push(sign === '{' ? '}' : ']');
			expected = sign === '{' ? 'name or }' : 'value or ]';
		} else if (matched(SCALAR)) {
			expected = afterValue();
		} else {
			return start;
		}
	}
}
