import fc from 'fast-check';
import { whereJsonBreaks } from '../../nodes/ClerkChat/fields/jsonBreak';

/** What JavaScript itself says of a text; undefined when it is JSON. */
function complaintOf(text: string): string | undefined {
	try {
		JSON.parse(text);
		return undefined;
	} catch (error) {
		return (error as Error).message;
	}
}

/** JSON, and JSON in which one character was taken out, put in, or replaced. */
const almostJson = fc
	.tuple(
		fc.json({ maxDepth: 3 }),
		fc.nat(),
		fc.nat(1),
		fc.constantFrom(
			'',
			'"',
			"'",
			',',
			':',
			'{',
			'}',
			'[',
			']',
			'\\',
			'\n',
			' ',
			'0',
			'-',
			'e',
			'.',
			'a',
		),
		fc.constantFrom(undefined, 1, '\t'),
	)
	.map(([json, place, removed, added, space]) => {
		const text = JSON.stringify(JSON.parse(json), null, space);
		const at = place % (text.length + 1);
		return text.slice(0, at) + added + text.slice(at + removed);
	});

const RUNS = { numRuns: 3000 };

test('a text breaks exactly when JavaScript cannot read it', () => {
	fc.assert(
		fc.property(almostJson, (text) => {
			expect(whereJsonBreaks(text) === undefined).toBe(complaintOf(text) === undefined);
		}),
		RUNS,
	);
});

/** Whether a text lacks nothing but its end. */
function isUnfinished(text: string): boolean {
	const complaint = complaintOf(text) ?? 'end of JSON';
	if (complaint.includes(`at position ${text.length}`)) return true;
	return /end of JSON|Unterminated|after minus sign|Exponent/.test(complaint);
}

test('what stands before the break is the beginning of some JSON, and one more character is not', () => {
	fc.assert(
		fc.property(almostJson, (text) => {
			const at = whereJsonBreaks(text);
			fc.pre(at !== undefined);
			expect(isUnfinished(text.slice(0, at))).toBe(true);
			// A word, and a part of a number or of a text, is named by its beginning.
			if (!/[-.eEtfn\\]/.test(text[at!] ?? '-')) {
				expect(isUnfinished(text.slice(0, at! + 1))).toBe(false);
			}
		}),
		RUNS,
	);
});

test.each<[string, number | undefined]>([
	['{ "plan": "gold" }', undefined],
	[' [1, -2.5e3, true, null, "\\u00e9"]\n', undefined],
	['', 0],
	['gold', 0],
	['{ plan: "gold" }', 2],
	["{ 'plan': 1 }", 2],
	['{ "plan": gold }', 10],
	['{ "plan" "gold" }', 9],
	['{ "a": 1 "b": 2 }', 9],
	['{ "a": 1, }', 10],
	['[1, ]', 4],
	['{ "a": 1', 8],
	['{ "a": "b', 9],
	['{ "a": "b\nc" }', 9],
	['{ "a": "\\x" }', 8],
	['{ "a": 1 ]', 9],
	['{ "a": 1 } }', 11],
	['{ "a": 01 }', 8],
	['{ "a": “b” }', 7],
	['{ "a": undefined }', 7],
])('%j breaks at %p', (text, at) => {
	expect(whereJsonBreaks(text)).toBe(at);
});
