/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';

import {
	DEFAULT_N8N_VERSION,
	failureOf,
	itemsFrom,
	readWorkflow,
	withParameters,
	type Execution,
	type WorkflowFile,
} from './n8n';
import { pollEvery } from './pollingWorkflow';
import { sendMessage } from '../sandbox/ask';
import { credentials, executionsOf, model, n8n, sandbox, useN8n } from './running';
import { callWebhook, eventOf, webhookUrl } from './triggerWorkflow';

/* Every workflow in examples/, imported into a real n8n as users do. Only From, To and addresses are filled in. */

const EXAMPLES = join(__dirname, '..', '..', 'examples');
const SECRET = 'a-long-random-text';
const REFUSED = '+15005550422';
/** The response is lost: the message was sent, or it was not. */
const LOST = '+15005550602';
const LOST_UNSENT = '+15005550601';

const tried = new Set<string>();
const triedFirst = new Set<string>();
/** n8n before 2.0 has Data Tables, but no operation that makes one. */
const skipped = DEFAULT_N8N_VERSION.startsWith('1.') ? ['failed-texts-to-table.json'] : [];

useN8n({ credential: { webhookHeaderValue: SECRET }, hasModel: true });

/** @param name the file's name in examples/, without its ending */
async function example(name: string): Promise<WorkflowFile> {
	tried.add(`${name}.json`);
	return await readWorkflow(join(EXAMPLES, `${name}.json`));
}

/** The workflow with what its first note says to change before texts really go out in the editor. */
function reallySending(workflow: WorkflowFile): WorkflowFile {
	const nodes = workflow.nodes.map((node) => {
		const { options } = node.parameters as { options?: IDataObject };
		if (options?.testRuns !== 'preview') return node;
		const parameters = { ...node.parameters, options: { ...options, testRuns: 'send' } };
		return { ...node, parameters: parameters as WorkflowFile['nodes'][number]['parameters'] };
	});
	return { ...workflow, nodes };
}

/** The ID that the sandbox assigned to a message (from 0); it keeps counting after resets. */
const idOfKept = (position: number) => sandbox.messages()[position].message.id;

/** Makes the workflow live. Tells how to deliver an event to its Clerk Chat Trigger. */
async function listening(workflow: WorkflowFile) {
	const id = await n8n.createWorkflow(workflow, credentials);
	await n8n.activateWorkflow(id);
	const trigger = workflow.nodes.find(({ type }) => type.endsWith('.clerkChatTrigger'));
	const url = webhookUrl(n8n.url, String(trigger?.webhookId));
	const deliver = async (type: string, data: IDataObject, eventId?: string) =>
		await callWebhook(url, eventOf(type, data, eventId), { Authorization: SECRET });
	return { id, deliver };
}

/** What was sent through the sandbox: to whom, and the text. */
const sent = () => sandbox.messages().map(({ request }) => [request.recipients[0], request.body]);

/** Sends a text past n8n. @returns the ID of the message */
const send = async (to: string, body: string): Promise<number> =>
	(await sendMessage(sandbox.url, to, { body })).json.data.id;

const jsonFrom = (execution: Execution, node: string) =>
	itemsFrom(execution, node).map(({ json }) => json);

