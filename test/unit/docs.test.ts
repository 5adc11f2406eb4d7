/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hints } from '../../nodes/ClerkChat/description/hints';
import type { Field } from '../../nodes/ClerkChat/operation';
import type { Write } from '../../nodes/ClerkChat/write';
import { resources } from '../../nodes/ClerkChat/resources';
import { lengthHint } from '../../nodes/ClerkChat/resources/message/lengthHint';
import { hintsAfterSending } from '../../nodes/ClerkChat/resources/message/messageHints';
import { pendingHint, previewHint, unlinkedHint } from '../../nodes/ClerkChat/words/sendingHints';
import { summaryOf } from '../../nodes/ClerkChat/words/summary';
import type { Told } from '../../nodes/ClerkChat/words/summary';
import { errorMessages } from '../generate/errorMessages';
import { generated } from '../generate/generated';
import { hashOf, NAMES, TEXTS, textsOnScreen } from '../screenTexts';

/* The docs quote the node's messages exactly. */

const root = join(__dirname, '..', '..');
const docText = (name: string) => readFileSync(join(root, 'docs', name), 'utf8');
const errors = docText('errors.md');
const fields = docText('fields.md');

test.each(Object.entries(generated))('%s is what npm run generate writes', (path, source) => {
	expect(readFileSync(join(root, path), 'utf8')).toBe(source());
});

test('the errors of the code are found', () => {
	expect(errorMessages().length).toBeGreaterThan(90);
});

const WRITE = { wording: { thing: 'message', done: 'sent' } } as Write;
const times = (count: number, told: Told) => Array<Told>(count).fill(told);
const SUMMARY: Told[] = [
	...times(280, { outcome: 'sent' }),
	...times(12, { outcome: 'skipped' }),
	...times(5, { outcome: 'notTried', code: 'quietHours', sendAfter: '2026-01-16T13:00:00.000Z' }),
	...times(2, { outcome: 'refused', words: { message: 'No such number', description: '' } }),
	...times(1, { outcome: 'notTried', code: 'optedOut' }),
];
const requestTo = (...recipients: string[]) => ({
	method: 'POST' as const,
	url: '/public/messages',
	body: { body: 'Hello', recipients },
});

test.each([
	...hints.map(({ message }) => message),
	previewHint(WRITE, 3, false),
	summaryOf(WRITE, SUMMARY, 0)!,
	pendingHint(1, 60, true),
	pendingHint(1, 60, false),
	lengthHint([`It’s on its way. ${'x'.repeat(150)}`])!,
	...hintsAfterSending([requestTo('+1', '+2', '+3', '+4', '+5'), requestTo('4155550125')]),
	unlinkedHint(100, 99),
])('the hint is in docs/errors.md: %s', (hint) => {
	const told = errors
		.split('\n')
		.map((row) => row.split(' | ')[0])
		.filter((cell) => cell.startsWith('| '))
		.flatMap((cell) => cell.slice(2).split('; '));
	expect(told.filter((cell) => cell.length > 20 && hint.startsWith(cell))).not.toEqual([]);
});

/** The fields of an operation, and those inside its collections. */
function allFields(all: Field[]): Field[] {
	return all.flatMap((field) => [
		field,
		...(field.type === 'collection' ? allFields(field.options as Field[]) : []),
	]);
}

test.each(
	resources.flatMap(({ option, operations }) =>
		operations.map((operation) => ({
			name: `${option.name}: ${operation.option.name}`,
			options: allFields(operation.fields).find(({ name }) => name === 'options'),
		})),
	),
)('$name: every option is in docs/fields.md', ({ options }) => {
	const names = ((options?.options ?? []) as Field[]).map(({ displayName }) => displayName);
	expect(names.filter((name) => !fields.includes(name))).toEqual([]);
});

const onScreen = textsOnScreen(NAMES);

