import type { IDataObject, INodeParameters, INodeProperties, INodeType } from 'n8n-workflow';
import { ClerkChat } from '../../nodes/ClerkChat/ClerkChat.node';
import { clerkChatApi } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { operationsWith, operationOf, runNode } from './engine';

/*
 * The descriptions mean what n8n takes them to mean: for plain values its own routing engine, given the same
 * description without any function of ours, makes the same request.
 */

closeNetwork();

/** The node as n8n would run it by its description alone. */
function byDescription(): INodeType {
	const node = new ClerkChat() as INodeType;
	delete node.customOperations;
	node.description.properties = node.description.properties.map((property): INodeProperties => {
		if (property.name !== 'operation') return property;
		return {
			...property,
			options: property.options?.map((option) => {
				if (!('routing' in option)) return option;
				const { request } = option.routing ?? {};
				return { ...option, routing: { request } };
			}),
		};
	});
	return node;
}

const cases: INodeParameters[] = [
	{ resource: 'agent', operation: 'start', webhookId: 'a/b', phone: '+14155550123' },
	{
		resource: 'campaign',
		operation: 'start',
		sender: '+14155550100',
		listName: 'Regulars',
		body: 'Sale',
		additionalFields: { name: 'Spring', provider: 'rcs', mediaUrls: ['https://a.test/a.png'] },
	},
	{
		resource: 'campaign',
		operation: 'start',
		sender: '+14155550100',
		listName: 'Regulars',
		body: 'Sale',
	},
	{
		resource: 'contact',
		operation: 'create',
		additionalFields: { name: 'Ann', phone: '+14155550123', email: 'a@a.test', public: false },
	},
	{
		resource: 'contact',
		operation: 'update',
		contactId: '1/2',
		updateFields: { name: 'Ann', phone: '+14155550123' },
	},
	...['list', 'id'].map((mode) => ({
		resource: 'contact',
		operation: 'update',
		contactId: { __rl: true, mode, value: '1/2' },
		updateFields: { name: 'Ann' },
	})),
	{ resource: 'contact', operation: 'get', contactId: '7' },
	{ resource: 'contact', operation: 'getAll', returnAll: true },
	{
		resource: 'inbox',
		operation: 'create',
		name: 'Support',
		additionalFields: { accountSID: 'AC1', authToken: 'token' },
	},
	{
		resource: 'message',
		operation: 'send',
		sender: '+14155550100',
		recipients: '+14155550123, +14155550124',
		body: 'Hello',
		additionalFields: {
			mediaUrls: ['https://a.test/a.png'],
			sentByName: 'Desk',
			templateId: { mode: 'id', value: '123', __rl: true },
		},
	},
	{
		resource: 'message',
		operation: 'send',
		sender: '+14155550100',
		recipients: '+14155550123',
		body: 'Hello',
	},
	...['list', 'number'].map((mode) => ({
		resource: 'message',
		operation: 'send',
		sender: { __rl: true, mode, value: '+14155550100' },
		recipients: '+14155550123',
		body: 'Hello',
	})),
	{
		resource: 'campaign',
		operation: 'start',
		sender: { __rl: true, mode: 'list', value: '+14155550100' },
		listName: 'Regulars',
		body: 'Sale',
	},
	{
		resource: 'message',
		operation: 'getAll',
		limit: 7,
		filters: {
			inboxIds: ['a', 'b'],
			start: '2026-01-01T00:00:00.000Z',
			end: '2026-01-02T00:00:00.000Z',
		},
	},
	{ resource: 'message', operation: 'getAll', returnAll: true },
	{ resource: 'messageTemplate', operation: 'getAll', limit: 3 },
	{ resource: 'user', operation: 'assignPhone', userId: 'u', phoneId: 'p' },
	...['list', 'id'].map((mode) => ({
		resource: 'user',
		operation: 'assignPhone',
		userId: { __rl: true, mode, value: 'u' },
		phoneId: 'p',
	})),
	{
		resource: 'user',
		operation: 'create',
		email: 'a@a.test',
		additionalFields: { firstName: 'Ann', lastName: 'Lee', role: 'agent' },
	},
	{ resource: 'user', operation: 'getAll', filters: { emails: ['a@a.test'] } },
];

/** What n8n's engine cannot be asked to do from a description alone. */
const APART = {
	'contact createMany': 'several items in one request',
	'contact upsert': 'the list is read first',
	'message reply': 'what is in the item says where it goes',
	'message sendAndWait': 'a link that is known only when the question goes out',
};

test.each(cases.map((parameters) => [operationOf(parameters), parameters] as const))(
	'%s',
	async (_name, parameters) => {
		const received = clerkChatApi(() => [200, { data: [] }], { documented: false });
		const asked = async (node?: INodeType) => {
			const from = received.length;
			await runNode([{}], { parameters, node });
			const [first] = received.slice(from);
			const query: IDataObject = { ...first.query };
			delete query.page;
			return { method: first.method, path: first.path, query, body: first.body };
		};
		expect(await asked()).toEqual(await asked(byDescription()));
	},
);

test('that was every operation, but what is said to stand apart', () => {
	const all = [...operationsWith('read'), ...operationsWith('write')];
	const tested = [...new Set(cases.map(operationOf))];
	expect([...tested, ...Object.keys(APART)].sort()).toEqual(all.sort());
});
