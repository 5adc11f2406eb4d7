import { ask as askApi, startRelay } from '../e2e/live/relay';
import { observe } from '../e2e/live/observe';
import { reportOf } from '../e2e/live/report';
import { changesIn, changesText } from '../e2e/live/reportChanges';
import { sendMessage, useSandbox } from './ask';
import type { SettingsChanges } from './settings';

/* What the report of `npm run demo -- --live` says about the sandbox with various settings. */

const sandbox = useSandbox();

const to = '+14155550177';
const text = ' Hello  Ann,\n\nvoilà. ';

/** What is reported of what is {@link observed}. */
async function reportWith(settings: SettingsChanges, more?: How): Promise<string> {
	return reportOf(...(await observed(settings, more)));
}

/** How a message is sent, and what is done meanwhile. */
interface How {
	recipient?: string;
	/** Called after each request that reads, with their number. */
	onRead?: (count: number) => unknown;
}

/** Three earlier messages, then one through the relay, and what is seen of it. */
async function observed(
	settings: SettingsChanges,
	{ recipient = to, onRead = () => {} }: How = {},
): Promise<Parameters<typeof reportOf>> {
	for (let count = 0; count < 3; count++) await sendMessage(sandbox.url, '+14155550188');
	sandbox.settings(settings);
	const relay = await startRelay(sandbox.url);
	await sendMessage(relay.url, recipient, { body: text });
	const sending = relay.sendings().at(-1)!;
	let reads = 0;
	const observation = await observe(
		sending,
		async (query) => {
			const path = `/public/messages?${query}`;
			const headers = { apiKey: sandbox.apiKey };
			const answer = await askApi(sandbox.url, { method: 'GET', path, headers });
			onRead(++reads);
			return answer;
		},
		{ waits: [0, 20, 20, 20, 20, 20, 400], againAfter: 50 },
	);
	await relay.close();
	const circumstances = {
		packageVersion: '0.1.0',
		n8nVersion: '2.40.7',
		isClerkChat: true,
		date: new Date('2026-11-25T12:00:00Z'),
		statuses: relay.sendings().map(({ status }) => status),
	};
	return [observation, circumstances];
}

/** The report's lines by label. */
const linesOf = (report: string) =>
	Object.fromEntries(
		[...report.matchAll(/^- \*\*(.*?):\*\* (.*)$/gm)].map(([, label, line]) => [label, line]),
	);

const labelsOfOthers = (report: string) =>
	Object.entries(linesOf(report))
		.filter(([, line]) => line.includes('Other than the node expects'))
		.map(([label]) => label);

const expected = 'As the node expects.';

test('an API as the node expects: every line says so, with what was observed', async () => {
	const report = await reportWith({});
	expect(labelsOfOthers(report)).toEqual([]);
	expect(report).toContain('Nothing is other than the node expects.');
	expect(linesOf(report)).toMatchObject({
		Answer: expect.stringMatching(/^201 after \d+\.\d+ s\. As the node expects\.$/),
		'Requests to send': `1 (201). ${expected}`,
		Body: `\`data\` object. ${expected}`,
		'Message in the answer': expect.stringMatching(/^`data`: `id` number, `body` string, /),
		'Fields of the answer': expect.stringContaining(
			'documented but missing: none; not documented: `undocumented`',
		),
		'Status in the answer': `\`sent\`, \`error\` null, \`errorCode\` null. ${expected}`,
		'Changed in the answer': `neither sender nor people nor text. ${expected}`,
		Clock: expect.stringMatching(
			/^a `Date` header; the clocks do not differ \(to within \d+\.\d s\)/,
		),
		'Rate limit': expect.stringContaining('no headers about one; no 429'),
		'On record': expect.stringMatching(/^at the first look, \d\.\d+ s after the answer\. As/),
		ID: `the same as in the answer, a number. ${expected}`,
		Conversation: expect.stringContaining('the same as in the answer'),
		Direction: `\`inbound\` false. ${expected}`,
		Sender: `as sent. ${expected}`,
		'`members`': `list of 1 string: [to], without [from]. ${expected}`,
		'`recipients`': expect.stringContaining('missing. The node goes by the other one'),
		Text: `unchanged. ${expected}`,
		Times: expect.stringContaining('`created` is the same, `updated` is the same'),
		Status: expect.stringMatching(/^`sent` at first, `sent` after /),
		"The node's own reading": `it reads the record whole. ${expected}`,
		"The node's own search": `it finds the message. ${expected}`,
		'Answer to `GET /public/messages`': `200, \`data\` list, \`total\` number, \`links\` object. ${expected}`,
		Order: expect.stringContaining('newest first, by `timestamp`'),
		'Default page size': expect.stringContaining('cannot be told: all messages are on the first'),
		'`limit=50`': `accepted. ${expected}`,
		Pages: `\`page=2\` gives the next entry. ${expected}`,
		'`total`': `number. ${expected}`,
		'`links`': expect.stringContaining('`self` string'),
		'`start`': expect.stringContaining('works; with which time it is compared cannot be told'),
		'`end`': `1 s before the message: not listed; 1 s after it: listed. ${expected}`,
	});
});

const notBridged = 'Changed in the answer';
const unfound = "The node's own search";
const closed = ['On record', "The node's own reading", 'Answer to `GET /public/messages`'];