test('order-text-from-webhook: one text per order; unsent ones say why', async () => {
	const workflow = await example('order-text-from-webhook');
	const id = await n8n.createWorkflow(workflow, credentials);
	await n8n.activateWorkflow(id);
	const order = async (order: string, phone: string, name: string) =>
		await callWebhook(`${n8n.url}/webhook/order-shipped`, { order, phone, name });

	await order('1001', '+14155550123', 'Ann');
	await executionsOf(id, 1);
	// The shop calls again.
	await order('1001', '+14155550123', 'Ann');
	await executionsOf(id, 2);
	await order('1002', REFUSED, 'Ben');
	await executionsOf(id, 3);
	await order('1003', LOST, 'Cleo');
	await executionsOf(id, 4);
	await order('1004', LOST_UNSENT, 'Dan');
	const [first, again, refused, lost, unknown] = await executionsOf(id, 5);

	expect(sent()).toEqual([
		['+14155550123', 'Hello Ann, your order 1001 has shipped.'],
		[LOST, 'Hello Cleo, your order 1003 has shipped.'],
	]);
	expect(jsonFrom(first, 'Sent')).toEqual([
		{ order: '1001', messageId: idOfKept(0), status: 'sent' },
	]);
	expect(itemsFrom(again, 'Each order once')).toEqual([]);
	expect(jsonFrom(refused, 'Not sent')).toEqual([
		{
			order: '1002',
			reason: "Clerk Chat didn't accept the values of this item",
			whatToDo: expect.stringContaining('has opted out'),
			outcome: 'refused',
		},
	]);
	expect(jsonFrom(lost, 'Sent')).toMatchObject([{ order: '1003', messageId: idOfKept(1) }]);
	expect(jsonFrom(unknown, 'Not sent')).toMatchObject([{ order: '1004', outcome: 'unknown' }]);
});

const MINUTE = 60_000;

/** Waits for the next minute, or hour, if it begins before so many ms have passed. */
async function waitIfSoon(period: number, ms: number): Promise<void> {
	const left = period - (Date.now() % period);
	// A timer may fire a millisecond early, or in the very millisecond it begins.
	if (left < ms) await wait(left + 100);
}

test("reminders-once: only tomorrow's appointments; a second run sends only to a new one", async () => {
	// After midnight, tomorrow is another day.
	await waitIfSoon(60 * MINUTE, MINUTE);
	const workflow = reallySending(await example('reminders-once'));
	const id = await n8n.createWorkflow(workflow, credentials);
	const run = async () => await n8n.runWorkflow(id, { trigger: 'Every morning' });

	expect(failureOf(await run())).toBeUndefined();
	expect(sent().sort()).toEqual([
		['+14155550123', 'Hello Ann, see you tomorrow at 9:30.'],
		['+14155550124', 'Hello Ben, see you tomorrow at 10:15.'],
		['+14155550125', 'Hello Cleo, see you tomorrow at 11:00.'],
	]);

	const second = await run();
	expect(failureOf(second)).toBeUndefined();
	expect(itemsFrom(second, 'Each one once')).toEqual([]);
	expect(sent()).toHaveLength(3);

	const date = '{{ $now.plus({ days: 1 }).toISODate() }}';
	const appointments = [
		{ id: `${date}-ann`, name: 'Ann', phone: '+14155550123', date, time: '9:30' },
		{ id: `${date}-dan`, name: 'Dan', phone: '+14155550126', date, time: '12:00' },
		{ id: `${date}-eve`, name: 'Eve', phone: REFUSED, date, time: '12:30' },
	];
	const jsonOutput = `=${JSON.stringify({ appointments })}`;
	const { nodes } = withParameters(workflow, 'Appointments', { jsonOutput });
	const used = nodes.map((node) =>
		node.credentials
			? { ...node, credentials: { clerkChatApi: { id: credentials.clerkChatApi, name: '' } } }
			: node,
	);
	await n8n.updateWorkflow(id, { nodes: used });
	const third = await run();
	expect(sent().slice(3)).toEqual([['+14155550126', 'Hello Dan, see you tomorrow at 12:00.']]);
	expect(jsonFrom(third, 'Not sent')).toMatchObject([{ name: 'Eve', outcome: 'refused' }]);
});

/** The hours of Send, in San Francisco, where the numbers of the examples are. Times in ms. */
function hoursBetween(from: number, to: number): IDataObject {
	const clock = (time: number) =>
		new Intl.DateTimeFormat('en-GB', {
			timeZone: 'America/Los_Angeles',
			hour: '2-digit',
			minute: '2-digit',
			hourCycle: 'h23',
		}).format(time);
	return { options: { sendBetween: { values: { from: clock(from), to: clock(to) } } } };
}

