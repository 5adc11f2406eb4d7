/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '..', '..');

/** What is no error: hints have a table of their own, and Clerk Chat alone reads how a delivery is answered. */
const NOT_HERE = /description\/hints\.ts$|ClerkChatTrigger\/(?:deliveries|receiveDelivery)\.ts$/;

/** What is called with the heading of an error, and the position of that among the arguments. */
const CALLED: Record<string, number> = {
	refuse: 0,
	unclear: 0,
	NodeOperationError: 1,
};

/**
 * The headings of all errors in the nodes as people read them, with … for what differs. Each up to its first comma.
 */
export function errorMessages(): string[] {
	const files = readdirSync(join(root, 'nodes'), { recursive: true, encoding: 'utf8' }).filter(
		(file) => file.endsWith('.ts') && !NOT_HERE.test(file),
	);
	const all = files.sort().flatMap((file) => {
		const source = readFileSync(join(root, 'nodes', file), 'utf8');
		return messagesIn(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
	});
	return [...new Set(all)];
}

function messagesIn(file: ts.SourceFile): string[] {
	const messages: string[] = [];
	(function visit(node: ts.Node): void {
		for (const heading of choicesOf(headingIn(node))) {
			const text = textOf(heading);
			if (text !== undefined && /[a-z]{3}/i.test(text) && text.includes(' '))
				messages.push(text.split(', ')[0]);
		}
		ts.forEachChild(node, visit);
	})(file);
	return messages;
}

/** The expression of a heading, if this node has one. */
function headingIn(node: ts.Node): ts.Expression | undefined {
	const isNamed = ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node);
	if (isNamed && node.name.getText() === 'message') return node.initializer;
	if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return undefined;
	const called = /\w+$/.exec(node.expression.getText())?.[0] ?? '';
	return CALLED[called] === undefined ? undefined : node.arguments?.[CALLED[called]];
}

/** The possible expressions for a heading. */
function choicesOf(heading: ts.Expression | undefined): ts.Expression[] {
	if (!heading) return [];
	if (!ts.isConditionalExpression(heading)) return [heading];
	return [heading.whenTrue, heading.whenFalse].flatMap(choicesOf);
}

function textOf(expression: ts.Expression): string | undefined {
	if (ts.isStringLiteralLike(expression)) return expression.text;
	if (!ts.isTemplateExpression(expression)) return undefined;
	const { head, templateSpans } = expression;
	const spans = templateSpans.map(({ expression: value, literal }) => {
		return `${standIn(value.getText(), expression.getText())}${literal.text}`;
	});
	return [head.text, ...spans].join('');
}

/** Values that say more by what they are most often. */
const NAMED: Record<string, string> = {
	'NAMES[by]': 'phone number',
	LABEL: "'Default Country Code'",
	s: '',
};

/** What people read for a value: usually it is about messages, and only contacts are looked up. */
function standIn(value: string, text: string): string {
	if (NAMED[value] !== undefined) return NAMED[value];
	if (value.includes("? ''") || value.endsWith(": ''")) return '';
	if (/\bthing\b/.test(value))
		return /created|looked up|\bha(?:s|ve) the\b/.test(text) ? 'contact' : 'message';
	return /\bdone\b/.test(value) ? 'sent' : '…';
}
