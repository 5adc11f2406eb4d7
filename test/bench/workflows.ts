/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { join } from 'node:path';
import type { IDataObject, INode } from 'n8n-workflow';
import type { WorkflowFile } from '../e2e/n8n';

/** The node that is measured. */
export const MEASURED = 'Measured';

const node = (name: string, type: string, typeVersion: number, parameters: IDataObject) =>
	({ id: name, name, type, typeVersion, position: [0, 0], parameters }) as unknown as INode;

const credentials = { clerkChatApi: { id: '', name: 'Clerk Chat' } };

/** This package's node, sending one message for each item. */
export const clerkChat = (parameters: IDataObject = {}): INode => ({
	...node(MEASURED, 'n8n-nodes-clerk-chat.clerkChat', 1, {
		resource: 'message',
		operation: 'send',
		sender: '+14155550100',
		recipients: '={{ $json.to }}',
		body: '={{ $json.text }}',
		...parameters,
	}),
	credentials,
});

/** Whom a message goes to, by its number. */
const recipient = (n: number) => `+1415${String(5_550_000 + n).slice(-7)}`;

const WHOLE_DAY = { values: { from: '00:00', to: '24:00' } };
const ONCE_A_DAY = { values: { count: 1, hours: 24 } };

const FIRST_FOUR = {
	sendBetween: WHOLE_DAY,
	skipOptedOut: true,
	maxPerPerson: ONCE_A_DAY,
	maxMessages: 10_000,
};

/**
 * The options that may hold a message back, by their names on the screen, set so that the whole list is sent.
 * @param first the number of the list's first person
 */
export const GUARDS: Array<[name: string, options: (first: number) => IDataObject]> = [
	['Send Only Between', () => ({ sendBetween: WHOLE_DAY })],
	['Skip Opted-Out', () => ({ skipOptedOut: true })],
	['At Most per Person', () => ({ maxPerPerson: ONCE_A_DAY })],
	['Most Messages in a Run', () => ({ maxMessages: 10_000 })],
	[
		'Only To, 1,000 numbers',
		(first) => ({ onlyTo: Array.from({ length: 1000 }, (_, n) => recipient(first + n)).join() }),
	],
	['the first four', () => FIRST_FOUR],
];

/** The folder of {@link floor}'s node, for n8n's `N8N_CUSTOM_EXTENSIONS`. */
export const FLOOR_FOLDER = join(__dirname, 'floor');

/** A node that does nothing but the request. */
export const floor = (url: string): INode => ({
	...node(MEASURED, 'CUSTOM.benchFloor', 1, {
		url: `${url}/public/messages`,
		recipients: '={{ $json.to }}',
		body: '={{ $json.text }}',
	}),
	credentials,
});

/** n8n's HTTP Request node, set up to do the same with the same credential. */
export const httpRequest = (url: string, options: IDataObject = {}): INode => ({
	...node(MEASURED, 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url: `${url}/public/messages`,
		authentication: 'predefinedCredentialType',
		nodeCredentialType: 'clerkChatApi',
		sendBody: true,
		specifyBody: 'json',
		jsonBody:
			'={{ JSON.stringify({ sender: "+14155550100", recipients: [$json.to], body: $json.text, mediaUrls: [] }) }}',
		options,
	}),
	credentials,
});

/** A workflow that creates this many items, with recipients counted up from a number, and passes them to the node. */
export function workflowFor(measured: INode, items: number, first = 0): WorkflowFile {
	const list = `={{ Array.from({ length: ${items} }, (_, n) => ({ to: '+1415' + String(${5_550_000 + first} + n).slice(-7), text: 'Order ' + n + ' has shipped.' })) }}`;
	const nodes = [
		node('Start', 'n8n-nodes-base.manualTrigger', 1, {}),
		node('List', 'n8n-nodes-base.set', 3.4, {
			assignments: { assignments: [{ id: '1', name: 'list', type: 'array', value: list }] },
			options: {},
		}),
		node('Items', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'list', options: {} }),
		measured,
	];
	return {
		name: `${measured.type} ${items}`,
		nodes,
		connections: {
			Start: { main: [[{ node: 'List', type: 'main', index: 0 }]] },
			List: { main: [[{ node: 'Items', type: 'main', index: 0 }]] },
			Items: { main: [[{ node: MEASURED, type: 'main', index: 0 }]] },
		},
		settings: { executionOrder: 'v1' },
	};
}