test('in-their-daytime: people asleep are texted once it is day; a wrong number is reported at once', async () => {
	// It opens with the next minute, and not before the workflow runs.
	await waitIfSoon(MINUTE, 20_000);
	const opens = (Math.floor(Date.now() / MINUTE) + 1) * MINUTE;
	const customers = [
		{ name: 'Ann', phone: '+14155550123' },
		{ name: 'Eve', phone: 'n/a' },
	];
	const list = { jsonOutput: JSON.stringify({ customers }) };
	const workflow = withParameters(
		withParameters(await example('in-their-daytime'), 'Customers', list),
		'Send text',
		// Not an hour later: when clocks go back, that is the same time again.
		hoursBetween(opens, opens + 180 * MINUTE),
	);
	const id = await n8n.createWorkflow(workflow, credentials);
	const execution = await n8n.runWorkflow(id, { trigger: 'Every Monday' });
	expect(failureOf(execution)).toBeUndefined();
	expect(Date.now()).toBeGreaterThanOrEqual(opens);
	expect(sent()).toEqual([['+14155550123', 'Hello Ann, our new menu is out.']]);
	expect(jsonFrom(execution, 'Wait until daytime')).toMatchObject([
		{ name: 'Ann', error: { code: 'quietHours', sendAfter: new Date(opens).toISOString() } },
	]);
	expect(jsonFrom(execution, 'Not sent')).toMatchObject([{ name: 'Eve', outcome: 'refused' }]);
});

/** Makes a workflow live whose polling trigger looks every few seconds instead of every minute. */
async function polling(workflow: WorkflowFile, trigger: string) {
	const id = await n8n.createWorkflow(
		withParameters(workflow, trigger, { pollTimes: pollEvery(2) }),
		credentials,
	);
	await n8n.activateWorkflow(id);
	return id;
}

test('ai-agent-answers-texts: the agent answers, remembers each person, and ignores STOP', async () => {
	const id = await polling(await example('ai-agent-answers-texts'), 'Text received');
	const answered = async (count: number) => {
		for (let look = 0; look < 200 && sent().length < count; look++) await wait(100);
	};
	// All of these arrive in one poll, so one answer covers both texts of the first person.
	await wait(2_500 - (Date.now() % 2_000));
	sandbox.receive({ from: '+14155550123', body: 'Hi!' });
	sandbox.receive({ from: '+14155550123', body: 'Are you open on Monday?' });
	sandbox.receive({ from: '+14155550124', body: 'Do you repair tyres?' });
	await answered(2);
	sandbox.receive({ from: '+14155550123', body: 'And on Sunday?' });
	await answered(3);
	sandbox.receive({ from: '+14155550123', body: ' Stop ' });
	sandbox.receive({ from: '+14155550124', body: 'Thank you' });
	await answered(4);
	await n8n.deactivateWorkflow(id);

	expect(sent().slice(0, 2).sort()).toEqual([
		['+14155550123', 'You wrote: Hi!\nAre you open on Monday?'],
		['+14155550124', 'You wrote: Do you repair tyres?'],
	]);
	expect(sent().slice(2)).toEqual([
		['+14155550123', 'You wrote: And on Sunday?'],
		['+14155550124', 'You wrote: Thank you'],
	]);
	const contents = model.conversations.map(({ messages }) =>
		messages.filter(({ role }) => role !== 'system').map(({ content }) => content),
	);
	expect(contents).toContainEqual([
		'Hi!\nAre you open on Monday?',
		'You wrote: Hi!\nAre you open on Monday?',
		'And on Sunday?',
	]);
	expect(model.conversations[0].messages[0]).toMatchObject({
		role: 'system',
		content: expect.stringContaining('Sunny Bikes'),
	});
});

test("ai-agent-answers-texts: the agent forwards to the shop what it can't answer", async () => {
	const workflow = reallySending(await example('ai-agent-answers-texts'));
	const id = await n8n.createWorkflow(workflow, credentials);
	model.toolInput = { message: 'wants to know about Monday' };
	const execution = await n8n.runWorkflow(id);
	model.toolInput = undefined;
	expect(failureOf(execution)).toBeUndefined();
	expect(sent()).toEqual([
		['+14155550199', 'Sunny Bikes, +14155550123: wants to know about Monday'],
		['+14155550123', expect.stringContaining('The tool said: ')],
	]);
});

