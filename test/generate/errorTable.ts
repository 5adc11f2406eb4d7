/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessages } from './errorMessages';

/** What to know about errors, and words by which they are recognized. */
type Row = [know: string, ...words: string[]];

interface Section {
	heading: string;
	intro?: string;
	rows: Row[];
}

/* Every error is listed in the first section that has one of its words. Sections are shown in this order. */
const SECTIONS: Section[] = [
	{
		heading: "A field can't be used",
		rows: [
			[
				'Correct the value or remove the option. For the whole day, enter 00:00 and 24:00.',
				"'Test Recipient'",
				"'Messages at the Same Time'",
				"'Max Segments'",
				"of 'Send Only Between'",
				'above zero',
				'from 1 to 168',
				"'Max Date",
				"'Limit Wait",
				"'Proxy'",
			],
			['See [phone numbers](fields.md#phone-numbers).', 'invalid phone number', 'country code: …'],
			[
				"An expression returns a value that isn't in the list.",
				'one of its choices',
				'neither',
				'this node offers',
			],
			[
				'See [custom data](fields.md#custom-data).',
				'names and values',
				'JSON object',
				'twice',
				'is in both',
				'> Name',
			],
			[
				"The message history can't tell whether such a message was sent.",
				"'Skip If Sent in the Last (Hours)'",
			],
			[
				'See [segments](segments.md) and [campaigns](fields.md#single-operations).',
				'as an SMS',
				'text everyone',
			],
			[
				'With **Several Numbers** set to **Separately**, a retry texts only the others.',
				'already have this text',
			],
			[
				'See [picked from a list](fields.md#picked-from-a-list).',
				'has the phone',
				'have the phone',
				'looked up',
				"Can't tell whether",
			],
			[
				'**Message: Reply** reads both from its item.',
				'received message',
				'from a group',
				'which of your numbers',
			],
			[
				'The expression returns nothing or an object, or the field is set to Fixed.',
				'is empty',
				'is missing',
				'is not text',
				'not evaluated',
				'[object Object]',
			],
			[
				'',
				'items have an invalid field',
				'is not an ID',
				'is not a date',
				'number of results',
				'web address: …',
			],
		],
	},
	{
		heading: "A setting or the credential can't be used",
		rows: [
			[
				'The key was copied wrongly or replaced, or **From** belongs to another team.',
				'API key',
				"'API Key'",
			],
			[
				'It should be `https://web-api.clerk.chat`. Only addresses on the same machine or network may use `http://`.',
				"'Base URL'",
			],
			["Add `web-api.clerk.chat` to the credential's **Allowed HTTP Request Domains**.", 'blocked'],
			['See [test runs](fields.md#test-runs).', 'sub-workflow'],
			['Check **Base URL**: it has no message history.', '404'],
			['[Enter one](trigger.md#set-it-up), then publish.', 'no secret'],
			['Send yourself a text, then try again.', 'of the last 30 days'],
			[
				'An MCP server, or an AI Agent before version 3, called **Send and Wait for Response**.',
				'Waiting is not possible',
			],
		],
	},
	{
		heading: 'A guard held it back',
		intro: '`error.code` says [which guard](guards.md).',
		rows: [
			['Send it after `error.sendAfter`.', "It's …", 'has already received', 'would receive'],
			["Waiting doesn't help.", 'leaves no hour', 'opted out', "'Only To'"],
			['The agent may be in a loop.', 'This run would', 'AI agent may'],
			[
				'**Skip If Sent**, **Skip Opted-Out**, **At Most per Person** or a retry [after a crash](sending.md#after-a-crash) needs it.',
				"history couldn't be read",
				'contacts',
			],
		],
	},
	{
		heading: "Clerk Chat didn't do it",
		rows: [
			['It counts as sent.', 'was not delivered'],
			['Clerk Chat accepted it, but marked it as failed.', 'was not sent'],
			[
				'The node waited up to five minutes, or tried four times.',
				'too many requests',
				"couldn't reach",
			],
			['Someone clicked **Stop**.', 'was stopped'],
			[
				'Read *Details*. If every item fails, check **Base URL**.',
				"Clerk Chat didn't accept",
				"Clerk Chat couldn't read",
				'Clerk Chat refused',
				"Clerk Chat couldn't find",
			],
		],
	},
	{
		heading: 'It may have been done',
		intro:
			'Messages end with "the message may have been sent", or the same about a contact or campaign. See [unclear results](#when-the-result-is-unclear).',
		rows: [
			['It has a template or no text.', 'by an earlier try'],
			['[Send Again](sending.md#send-again) sends it anyway.', 'error output'],
			['Another request had an unclear result.', 'on its way', 'Another execution', 'a moment ago'],
			[
				'The message history shows one that may be it, another version of this node saved the execution, or you changed the credential.',
				'may have been sent already',
				'This message was sent',
				'in an earlier try',
				'The question was sent',
			],
			[
				'Something else, such as a proxy, may have answered.',
				'the answer arrived',
				'answer in time',
				'on its side',
				'answered with an error',
				"answer couldn't be read",
				'The answer',
			],
		],
	},
];

/** Text that follows another error, and isn't an error itself. */
const SUFFIX = /^…(?:; the message| in … of)/;

const BEGIN = '<!-- npm run generate writes these tables -->';
const END = '<!-- to here -->';

/** The tables of errors, made from the code. @throws when an error belongs to no row, or a row has none */
function errorTables(): string {
	const rows = new Map<Row, string[]>(
		SECTIONS.flatMap((section) => section.rows.map((row) => [row, []])),
	);
	for (const message of errorMessages().filter((each) => !SUFFIX.test(each))) {
		const row = [...rows.keys()].find(([, ...words]) =>
			words.some((word) => message.includes(word)),
		);
		if (!row) throw new Error(`No row of test/generate/errorTable.ts is for: ${message}`);
		rows.get(row)!.push(message);
	}
	return SECTIONS.map(({ heading, intro, rows: own }) =>
		[
			`### ${heading}`,
			...(intro ? ['', intro] : []),
			'',
			'| Message | What to know |',
			'|---|---|',
			...own.map((row) => {
				const messages = rows.get(row)!;
				if (messages.length === 0) throw new Error(`No error is in the row "${row.join('", "')}"`);
				return `| ${shared(messages).join('; ')} | ${row[0]}${row[0] && ' '}|`;
			}),
		].join('\n'),
	).join('\n\n');
}

/** Errors that differ only in the field that they begin with are one. */
function shared(messages: string[]): string[] {
	const anyField = (message: string) => message.replace(/^'[^']*'/, "'…'");
	const isShared = (message: string) =>
		messages.filter((other) => anyField(other) === anyField(message)).length > 1;
	return [...new Set(messages.map((each) => (isShared(each) ? anyField(each) : each)))];
}

/** docs/errors.md with its tables as the code has them. */
export function errorsPage(): string {
	const page = readFileSync(join(__dirname, '../..', 'docs/errors.md'), 'utf8');
	const [before, rest] = page.split(BEGIN);
	return `${before}${BEGIN}\n\n${errorTables()}\n\n${END}${rest.split(END)[1]}`;
}
