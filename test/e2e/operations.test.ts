import type { IDataObject } from 'n8n-workflow';
import { resources } from '../../nodes/ClerkChat/resources';
import { failureOf, itemsFrom } from './n8n';
import { credentials, n8n, useN8n } from './running';
import { clerkChatNode, node, to } from './workflowFile';

/* Every operation once in a real n8n, with several of them in one workflow. */

const WEBHOOK_ID = '00000000-0000-4000-8000-000000000001';

/** The operations that these tests ran. */
const ran = new Set<string>();

useN8n();

/** Runs a chain of operations, one node each, and returns the items of each. */
async function run(...operations: IDataObject[]): Promise<IDataObject[][]> {
	const names = operations.map((_, index) => `Step ${index + 1}`);
	for (const { resource, operation } of operations)
		ran.add(`${String(resource)} ${String(operation)}`);
	const nodes = operations.map((parameters, index) =>
		clerkChatNode(names[index], 'clerkChat', parameters),
	);
	const chain = ['Start', ...names];
	const id = await n8n.createWorkflow(
		{
			name: 'Operations',
			nodes: [node('Start', 'n8n-nodes-base.manualTrigger', 1), ...nodes],
			connections: Object.fromEntries(
				names.map((name, index) => [chain[index], { main: [[to(name)]] }]),
			),
			settings: { executionOrder: 'v1' },
		},
		credentials,
	);
	const execution = await n8n.runWorkflow(id);
	expect(failureOf(execution)).toBeUndefined();
	return names.map((name) => itemsFrom(execution, name).map(({ json }) => json));
}

test('creates, changes and texts a contact, and lists show it', async () => {
	const [created, updated, again, got, sent, messages, contacts] = await run(
		{
			resource: 'contact',
			operation: 'create',
			additionalFields: { name: 'Ann', phone: '+1 415 555 0123', data: '{ "plan": "gold" }' },
		},
		{
			resource: 'contact',
			operation: 'update',
			contactId: '={{ $json.id }}',
			updateFields: { name: 'Ann Smith' },
		},
		{
			resource: 'contact',
			operation: 'upsert',
			phone: '+1 (415) 555-0123',
			email: 'ann@example.com',
		},
		{
			resource: 'contact',
			operation: 'get',
			contactId: { __rl: true, mode: 'email', value: 'ANN@example.com' },
		},
		{
			resource: 'message',
			operation: 'send',
			sender: '+14155550100',
			recipients: '={{ $json.phone }}',
			body: '=Hello {{ $json.name }}',
		},
		{ resource: 'message', operation: 'getAll', simplify: false },
		{ resource: 'contact', operation: 'getAll', returnAll: true },
	);
	expect(created).toMatchObject([{ phone: '+14155550123', data: { plan: 'gold' } }]);
	expect(updated).toMatchObject([{ id: created[0].id, name: 'Ann Smith' }]);
	const ann = { id: created[0].id, name: 'Ann Smith', email: 'ann@example.com' };
	expect([again, got]).toMatchObject([[ann], [ann]]);
	expect(sent).toMatchObject([{ body: 'Hello Ann Smith', status: 'sent' }]);
	expect(messages.map(({ id }) => id)).toContain(sent[0].id);
	expect(contacts.map(({ id }) => id)).toContain(created[0].id);
});

test.each<[string, IDataObject, IDataObject]>([
	['message getAll', { resource: 'message', operation: 'getAll' }, {}],
	[
		'contact createMany',
		{ resource: 'contact', operation: 'createMany', additionalFields: { name: 'Ben' } },
		{ name: 'Ben' },
	],
	[
		'campaign start',
		{
			resource: 'campaign',
			operation: 'start',
			sender: '+14155550100',
			listName: 'Spring',
			body: 'Sale',
			options: { testRuns: 'send' },
		},
		{ status: 'scheduled' },
	],
	[
		'user create',
		{ resource: 'user', operation: 'create', email: 'ann@example.com' },
		{ email: 'ann@example.com' },
	],
	[
		'user assignPhone',
		{ resource: 'user', operation: 'assignPhone', userId: '1', phoneId: '2' },
		{},
	],
	['inbox create', { resource: 'inbox', operation: 'create', name: 'Desk' }, { name: 'Desk' }],
	[
		'agent start',
		{ resource: 'agent', operation: 'start', webhookId: WEBHOOK_ID, phone: '+14155550123' },
		{ started: true, webhookId: WEBHOOK_ID },
	],
])('%s', async (_name, parameters, expected) => {
	// A user and a message are there first, for those that need one.
	const before =
		parameters.operation === 'assignPhone'
			? [{ resource: 'user', operation: 'create', email: 'ben@example.com' }]
			: [
					{
						resource: 'message',
						operation: 'send',
						sender: '+14155550100',
						recipients: '+14155550123',
						body: 'Hello',
					},
				];
	const userId = parameters.operation === 'assignPhone' ? { userId: '={{ $json.id }}' } : {};
	const results = await run(...before, { ...parameters, ...userId });
	expect(results.at(-1)).toMatchObject([expected]);
});

test('replies to a message, with From and To filled in', async () => {
	const [answered] = await run({
		resource: 'message',
		operation: 'reply',
		sender: '+14155550100',
		recipients: '+14155550123',
		body: 'Thank you',
	});
	expect(answered).toMatchObject([{ body: 'Thank you', status: 'sent' }]);
});

test('lists all templates, more than fit on a page, and the users', async () => {
	const [templates] = await run({
		resource: 'messageTemplate',
		operation: 'getAll',
		returnAll: true,
	});
	expect(templates.length).toBeGreaterThan(50);
	expect(new Set(templates.map(({ id }) => id)).size).toBe(templates.length);
	const [, users] = await run(
		{ resource: 'user', operation: 'create', email: 'ann@example.com' },
		{ resource: 'user', operation: 'getAll', filters: { emails: ['ann@example.com'] } },
	);
	expect(users).toMatchObject([{ email: 'ann@example.com' }]);
});

test('tests every operation without its own test file', () => {
	const all = resources.flatMap(({ option, operations }) =>
		operations.map((operation) => `${option.value} ${String(operation.option.value)}`),
	);
	expect([...ran, 'message sendAndWait'].sort()).toEqual(all.sort());
});