describe('ask-by-text: continues with the reply', () => {
	let id: string;

	beforeAll(async () => {
		const workflow = await example('ask-by-text');
		id = await polling(
			withParameters(workflow, 'Ask again later', { amount: 1, unit: 'seconds' }),
			'Text received',
		);
	});

	afterAll(async () => await n8n.deactivateWorkflow(id));

	/** Makes the workflow ask somebody, receives the replies, and returns the execution once it has ended. */
	const replied = async (phone: string, ...replies: string[]) => {
		const appointment = { name: 'Ann', phone, when: 'Friday at 10' };
		await callWebhook(`${n8n.url}/webhook/new-appointment`, appointment);
		for (const [index, body] of replies.entries()) {
			const asked = () => sent().filter(([to, text]) => to === phone && /come on/.test(text!));
			for (let look = 0; look < 200 && asked().length <= index; look++) await wait(100);
			expect(asked().at(-1)?.[1]).toMatch(
				/^Hello Ann, can you come on Friday at 10\? Reply YES, NO or LATER\./,
			);
			// What comes sooner after a new question belongs to the answer before.
			if (index > 0) await wait(15_500);
			sandbox.receive({ from: phone, body });
		}
		const ofPerson = async () => {
			const all = await Promise.all(
				(await n8n.listExecutions(id)).map(async (each) => await n8n.getExecution(each.id)),
			);
			return all.find((each) => jsonFrom(each, 'Read the appointment')[0]?.phone === phone);
		};
		// n8n saves what it has read only once it waits: after it has our answer to the question.
		let execution = await ofPerson();
		for (let look = 0; look < 200 && !execution; look++) {
			await wait(100);
			execution = await ofPerson();
		}
		const ended = await n8n.waitForExecution(execution!.id, { statuses: ['success', 'error'] });
		expect(failureOf(ended)).toBeUndefined();
		return ended;
	};

	test.each([
		['+14155550131', ['Yes, please 🙂'], 'Thank you, Ann. See you on Friday at 10.'],
		['+14155550132', ['No, sorry'], 'No problem, Ann. We will find another time.'],
		['+14155550133', ['Later', 'ok'], 'Thank you, Ann. See you on Friday at 10.'],
	])('%s: %j', async (phone, replies, last) => {
		await replied(phone, ...replies);
		expect(sent().at(-1)).toEqual([phone, last]);
		expect(sent()).toHaveLength(replies.length + 1);
	});

	test('an unclear reply is asked about again, and leaves the question open', async () => {
		await replied('+14155550135', '?', 'Yes');
		expect(
			sent()
				.map(([, text]) => text)
				.slice(1),
		).toEqual([
			"Sorry, we didn't understand that. Please reply YES, NO or LATER.",
			'Thank you, Ann. See you on Friday at 10.',
		]);
	});

	test.each([
		['+14155550134', 'Who is this?'],
		['+14155550136', 'Yes, but not on Friday'],
		['+14155550137', 'No problem, see you then'],
	])('any other reply goes to someone who can call: %s %s', async (phone, reply) => {
		const execution = await replied(phone, reply);
		expect(jsonFrom(execution, 'Call them')).toMatchObject([{ answer: reply.toLowerCase() }]);
		expect(sent()).toHaveLength(1);
	});
});

test('ask-by-text: no answer goes to someone who can call', async () => {
	const limitWaitTime = {
		values: { limitType: 'afterTimeInterval', resumeAmount: 0.02, resumeUnit: 'minutes' },
	};
	const workflow = withParameters(await example('ask-by-text'), 'Ask', {
		options: { limitWaitTime },
	});
	const { id } = await n8n.runWorkflow(await n8n.createWorkflow(workflow, credentials));
	const ended = await n8n.waitForExecution(id, { statuses: ['success', 'error'] });
	expect(failureOf(ended)).toBeUndefined();
	expect(jsonFrom(ended, 'Call them')).toMatchObject([{ answer: 'not answered' }]);
});

