import type { IDataObject, INodeParameters, INodeProperties, INodeType } from 'n8n-workflow';
import { ClerkChat } from '../../nodes/ClerkChat/ClerkChat.node';
import { clerkChatApi } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { operationsWith, operationOf, runNode } from './engine';
import { setupOf } from './messages';

/*
 * The node's descriptions mean the same to n8n: for plain values, n8n's own routing engine makes the same requests from
 * them without any of our functions.
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

const of = (name: string, fields: INodeParameters) => setupOf(name, fields).parameters;

const picked = (mode: string, value: string) => ({ __rl: true, mode, value });

const sender = '+14155550100';
const phone = '+14155550123';
const mediaUrls = ['https://a.test/a.png'];
const campaign = { sender, listName: 'Regulars', body: 'Sale' };
const message = { sender, recipients: phone, body: 'Hello' };
const [start, end] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'];

const cases: INodeParameters[] = [
	of('agent start', { webhookId: 'a/b', phone }),
	of('campaign start', campaign),
	of('campaign start', { ...campaign, sender: picked('list', sender) }),
	of('campaign start', {
		...campaign,
		additionalFields: { name: 'Spring', provider: 'rcs', mediaUrls },
	}),
	of('contact create', {
		additionalFields: { name: 'Ann', phone, email: 'a@a.test', public: false },
	}),
	...['1/2', picked('list', '1/2'), picked('id', '1/2')].map((contactId) =>
		of('contact update', { contactId, updateFields: { name: 'Ann', phone } }),
	),
	of('contact get', { contactId: '7' }),
	of('contact getAll', { returnAll: true }),
	of('inbox create', {
		name: 'Support',
		additionalFields: { accountSID: 'AC1', authToken: 'token' },
	}),
	...[sender, picked('list', sender), picked('number', sender)].map((from) =>
		of('message send', { ...message, sender: from }),
	),
	of('message send', {
		...message,
		recipients: `${phone}, +14155550124`,
		additionalFields: { mediaUrls, sentByName: 'Desk', templateId: picked('id', '123') },
	}),
	of('message getAll', { limit: 7, filters: { inboxIds: ['a', 'b'], start, end } }),
	of('message getAll', { returnAll: true }),
	of('messageTemplate getAll', { limit: 3 }),
	...['u', picked('list', 'u'), picked('id', 'u')].map((userId) =>
		of('user assignPhone', { userId, phoneId: 'p' }),
	),
	of('user create', {
		email: 'a@a.test',
		additionalFields: { firstName: 'Ann', lastName: 'Lee', role: 'agent' },
	}),
	of('user getAll', { filters: { emails: ['a@a.test'] } }),
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

test('covers every operation except the listed ones', () => {
	const all = [...operationsWith('read'), ...operationsWith('write')];
	const tested = [...new Set(cases.map(operationOf))];
	expect([...tested, ...Object.keys(APART)].sort()).toEqual(all.sort());
});
