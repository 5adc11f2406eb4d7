/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/* Words no longer used in the nodes and the credential, each with its replacement (CONTRIBUTING.md). */

const root = join(__dirname, '..', '..');

const RETIRED: Array<[RegExp, string]> = [
	[/\bbehind\b(?! a firewall)/i, 'after'],
	[/\b(?:comes?|came|coming) out\b/i, 'return, show, leave by an output'],
	[/\b(?:comes?|came) in\b/i, 'arrive, receive'],
	[/\b(?:goes?|going|went|gone) out\b/i, 'send'],
	[/\b(?:goes?|went|gone) on\b/i, 'continue'],
	[/\b(?:gives?|gave|brings?|brought|stands?|stood)\b/i, 'return, show, appear, enter'],
	[/\b(?:is|are) to be\b/i, 'the active voice'],
	[/\bturned away\b|\breject(?:s|ed)?\b/i, 'refuse'],
	[/\bparts?\b/i, 'segment'],
	[/\bidentifiers?\b/i, 'ID'],
	[/\boutcomes?\b/i, 'result; unclear result'],
	[/\bnot known\b|\bunknown whether\b/i, 'unclear'],
	[/\brecords?\b/i, 'message history'],
	[/\b(?:not|already) there\b|\bthere already\b/i, 'missing, exists'],
	[/\bof which\b|\bnone of it\b/i, 'two sentences'],
	[/\bwho has the text\b/i, 'the recipients'],
	[/\blacks?\b/i, 'has no'],
	[/\bby hand\b|\banew\b/i, 'there, again'],
	[/\b(?:some|every|any)body\b/i, 'someone, everyone, anyone'],
	[/\bconcerns?\b/i, 'applies to'],
	[/\bpress(?:es|ed|ing)?\b/i, 'click; on a phone, tap'],
	[/\bexpression (?:that )?gives\b|\bholds (?:a|an|nothing)\b/i, 'returns, contains'],
];

/** Where such a word is right: whole texts. */
const RIGHT = new Set([
	// A key of the ledger.
	'record ·',
]);

/** What recipients write, not what they read. */
const NOT_READ = new Set(['ClerkChat/waiting/words.ts']);

const files = ['nodes', 'credentials'].flatMap((folder) =>
	readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts') && !NOT_READ.has(file))
		.map((file) => join(folder, file)),
);

/** A file's texts of two or more words, with a dot for each value in a template. */
function textsIn(name: string, source: string): string[] {
	const texts: string[] = [];
	(function visit(node: ts.Node): void {
		if (ts.isStringLiteralLike(node)) texts.push(node.text);
		if (ts.isTemplateExpression(node)) {
			const spans = node.templateSpans.map(({ literal }) => literal.text);
			texts.push([node.head.text, ...spans].join('·'));
		}
		ts.forEachChild(node, visit);
	})(ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true));
	return texts.filter((text) => /[a-z]['’]?\s+\S*[a-z·]/i.test(text) && !RIGHT.has(text));
}

function retiredIn(text: string): string[] {
	const found = RETIRED.filter(([word]) => word.test(text));
	return found.map(([word, better]) => `"${word.exec(text)![0]}" (write: ${better}) in: ${text}`);
}

test('no retired words', () => {
	const texts = files.flatMap((file) => textsIn(file, readFileSync(join(root, file), 'utf8')));
	expect(texts.length).toBeGreaterThan(500);
	expect(texts.flatMap(retiredIn)).toEqual([]);
});

/** The pages for users. Those for contributors may speak of the record. */
const pages = [
	...['README.md', 'SECURITY.md', 'CHANGELOG.md'],
	...readdirSync(join(root, 'docs'))
		.filter((file) => file.endsWith('.md'))
		.filter((file) => !/architecture|benchmarks|howSendingWorks|verification/.test(file))
		.map((file) => `docs/${file}`),
];

/** A page without code, addresses and names of files. */
function proseIn(page: string): string {
	return page
		.replace(/```[\s\S]*?```|`[^`]*`/g, '·')
		.replace(/\]\([^)]*\)/g, ']')
		.replace(/\[[\w-]+\]/g, '·');
}

test.each(pages)('no retired words in %s', (page) => {
	const found = proseIn(readFileSync(join(root, page), 'utf8'))
		.split('\n')
		.flatMap(retiredIn);
	expect(found.filter((one) => !/"(?:Reject|Give)"/.test(one))).toEqual([]);
});

/** The notes of an example, without code and names of nodes. */
function notesIn(example: string): string[] {
	const { nodes } = JSON.parse(example) as { nodes: Array<{ parameters: { content?: string } }> };
	return nodes.flatMap(({ parameters: { content = '' } }) =>
		content.replace(/`[^`]*`|\*\*[^*]*\*\*/g, '·').split('\n'),
	);
}

test.each(readdirSync(join(root, 'examples')))('no retired words in %s', (file) => {
	const notes = notesIn(readFileSync(join(root, 'examples', file), 'utf8'));
	expect(notes.length).toBeGreaterThan(1);
	expect(notes.flatMap(retiredIn)).toEqual([]);
});

/** A text's sentences, in which a dot represents one word; HTML ends them, too. */
function sentencesIn(text: string): string[] {
	return text.replace(/<[^>]+>/g, '. ').split(/[.!?]\s+/);
}

test('no sentence has more than 25 words', () => {
	const texts = files.flatMap((file) => textsIn(file, readFileSync(join(root, file), 'utf8')));
	const prose = texts.filter((text) => !/^=\{\{|\bmargin:/.test(text));
	const words = (sentence: string) => sentence.split(/\s+/).filter((word) => /[\w·+]/.test(word));
	expect(prose.flatMap(sentencesIn).filter((one) => words(one).length > 25)).toEqual([]);
});

test.each([
	'const a = "The text is turned away";',
	'const a = `It has ${n} parts`;',
	"const a = { description: 'The number or identifier to send to' };",
	"const a = 'Press the button';",
])('finds one: %s', (source) => {
	expect(textsIn('a.ts', source).flatMap(retiredIn)).toHaveLength(1);
});