test("what-somebody-wrote: one person's texts since yesterday, joined into one", async () => {
	sandbox.receive({ from: '+14155550123', body: 'Is it ready?' });
	sandbox.receive({ from: '+14155550124', body: 'Hello' });
	// Its time is another one.
	await wait(5);
	sandbox.receive({ from: '+14155550123', body: 'I can come at five.' });
	const id = await n8n.createWorkflow(await example('what-somebody-wrote'), credentials);
	const execution = await n8n.runWorkflow(id);
	triedFirst.add('what-somebody-wrote.json');
	expect(failureOf(execution)).toBeUndefined();
	const [{ sender, concatenated_body: text }] = jsonFrom(execution, 'As one text');
	expect(sender).toBe('+14155550123');
	expect(String(text).split('\n')).toEqual(['Is it ready?', 'I can come at five.']);
	expect(sandbox.messages()).toEqual([]);
});

const makesTables = skipped.length > 0 ? test.skip : test;

makesTables(
	'failed-texts-to-table: makes its table once, and adds a row for each failed text',
	async () => {
		const id = await polling(await example('failed-texts-to-table'), 'Text failed');
		for (const run of ['first', 'second']) {
			const made = await n8n.runWorkflow(id, { trigger: 'Make the table' });
			expect([run, failureOf(made)]).toEqual([run, undefined]);
		}
		triedFirst.add('failed-texts-to-table.json');

		const failed = await send('+14155550123', 'Hello');
		await send('+14155550124', 'Hello, too');
		await wait(2_500);
		sandbox.setStatus({ id: failed, status: 'failed', error: 'Landline' });
		await executionsOf(id, 3);
		await n8n.deactivateWorkflow(id);

		const { nodes } = await example('failed-texts-to-table');
		const madeUp = {
			messageId: expect.stringMatching(/^try-/),
			to: '+14155550123',
			text: 'Hello Ann, your order has shipped.',
			reason: 'Made up: this phone cannot receive texts.',
		};
		const add = nodes.find(({ name }) => name === 'Add to the list')!;
		const { dataTableId } = add.parameters;
		const rows = await n8n.runWorkflow(
			await n8n.createWorkflow({
				name: 'Read the table',
				nodes: [
					{ ...nodes.find(({ name }) => name === 'Make the table')!, name: 'Start' },
					{ ...add, name: 'Rows', parameters: { operation: 'get', dataTableId, returnAll: true } },
				],
				connections: { Start: { main: [[{ node: 'Rows', type: 'main', index: 0 }]] } },
			}),
		);
		expect(failureOf(rows)).toBeUndefined();
		expect(jsonFrom(rows, 'Rows')).toMatchObject([
			madeUp,
			madeUp,
			{ messageId: String(failed), to: '+14155550123', text: 'Hello', reason: 'Landline' },
		]);
	},
);

test('rcs-suggestion-tapped: answers the person who tapped, depending on the suggestion', async () => {
	const { id, deliver } = await listening(await example('rcs-suggestion-tapped'));
	const ann = await send('+14155550123', 'See you tomorrow?');
	const ben = await send('+14155550124', 'See you tomorrow?');

	await deliver('rcsPostbackReceived', { messageId: ann, suggestionText: 'Confirm' });
	await executionsOf(id, 1);
	await deliver('rcsPostbackReceived', { messageId: ben, suggestionText: 'Another time' });
	await executionsOf(id, 2);

	expect(sent().slice(2)).toEqual([
		['+14155550123', 'Thank you, your appointment is confirmed.'],
		['+14155550124', 'We will call you to find another time.'],
	]);
});

test('contacts-import: one request for all, and none the second time', async () => {
	const id = await n8n.createWorkflow(await example('contacts-import'), credentials);
	const first = await n8n.runWorkflow(id);
	triedFirst.add('contacts-import.json');
	expect(failureOf(first)).toBeUndefined();
	const requests = () => sandbox.requests().map(({ path, body }) => ({ path, body }));
	expect(requests()).toEqual([
		{
			path: '/public/contacts/batch',
			body: {
				contacts: [
					{
						name: 'Ann Archer',
						phone: '+14155550123',
						email: 'ann@example.com',
						public: true,
						data: { plan: 'gold' },
					},
					{
						name: 'Ben Baker',
						phone: '+14155550124',
						public: true,
						data: { plan: 'silver' },
					},
					{
						name: 'Cleo Carter',
						phone: '+14155550125',
						email: 'cleo@example.com',
						public: true,
						data: { plan: 'gold' },
					},
				],
			},
		},
	]);
	expect(jsonFrom(first, 'Create contacts').map(({ name }) => name)).toEqual([
		'Ann Archer',
		'Ben Baker',
		'Cleo Carter',
	]);

	expect(failureOf(await n8n.runWorkflow(id))).toBeUndefined();
	expect(requests()).toHaveLength(1);
});

