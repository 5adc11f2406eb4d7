import { commonDeclarativeNodeOptionParameters } from 'n8n-core/dist/nodes-loader/constants';
import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import { ClerkChat } from '../../nodes/ClerkChat/ClerkChat.node';
import { requestOptions } from '../../nodes/ClerkChat/description/requestOptions';
import { LONGEST_TEXT, readAnswer } from '../../nodes/ClerkChat/waiting/answers';
import { answerLink, isPrivate, runOfLink } from '../../nodes/ClerkChat/waiting/links';
import { closedPage, questionPage, wrongLinkPage } from '../../nodes/ClerkChat/waiting/answerPages';

const question = { message: 'Friday?', replyHours: 72, until: '3000-01-01T00:00:00.000Z' };
const approval = { ...question, buttons: { approve: 'Yes', decline: 'No' } };

describe('pages', () => {
	test.each([
		['an approval', questionPage(approval)],
		['a free text', questionPage(question)],
		['a complaint', questionPage(question, { complaint: 'No.', text: 'x' })],
		['closed', closedPage()],
		['wrong link', wrongLinkPage()],
	])('%s: language, title, phone size, one heading equal to the title', (_, page) => {
		const { html } = page;
		expect(html).toMatch(/^<!DOCTYPE html>\n<html lang="en">/);
		expect(html).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
		const title = /<title>(.+)<\/title>/.exec(html)?.[1];
		const headings = [...html.matchAll(/<h1[^>]*>(.*)<\/h1>/g)].map(([, text]) => text);
		expect(headings).toEqual([title]);
	});

	test('an invalid field is announced to screen readers', () => {
		const { html } = questionPage(question, { complaint: 'Too long.', text: '\nx' });
		expect(html).toContain('id="complaint" role="alert">Too long.</p>');
		expect(html).toMatch(
			/aria-describedby="complaint limit" aria-invalid="true">\n\nx<\/textarea>/,
		);
	});
});

describe('answers', () => {
	test('exactly the longest text, counted after line breaks became one character', () => {
		const text = `${'x'.repeat(LONGEST_TEXT - 3)}\r\nyz`;
		expect(readAnswer(question, { text })).toEqual({ text: text.replace('\r', '') });
	});

	test.each([undefined, null, 'text', 7, [], { __proto__: { text: 'x' } }])(
		"%p isn't one",
		(body) => {
			const inherited = readAnswer(approval, body);
			expect(inherited).toHaveProperty('complaint');
		},
	);
});

test.each([
	['http://localhost:5678/', true],
	['http://n8n:5678/', true],
	['http://n8n.local/', true],
	['http://127.0.0.1:5678/', true],
	['http://0.0.0.0:5678/', true],
	['http://10.1.2.3/', true],
	['http://192.168.1.20:5678/', true],
	['http://172.16.0.1/', true],
	['http://172.32.0.1/', false],
	['http://169.254.1.1/', true],
	['http://[::1]:5678/', true],
	['http://[fd00::1]/', true],
	['http://[2606:4700::1]/', false],
	['https://n8n.example.com/', false],
	['https://10.example.com/', false],
	['http://8.8.8.8/', false],
])('%s only leads somewhere nearby: %p', (link, nearby) => {
	expect(isPrivate(link)).toBe(nearby);
});

describe('links', () => {
	const signer = {
		getSignedResumeUrl: (parameters: Record<string, string> = {}) => {
			const url = new URL('https://n8n.example.com/webhook-waiting/123456/id');
			for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
			url.searchParams.set('signature', Buffer.from(url.search).toString('hex').padEnd(64, '0'));
			return url.toString();
		},
	};
	const query = (link: string) => Object.fromEntries(new URL(link).searchParams);

	test.each(['0', '1', '12'])('of run %s', (run) => {
		expect(runOfLink(signer, query(answerLink(signer, run)))).toBe(run);
	});

	test('contain only the signature, outside loops', () => {
		expect(Object.keys(query(answerLink(signer, '0')))).toEqual(['signature']);
	});

	test.each([
		{},
		{ signature: '' },
		{ signature: ['a', 'b'] },
		{ signature: '0'.repeat(64), run: '1' },
		{ signature: '0'.repeat(64), run: ['1'] },
		{ signature: 'é'.repeat(32) },
	])("%j isn't one", (other) => {
		expect(runOfLink(signer, other)).toBeUndefined();
	});
});

test("the request options have n8n's own names and types", () => {
	const shape = (property: INodeProperties | INodePropertyCollection): unknown => ({
		name: property.name,
		...('type' in property && { type: property.type }),
		inside: (
			('values' in property ? property.values : (property as INodeProperties).options) ?? []
		).map((each) => shape(each as INodeProperties)),
	});
	expect(shape(requestOptions)).toEqual(shape(commonDeclarativeNodeOptionParameters as never));
	const { properties } = new ClerkChat().description;
	expect(properties.filter(({ name }) => name === 'requestOptions')).toEqual([requestOptions]);
});

test('n8n finds what it needs for the human-in-the-loop variant', () => {
	const { webhooks, properties } = new ClerkChat().description;
	expect(webhooks?.map(({ httpMethod, restartWebhook }) => [httpMethod, restartWebhook])).toEqual([
		['GET', true],
		['POST', true],
	]);
	for (const name of ['message', 'responseType', 'approvalOptions']) {
		expect(properties.filter((property) => property.name === name)).toHaveLength(1);
	}
});
