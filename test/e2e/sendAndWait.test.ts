/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import type { ExecutionStatus, IDataObject, INodeTypeDescription } from 'n8n-workflow';
import {
	DEFAULT_N8N_VERSION,
	failureOf,
	itemsFrom,
	OWNER,
	withParameters,
	type WorkflowFile,
} from './n8n';
import { credentials, model, n8n, sandbox, useN8n, workflowNamed } from './running';

/* Questions by text in a real n8n: the link, its pages, and the data that the workflow continues with. */

const NODE = 'Ask "Ann" {{ 1 }}';

useN8n({ hasModel: true });

beforeEach(() => void (model.conversations.length = 0));

/** The texts that were kept, oldest first. */
const texts = () => sandbox.messages().map(({ message }) => String(message.body));

const linkIn = (text: string) => text.split('\n').at(-1)!;

/** Starts a workflow that asks, and waits until it waits. */
async function asking(workflow: WorkflowFile) {
	const id = await n8n.startWorkflow(await n8n.createWorkflow(workflow, credentials));
	const execution = await n8n.waitForExecution(id);
	expect(failureOf(execution)).toBeUndefined();
	expect(execution.status).toBe('waiting');
	return { id, link: linkIn(texts().at(-1)!), status: async () => await statusOf(id) };
}

/** An execution that went on and came to a good end. */
async function finished(id: string) {
	const statuses: ExecutionStatus[] = ['success', 'error', 'crashed', 'canceled'];
	const execution = await n8n.waitForExecution(id, { statuses });
	expect(failureOf(execution)).toBeUndefined();
	expect(execution.status).toBe('success');
	return execution;
}

const statusOf = async (id: string) => (await n8n.getExecution(id)).status;

async function approval(parameters: IDataObject = {}) {
	return await asking(withParameters(await workflowNamed('sendAndWait'), NODE, parameters));
}

async function open(link: string, init: RequestInit = {}) {
	const response = await fetch(link, init);
	return { status: response.status, headers: response.headers, html: await response.text() };
}

/** Does what a button on the page does. */
const send = async (link: string, fields: Record<string, string>) =>
	await open(link, { method: 'POST', body: new URLSearchParams(fields) });

describe('an approval', () => {
	test('is texted as one message with a signed link, of the first item only', async () => {
		const { link } = await approval();
		expect(texts()).toEqual([`May we deliver order 1001 on Friday?\nTap to answer:\n${link}`]);
		expect(link).toMatch(
			new RegExp(`^${n8n.url}/webhook-waiting/\\d+/[0-9a-f-]{36}\\?signature=[0-9a-f]{64}$`),
		);
	});

	test('waits while the link is opened, ends when a button is clicked, and then ignores further clicks', async () => {
		const { id, link, status } = await approval();
		for (const method of ['GET', 'GET', 'HEAD']) {
			expect((await open(link, { method })).status).toBe(200);
		}
		const { html, headers } = await open(link);
		expect(html).toContain('May we deliver order 1001 on Friday?');
		expect(html).toContain('>Yes, please</button>');
		expect(headers.get('content-security-policy')).toContain("default-src 'none'");
		expect(await status()).toBe('waiting');

		const thanks = await send(link, { answer: 'decline' });
		expect(thanks.status).toBe(200);
		expect(thanks.headers.get('content-type')).toContain('text/html');
		expect(thanks.html).toContain('Thank you');
		const done = await finished(id);
		const [{ json }] = itemsFrom(done, 'Answer');
		expect(json).toMatchObject({ order: 1001, data: { approved: false } });
		expect(Object.keys(json.data as object).sort()).toEqual([
			'approved',
			'respondedAt',
			'respondedBy',
		]);

		const again = await send(link, { answer: 'approve' });
		expect(again.html).toContain('No action required');
		const after = await n8n.getExecution(id);
		expect(itemsFrom(after, 'Answer')).toEqual(itemsFrom(done, 'Answer'));
		expect(texts()).toHaveLength(1);
	});

	test('accepts one of many simultaneous answers', async () => {
		const { id, link } = await approval();
		const answers = await Promise.all(
			Array.from({ length: 8 }, async () => await send(link, { answer: 'approve' })),
		);
		expect(answers.filter(({ html }) => html.includes('Thank you'))).toHaveLength(1);
		const done = await finished(id);
		expect(done.data.resultData.runData.Answer).toHaveLength(1);
	});

	test('refuses a forged signature, and says so on a page', async () => {
		const { link, status } = await approval();
		const forged = link.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
		for (const bad of [forged, link.replace(/\?.*/, ''), link.replace('?', '?run=1&')]) {
			for (const page of [await open(bad), await send(bad, { answer: 'approve' })]) {
				// n8n 2.x looks at the signature itself; with n8n 1.x it is left to the node.
				expect([401, 403]).toContain(page.status);
				expect(page.headers.get('content-type')).toContain('text/html');
			}
		}
		expect(await status()).toBe('waiting');
	});

	test('continues with the input items at the time limit; the page says that it is closed', async () => {
		const { id, link, status } = await approval({
			options: {
				limitWaitTime: {
					values: { limitType: 'afterTimeInterval', resumeAmount: 0.05, resumeUnit: 'minutes' },
				},
			},
		});
		await wait(3_100);
		if ((await status()) === 'waiting') {
			// n8n looks once a minute which executions have waited long enough.
			const late = await send(link, { answer: 'approve' });
			expect(late.html).toMatch(/This question is closed|No action required/);
		}
		const done = await finished(id);
		expect(itemsFrom(done, NODE).map(({ json }) => json.order)).toEqual([1001, 1002]);
		expect((await send(link, { answer: 'approve' })).html).toContain('No action required');
	});
});