test('http-request-with-the-credential: the key is sent along', async () => {
	const workflow = await example('http-request-with-the-credential');
	const node = workflow.nodes.find(({ name }) => name === 'HTTP Request')!;
	const url = String(node.parameters.url).replace('https://web-api.clerk.chat', sandbox.url);
	const id = await n8n.createWorkflow(
		withParameters(workflow, 'HTTP Request', { url }),
		credentials,
	);
	const execution = await n8n.runWorkflow(id);
	triedFirst.add('http-request-with-the-credential.json');
	expect(failureOf(execution)).toBeUndefined();
	expect(sandbox.requests()).toMatchObject([
		{
			path: '/public/twilio-connector/connect',
			status: 200,
			body: { inboxExternalId: 'inbox-123' },
		},
	]);
});

test("approval-by-text: only a button answers; opening the link doesn't", async () => {
	const id = await n8n.createWorkflow(await example('approval-by-text'), credentials);
	await n8n.activateWorkflow(id);
	/** Makes the workflow ask, and returns the link for the manager. */
	const ask = async (what: string) => {
		const before = sent().length;
		const request = { what, price: '199 USD', phone: '+14155550123' };
		await callWebhook(`${n8n.url}/webhook/purchase-request`, request);
		for (let look = 0; look < 100 && sent().length === before; look++) await wait(100);
		const [to, text] = sent().at(-1)!;
		expect(to).toBe('+14155550199');
		const [question, , link] = text.split('\n');
		expect(question).toBe(`May we buy ${what} for 199 USD?`);
		const [{ id: execution }] = await n8n.listExecutions(id);
		await n8n.waitForExecution(execution, { statuses: ['waiting'] });
		return { link, execution };
	};
	const choose = async (link: string, answer: string) =>
		await fetch(link, { method: 'POST', body: new URLSearchParams({ answer }) });
	const ended = async (execution: string) =>
		await n8n.waitForExecution(execution, { statuses: ['success', 'error'] });

	const printer = await ask('a printer');
	expect(await (await fetch(printer.link)).text()).toContain('Yes, buy it');
	await wait(500);
	expect((await n8n.getExecution(printer.execution)).status).toBe('waiting');
	expect((await choose(printer.link, 'approve')).status).toBe(200);
	expect(failureOf(await ended(printer.execution))).toBeUndefined();
	expect(sent().at(-1)).toEqual(['+14155550123', "Good news: we're buying a printer."]);

	const chair = await ask('a chair');
	await choose(chair.link, 'decline');
	expect(failureOf(await ended(chair.execution))).toBeUndefined();
	expect(sent().at(-1)).toEqual(['+14155550123', 'Your request for a chair was declined.']);
	expect(sent()).toHaveLength(4);
});