/** What lines say, by label; undefined where there is no such line. */
type Seen = Record<string, string | RegExp | undefined>;

function expectLines(report: string, seen: Seen): void {
	const lines = linesOf(report);
	for (const [label, words] of Object.entries(seen)) {
		if (words instanceof RegExp) expect(lines[label]).toMatch(words);
		else expect(lines[label]).toBe(words);
	}
}

type Case = [SettingsChanges['record'], seen: Seen, other?: string[]];

test.each<Case>([
	[
		{ listedAfterMs: null },
		{
			'On record': /^not within \d\.\d+ s\. .*it within 30 s\. An unknown outcome stays unknown/,
			[unfound]: /^it does not find the message/,
		},
		['On record', unfound],
	],
	[
		{ clockOffsetMs: 90_000 },
		{ Clock: /the API's clock is [89]\d\.\d s ahead/, 'Time of the message': / 1 s\)\. As/ },
	],
	[
		{ form: 'textFoldedBlanks' },
		{
			Text: /^blanks changed \(19 characters instead of 21\)\. As/,
			[notBridged]: `text: blanks changed (19 characters instead of 21), which the node takes for the same. ${expected}`,
		},
	],
	[
		{ form: 'textFooter' },
		{
			Text: /^changed \(44 characters instead of 21: something was added after it\)\. \*\*Other/,
			[notBridged]: /^text: changed \(44 characters instead of 21: something was added after it\)/,
			'On record': /As the node expects/,
		},
		['Text', notBridged, unfound],
	],
	[
		{ form: 'senderInboxName' },
		{
			[notBridged]:
				"sender: written differently. **Other than the node expects:** a form that it takes for the same. 'Skip If Sent in the Last (Hours)' may not find such messages.",
		},
		['Sender', notBridged, unfound],
	],
	[
		{ form: 'notAllowed' },
		{ 'On record': /^cannot be read: 403, `message` string/ },
		[...closed, '`limit=50`', 'Pages'],
	],
])('the record %j', async (record, seen, other = []) => {
	const report = await reportWith({ record });
	expectLines(report, seen);
	expect(labelsOfOthers(report).sort()).toEqual([...other].sort());
});

test('a message that is listed late, during a check', async () => {
	// Each look asks for the window, then for the whole list.
	const reads = 3;
	const report = await reportWith(
		{ record: { listedAfterMs: null } },
		{ onRead: (count) => count === reads && sandbox.settings({ record: { listedAfterMs: 0 } }) },
	);
	const seen = /^after \d\.\d+ s, and not yet after \d\.\d+ s\. As/;
	expect(linesOf(report)['On record']).toMatch(seen);
	expect(labelsOfOthers(report)).toEqual([]);
});

test('a status that changes after the message was first seen', async () => {
	const lines = linesOf(
		await reportWith(
			{},
			{ onRead: (count) => count === 1 && sandbox.setStatus({ id: 4, status: 'delivered' }) },
		),
	);
	expect(lines.Status).toMatch(/^`sent` at first, `delivered` after \d\.\d+ s/);
	expect(lines.Times).toMatch(/; `updated` moved by \d\.\d+ s meanwhile/);
});

test.each<[string, recipient: string, Seen]>([
	[
		'that is refused with 400',
		'+15005550400',
		{
			Answer: /^400 after .* a 2xx\. The message was refused/,
			Body: /`statusCode` number, `message` /,
			'On record': /^not looked for, because it was refused/,
			Order: /^newest first/,
			Text: undefined,
		},
	],
	[
		'that is on record although the answer says 500',
		'+15005550614',
		{
			Answer: /^500 after .* a 2xx\. The outcome is unknown to it/,
			'On record': /As the node expects\.$/,
			[unfound]: `it finds the message. ${expected}`,
		},
	],
	[
		'that Clerk Chat takes and fails',
		'+15005550605',
		{ 'Status in the answer': /^`failed`, `error` string, .*Other than/ },
	],
])('a message %s', async (_, recipient, seen) => {
	expectLines(await reportWith({}, { recipient }), seen);
});

test('the relay forwards everything, and breaks where the API breaks', async () => {
	const relay = await startRelay(sandbox.url);
	const direct = await sendMessage(sandbox.url, '+15005550422');
	const passed = await sendMessage(relay.url, '+15005550422');
	expect([passed.status, passed.json]).toEqual([direct.status, direct.json]);
	await expect(sendMessage(relay.url, '+15005550601')).rejects.toThrow();
	expect(relay.sendings().map(({ status }) => status)).toEqual([422]);
	await relay.close();
});

test("the sender can read the results, strangers can't", async () => {
	const [observation, circumstances] = await observed({ record: { form: 'textFooter' } });
	expect(changesText(changesIn(observation))).toBe(
		'What Clerk Chat changed (this is not part of the report):\n' +
			`  text: ${JSON.stringify(text)} became ${JSON.stringify(`${text} Reply STOP to opt out.`)}. The node may not find it later.`,
	);
	expect(reportOf(observation, circumstances)).not.toContain('STOP');
	const [unchanged] = await observed({ record: { form: null } });
	expect(changesText(changesIn(unchanged))).toMatch(/as it was sent/);
});