describe('a free text', () => {
	test('is returned as written', async () => {
		const { id, link, status } = await approval({ responseType: 'freeText' });
		expect((await open(link)).html).toContain('<label for="text">Your answer</label>');
		const empty = await send(link, { text: ' ' });
		expect(empty.status).toBe(422);
		expect(empty.html).toContain('Please write an answer.');
		expect(await status()).toBe('waiting');
		await send(link, { text: 'Friday <is> fine & good\r\nÅnn 😀' });
		const done = await finished(id);
		expect(itemsFrom(done, 'Answer')).toMatchObject([
			{ json: { order: 1001, data: { text: 'Friday <is> fine & good\nÅnn 😀' } } },
		]);
	});
});

describe('a loop', () => {
	test("asks one question after the other; the first link doesn't answer the second question", async () => {
		const { id, link } = await asking(await workflowNamed('sendAndWaitLoop'));
		await send(link, { answer: 'approve' });
		const deadline = Date.now() + 20_000;
		while (texts().length < 2 && Date.now() < deadline) await wait(100);
		await n8n.waitForExecution(id, { statuses: ['waiting'] });
		const second = linkIn(texts()[1]);
		expect(texts()[1]).toContain('order 1002');
		expect(second).not.toBe(link);

		const old = await send(link, { answer: 'approve' });
		expect(old.status).toBe(410);
		expect(old.html).toContain('This question is closed');
		expect(await statusOf(id)).toBe('waiting');

		await send(second, { answer: 'decline' });
		const done = await finished(id);
		expect(
			[0, 1].map((run) => (itemsFrom(done, 'Ask', { run })[0].json.data as IDataObject).approved),
		).toEqual([true, false]);
	});
});

/** n8n 1.x has no human in the loop. */
const inN8n2 = !DEFAULT_N8N_VERSION.startsWith('1.');

describe('agents', () => {
	/** The agent with the tool, and nobody to ask between them. */
	const withoutTheBoss = async () => {
		const { nodes, connections, ...rest } = await workflowNamed('sendAndWaitAgent');
		const { 'Ask the boss': approval, ...others } = connections;
		return {
			...rest,
			nodes: nodes.filter(({ name }) => name !== 'Ask the boss'),
			connections: { ...others, 'Text Ann': approval },
		};
	};

	const lastWords = () => String(model.conversations.at(-1)?.messages.at(-1)?.content);

	test('may use the node as a tool, described in plain words', async () => {
		const workflow = await withoutTheBoss();
		model.toolInput = { text: 'Your order has shipped.' };
		const done = await n8n.runWorkflow(await n8n.createWorkflow(workflow, credentials));
		expect(failureOf(done)).toBeUndefined();
		expect(model.conversations[0].tools![0].function.description).toBe(
			'Send message in Clerk Chat',
		);
		expect(texts()).toEqual(['Your order has shipped.']);
		expect(lastWords()).toContain('"status"');
	});

	test('may ask a person and wait for the answer', async () => {
		const workflow = withParameters(await withoutTheBoss(), 'Text Ann', {
			operation: 'sendAndWait',
			message: "={{ $fromAI('text', 'What to ask', 'string') }}",
			responseType: 'freeText',
		});
		model.toolInput = { text: 'When shall we come?' };
		const { id, link } = await asking(workflow);
		expect(model.conversations[0].tools![0].function.description).toBe(
			'Send message and wait in Clerk Chat',
		);
		expect((await open(link)).html).toContain('When shall we come?');
		await send(link, { text: 'On Friday' });
		await finished(id);
		expect(lastWords()).toContain('On Friday');
		expect(texts()).toHaveLength(1);
	});

	(inN8n2 ? it : it.skip).each([
		['approve', ['Your order has shipped.'], '"status"'],
		['decline', [], 'rejected'],
	])('may have to ask before they text (human in the loop): %s', async (answer, sent, words) => {
		model.toolInput = { toolParameters: { text: 'Your order has shipped.' }, hitlParameters: {} };
		const { id, link } = await asking(await workflowNamed('sendAndWaitAgent'));
		expect(texts()).toHaveLength(1);
		expect(texts()[0]).toContain('{"text":"Your order has shipped."}');
		expect((await open(link)).html).toContain('&quot;Your order has shipped.&quot;');
		await send(link, { answer });
		await finished(id);
		expect(texts().slice(1)).toEqual(sent);
		expect(lastWords()).toContain(words);
	});
});

(inN8n2 ? describe : describe.skip)('what the editor shows', () => {
	const types = async () => {
		const login = await fetch(`${n8n.url}/rest/login`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ emailOrLdapLoginId: OWNER.email, password: OWNER.password }),
		});
		const headers = { cookie: login.headers.get('set-cookie')!.split(';')[0] };
		const response = await fetch(`${n8n.url}/types/nodes.json`, { headers });
		return (await response.json()) as INodeTypeDescription[];
	};

	test('still has the request options, and the human-in-the-loop variant', async () => {
		const all = await types();
		const find = (name: string) =>
			all.find((each) => each.name === `n8n-nodes-clerk-chat.${name}`)!;
		for (const name of ['clerkChat', 'clerkChatTool', 'clerkChatHitlTool']) {
			const options = find(name).properties.filter((each) => each.name === 'requestOptions');
			expect(options).toMatchObject([{ isNodeSetting: true, type: 'collection' }]);
		}
		const { properties } = find('clerkChatHitlTool');
		const named = (name: string) => properties.filter((each) => each.name === name);
		expect(named('message')).toHaveLength(1);
		expect(named('resource')).toMatchObject([{ type: 'hidden', default: 'message' }]);
		expect(named('responseType')).toMatchObject([{ type: 'hidden', default: 'approval' }]);
		expect(named('approvalOptions')).toHaveLength(1);
	});
});