/* A newcomer imports an example and follows its first note. A Manual Trigger replaces the real trigger. */
describe('tried first', () => {
	/** Starts the example from its Manual Trigger, and waits for its end, or for an answer. */
	const tryFirst = async (name: string, id?: string) => {
		const workflow = reallySending(await example(name));
		triedFirst.add(`${name}.json`);
		const execution = await n8n.runWorkflow(
			id ?? (await n8n.createWorkflow(workflow, credentials)),
		);
		expect(failureOf(execution)).toBeUndefined();
		return execution;
	};

	test.each([
		['order-text-from-webhook', 'Send text', '+14155550123'],
		['reminders-once', 'Send reminder', '+14155550123'],
		['ai-agent-answers-texts', 'Answer', '+14155550123'],
		['rcs-suggestion-tapped', 'Say thanks', '+14155550123'],
		['ask-by-text', 'Ask', '+14155550123'],
		['approval-by-text', 'Ask the manager', '+14155550199'],
	])('%s as imported: sends no text, and shows what it would send', async (name, node, to) => {
		const id = await n8n.createWorkflow(await example(name), credentials);
		const execution = await n8n.runWorkflow(id);
		expect(failureOf(execution)).toBeUndefined();
		expect(jsonFrom(execution, node)).toMatchObject([
			{ status: 'preview', sender: '+14155550100', recipients: [to] },
		]);
		expect(sent()).toEqual([]);
	});

	test.each([true, false])('in-their-daytime: a text by day (really sent: %p)', async (isReal) => {
		const original = await example('in-their-daytime');
		const { options } = original.nodes.find(({ name }) => name === 'Send text')!.parameters;
		// Whenever this test runs.
		const byDay = {
			options: {
				...(options as IDataObject),
				sendBetween: { values: { from: '00:00', to: '24:00' } },
			},
		};
		const workflow = withParameters(original, 'Send text', byDay);
		const used = isReal ? reallySending(workflow) : workflow;
		const execution = await tryFirst(
			'in-their-daytime',
			await n8n.createWorkflow(used, credentials),
		);
		expect(sent()).toEqual(isReal ? [['+14155550123', 'Hello Ann, our new menu is out.']] : []);
		expect(jsonFrom(execution, 'Send text')).toMatchObject([
			{ status: isReal ? 'sent' : 'preview' },
		]);
	});

	test('order-text-from-webhook: a text for a made-up order, and again each time', async () => {
		const workflow = reallySending(await example('order-text-from-webhook'));
		const id = await n8n.createWorkflow(workflow, credentials);
		const first = await tryFirst('order-text-from-webhook', id);
		const order = /^try-\d{6}$/;
		expect(sent()).toEqual([
			['+14155550123', expect.stringMatching(/^Hello Ann, your order try-\d{6} has shipped\.$/)],
		]);
		expect(jsonFrom(first, 'Sent')).toEqual([
			{ order: expect.stringMatching(order), messageId: idOfKept(0), status: 'sent' },
		]);

		// The made-up order is named after the second in which the button was clicked.
		await wait(1100);
		await tryFirst('order-text-from-webhook', id);
		expect(sent()).toHaveLength(2);
	});

	test('order-text-from-webhook: an unsent text says why', async () => {
		const text = JSON.stringify(reallySending(await example('order-text-from-webhook')));
		const refused = JSON.parse(text.replaceAll('+14155550123', REFUSED)) as WorkflowFile;
		const id = await n8n.createWorkflow(refused, credentials);
		const execution = await tryFirst('order-text-from-webhook', id);
		expect(jsonFrom(execution, 'Not sent')).toMatchObject([
			{
				order: expect.stringMatching(/^try-/),
				reason: "Clerk Chat didn't accept the values of this item",
				outcome: 'refused',
			},
		]);
	});

	test('reminders-once: a reminder of a made-up appointment, tomorrow', async () => {
		await tryFirst('reminders-once');
		expect(sent()).toEqual([['+14155550123', 'Hello Ann, see you tomorrow at 9:30.']]);
	});

	test('ai-agent-answers-texts: the agent answers two made-up texts at once', async () => {
		await tryFirst('ai-agent-answers-texts');
		expect(sent()).toEqual([['+14155550123', 'You wrote: Hi!\nAre you open on Monday?']]);
	});

	test('ask-by-text: asks about a made-up appointment, and accepts the answer from the page, too', async () => {
		const { id, status } = await tryFirst('ask-by-text');
		expect(status).toBe('waiting');
		const [question, , link] = sent()[0][1]!.split('\n');
		expect(question).toBe('Hello Ann, can you come on Friday at 10? Reply YES, NO or LATER.');
		await fetch(link, { method: 'POST', body: new URLSearchParams({ text: 'Yes' }) });
		const ended = await n8n.waitForExecution(id, { statuses: ['success', 'error'] });
		expect(failureOf(ended)).toBeUndefined();
		expect(sent().slice(1)).toEqual([['+14155550123', 'Thank you, Ann. See you on Friday at 10.']]);
	});

	test('rcs-suggestion-tapped: a made-up tap is answered', async () => {
		await tryFirst('rcs-suggestion-tapped');
		expect(sent()).toEqual([['+14155550123', 'Thank you, your appointment is confirmed.']]);
	});

	test('approval-by-text: asks about a made-up purchase, and reports the answer', async () => {
		const { id, status } = await tryFirst('approval-by-text');
		expect(status).toBe('waiting');
		const [question, , link] = sent()[0][1]!.split('\n');
		expect(question).toBe('May we buy a printer for 199 USD?');
		await fetch(link, { method: 'POST', body: new URLSearchParams({ answer: 'approve' }) });
		const ended = await n8n.waitForExecution(id, { statuses: ['success', 'error'] });
		expect(failureOf(ended)).toBeUndefined();
		expect(sent().slice(1)).toEqual([['+14155550123', "Good news: we're buying a printer."]]);
	});
});

