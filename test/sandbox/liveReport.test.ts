import { ask as askApi, startRelay } from '../e2e/live/relay';
import { observe } from '../e2e/live/observe';
import { reportOf } from '../e2e/live/report';
import { sendMessage, useSandbox } from './ask';
import type { SettingsChanges } from './settings';

/* What the report of `npm run demo -- --live` says about the sandbox with various settings. */

const sandbox = useSandbox();

const to = '+14155550177';
const text = ' Hello  Ann,\n\nvoilà. ';

/** What the report says, by label, of a message that is sent through the relay after three others. */
async function linesWith(settings: SettingsChanges = {}): Promise<Record<string, string>> {
	for (let count = 0; count < 3; count++) await sendMessage(sandbox.url, '+14155550188');
	sandbox.settings(settings);
	const relay = await startRelay(sandbox.url);
	await sendMessage(relay.url, to, { body: text });
	await relay.close();
	const headers = { apiKey: sandbox.apiKey };
	const observation = await observe(
		await relay.sent,
		async (query) =>
			await askApi(sandbox.url, { method: 'GET', path: `/public/messages?${query}`, headers }),
		{ waits: [0, 20, 400], againAfter: 50 },
	);
	const report = reportOf(observation, {
		packageVersion: '0.1.0',
		n8nVersion: '2.40.7',
		isClerkChat: true,
		date: new Date(),
		statuses: relay.sendings().map(({ status }) => status),
	});
	const lines = report.matchAll(/^- \*\*(.*?):\*\* (.*)$/gm);
	return Object.fromEntries([...lines].map(([, label, line]) => [label, line]));
}

const expected = 'As the node expects.';

test('an API as the node expects: every line says so, with what was observed', async () => {
	expect(await linesWith()).toMatchObject({
		Answer: expect.stringMatching(/^201 after \d+\.\d+ s\. As the node expects\.$/),
		'Requests to send': `1 (201). ${expected}`,
		Body: `\`data\` object. ${expected}`,
		'Message in the answer': expect.stringMatching(/^`data`: `id` number, `body` string, /),
		'Fields of the answer': expect.stringContaining(
			'missing: none; not documented: `undocumented`',
		),
		'Status in the answer': `\`sent\`, \`error\` null, \`errorCode\` null. ${expected}`,
		'Changed in the answer': `neither sender nor people nor text. ${expected}`,
		Clock: expect.stringMatching(/^a `Date` header; the clocks do not differ \(to within \d/),
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

const [changed, search] = ['Changed in the answer', "The node's own search"];
const list = ['Answer to `GET /public/messages`', '`limit=50`', 'Pages'];

test.each([
	['textFoldedBlanks', []],
	['textFooter', [changed, 'Text', search]],
	['senderInboxName', [changed, 'Sender', search]],
	['notAllowed', ['On record', "The node's own reading", ...list]],
])('a record of the form %s: other than expected are %j', async (form, labels) => {
	const lines = await linesWith({ record: { form } });
	const isOther = (label: string) => lines[label].includes('Other than the node expects');
	expect(Object.keys(lines).filter(isOther)).toEqual(labels);
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