/** What n8n itself calls by such a name, what the docs call for short, and how paragraphs begin. */
const OTHER_NAMES = new Set([
	...['Allowed HTTP Request Domains', 'Credential Type', 'Data Table', 'Execute Sub-workflow'],
	...['Fetch Test Event', 'HTTP Request', 'If Row Does Not Exist', 'Insert Row', 'Loop Over Items'],
	...['Manual Trigger', 'On Error', 'Poll Times', 'Predefined Credential Type', 'Production URL'],
	...['Remove Duplicates', 'Remove Items Processed in Previous Executions', 'Request Options'],
	...['Retry On Fail', 'Schedule Trigger', 'Split Out', 'Stop Workflow', 'System Message'],
	...['When Executed by Another Workflow', 'Batch Size'],
	...['Webhook URLs', 'Skip If Sent', 'In Clerk Chat', 'The Test URL', 'The URL'],
]);

/** Title case with two words or more, such as Wait for Delivery (Seconds). */
const A_NAME = /^\(?[A-Z][\w-]*\)?(?: (?:\(?[A-Z][\w-]*\)?|[a-z]{1,3}))* \(?[A-Z][\w-]*\)?$/;

test.each([
	...['README.md', 'SECURITY.md'],
	...readdirSync(join(root, 'docs'))
		.filter((file) => file.endsWith('.md'))
		.map((file) => `docs/${file}`),
])('%s names fields and choices as on the screen', (page) => {
	const text = readFileSync(join(root, page), 'utf8');
	const names = [...text.matchAll(/\*\*([^*]+?)[,:.]?\*\*/g)].map(([, name]) => name);
	const isUnknown = (name: string) =>
		A_NAME.test(name) && !onScreen.has(name) && !OTHER_NAMES.has(name);
	expect([...new Set(names)].filter(isUnknown)).toEqual([]);
});

/** The places in a page that links may name, as GitHub makes them from headings, and those that the page names itself. */
function anchorsIn(text: string): string[] {
	const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
		heading
			.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\s_-]/gu, '')
			.replace(/\s/g, '-'),
	);
	return [...headings, ...[...text.matchAll(/<a id="([^"]+)"/g)].map(([, id]) => id)];
}

test.each([
	...readdirSync(root).filter((file) => file.endsWith('.md')),
	...readdirSync(join(root, 'docs'))
		.filter((file) => file.endsWith('.md'))
		.map((file) => `docs/${file}`),
])('every link in %s leads to a file, and to a heading in it', (page) => {
	const links = [...readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)]
		.map(([, link]) => link)
		.filter((link) => !/^(https?|mailto):/.test(link));
	const broken = links.filter((link) => {
		const [path, anchor] = link.split('#');
		const file = path ? join(root, dirname(page), path) : join(root, page);
		if (!existsSync(file)) return true;
		return anchor !== undefined && !anchorsIn(readFileSync(file, 'utf8')).includes(anchor);
	});
	expect(broken).toEqual([]);
});

const pictures = JSON.parse(docText('images/texts.json')) as Record<string, string[]>;

test.each(Object.entries(pictures))(
	'the picture %s shows what is on the screen; if not, UPDATE_SCREENSHOTS=1 npm run test:editor takes a new one',
	(_, texts) => {
		const now = textsOnScreen(TEXTS);
		expect(texts.filter((text) => !now.has(text))).toEqual([]);
	},
);

test('every picture says what it shows', () => {
	const files = readdirSync(join(root, 'docs', 'images')).filter((file) => file.endsWith('.png'));
	expect(files.map((file) => file.replace('.png', '')).sort()).toEqual(
		Object.keys(pictures).sort(),
	);
});

test('every example has a current picture; if not, UPDATE_SCREENSHOTS=1 npm run test:editor takes a new one', () => {
	const shown = JSON.parse(docText('images/examples/madeOf.json')) as Record<string, string>;
	const files = readdirSync(join(root, 'examples'));
	const now = files.map((file) => [file, hashOf(readFileSync(join(root, 'examples', file)))]);
	expect(shown).toEqual(Object.fromEntries(now));
	const page = docText('examples.md');
	const pictures = files.map((file) => `(images/examples/${file.replace('.json', '.png')})`);
	expect(pictures.filter((picture) => !page.includes(picture))).toEqual([]);
});