test('every example was tried, names no credential, and tells a newcomer what to change', async () => {
	const files = (await readdir(EXAMPLES)).sort();
	expect([...tried, ...skipped].sort()).toEqual(files);
	for (const file of files) {
		const { nodes } = await readWorkflow(join(EXAMPLES, file));
		const ids = nodes.flatMap((node) => Object.values(node.credentials ?? {}).map(({ id }) => id));
		expect([file, ...new Set(ids)]).toEqual([file, '']);
		const notes = nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
		const text = notes.map(({ parameters }) => String(parameters.content)).join('\n');
		expect([file, text.includes('**Change:**')]).toEqual([file, true]);
		for (const { parameters } of nodes.filter(({ type }) => /\.clerkChat(Tool)?$/.test(type))) {
			if (!['send', 'sendAndWait', 'reply'].includes(String(parameters.operation))) continue;
			// A reply comes from the number that was written to.
			const from = parameters.operation !== 'reply' && {
				sender: { __rl: true, mode: 'number' },
			};
			const expected = { ...from, options: { testRuns: 'preview' } };
			expect([file, parameters]).toMatchObject([file, expected]);
			expect([file, text.includes('**Options > In Test Runs**')]).toEqual([file, true]);
		}
	}
});

test('every example was tried, and its first note says what to click and what happens then', async () => {
	const files = (await readdir(EXAMPLES)).sort();
	expect([...triedFirst, ...skipped].sort()).toEqual(files);
	for (const file of files) {
		const { nodes } = await readWorkflow(join(EXAMPLES, file));
		const [first] = nodes;
		const note = String(first.parameters.content);
		expect([file, first.type, note.split('\n')[0]]).toEqual([
			file,
			'n8n-nodes-base.stickyNote',
			'## Try this first',
		]);
		// It is to the left of everything else, and contains the Manual Trigger.
		const left = Math.min(...nodes.map(({ position }) => position[0]));
		expect([file, first.position[0]]).toEqual([file, left]);
		const [manual, ...more] = nodes.filter(({ type }) => type === 'n8n-nodes-base.manualTrigger');
		expect([file, more]).toEqual([file, []]);
		const starts = nodes.filter(({ type }) => /trigger|webhook/i.test(type));
		expect([file, starts.length === 1 || note.includes(`**${manual.name}**`)]).toEqual([
			file,
			true,
		]);
		expect([file, /[Cc]lick \*\*Execute workflow\*\*/.test(note)]).toEqual([file, true]);
		expect([file, /real text|Nothing is sent/.test(note)]).toEqual([file, true]);
		// Made-up numbers are nobody's, and the note says where one's own goes.
		const numbers = JSON.stringify(nodes).match(/\+1[ ()\d-]{10,}/g) ?? [];
		for (const number of numbers) {
			const digits = number.replace(/\D/g, '');
			expect([file, digits]).toEqual([file, expect.stringMatching(/^141555501\d\d$/)]);
		}
		expect([file, numbers.length === 0 || note.includes('**your own number**')]).toEqual([
			file,
			true,
		]);
	}
});
