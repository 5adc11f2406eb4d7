/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from 'recheck';
import ts from 'typescript';
import { NUMBERING_PLANS } from '../../nodes/api/numberingPlans';
import { planOf } from '../../nodes/api/plans';

/*
 * No text that people enter can freeze n8n: the time of every regular expression grows linearly with the text, not
 * quadratically. `recheck` searches for a text that makes it slow.
 */

const root = join(__dirname, '../..');

const files = ['nodes', 'credentials'].flatMap((folder) =>
	readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => join(folder, name)),
);

/** The regular expressions in a file, with their flags; those that are put together by code as `new RegExp`. */
function expressionsIn(file: string): string[] {
	const source = ts.createSourceFile(
		file,
		readFileSync(join(root, file), 'utf8'),
		ts.ScriptTarget.Latest,
	);
	const found: string[] = [];
	const visit = (node: ts.Node): void => {
		if (ts.isRegularExpressionLiteral(node)) found.push(node.text);
		if (ts.isNewExpression(node) && node.expression.getText(source) === 'RegExp') {
			found.push('new RegExp');
		}
		ts.forEachChild(node, visit);
	};
	visit(source);
	return found;
}

const expressions = [
	...new Set(files.flatMap((file) => expressionsIn(file).map((text) => `${file}: ${text}`))),
];

const literals = expressions.filter((text) => !text.includes('new RegExp'));

/** Those of the numbering plans, which come from a generated table. */
const ofPlans = NUMBERING_PLANS.trim()
	.split(/\s+/)
	.flatMap((row) => {
		const [code] = row.split(';');
		const { pattern, prefix } = planOf(code)!;
		return [pattern, prefix ?? []].flat().map((each) => `the plan of +${code}: ${String(each)}`);
	});

test('there are some, and code builds only those for numbering plans', () => {
	expect(literals.length).toBeGreaterThan(40);
	expect(ofPlans.length).toBeGreaterThan(250);
	expect(expressions.filter((text) => text.includes('new RegExp'))).toEqual([
		'nodes/api/plans.ts: new RegExp',
	]);
});

test.each([...literals, ...ofPlans])('%s', async (text) => {
	const literal = text.slice(text.indexOf(': /') + 2);
	const end = literal.lastIndexOf('/');
	// On a busy machine, its own seconds are over before it knows; its limit of steps holds.
	const longest = 30_000;
	const limits = {
		timeout: 60_000,
		seedingTimeout: longest,
		incubationTimeout: longest,
		attackTimeout: longest,
	};
	const { status } = await check(literal.slice(1, end), literal.slice(end + 1), limits);
	expect(status).toBe('safe');
});
