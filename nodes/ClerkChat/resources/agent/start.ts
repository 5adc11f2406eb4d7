import type { IDataObject } from 'n8n-workflow';
import { dataOf, isObject } from '../../../api/bodies';
import type { ApiRequest } from '../../../api/requester';
import { dataJson, dataRows } from '../../description/freeDataFields';
import { oddNumbersHint } from '../../description/oddNumbers';
import { freeDataOf } from '../../fields/freeData';
import { addressWithDefault, text } from '../../fields/readers';
import { isGiven } from '../../fields/texts';
import type { ItemFields } from '../../fields/itemFields';
import type { Operation, Reader } from '../../operation';

const rows = dataRows('Data', 'Information for the agent, which can read it under webhookBody');
const json = dataJson(
	'Data',
	'Information for the agent, as a JSON object such as { "order": "1001" }. The agent can read it under webhookBody.',
);

/** The ID, even if the whole URL was pasted. */
const webhookId: Reader = (item, label, value) => {
	const given = text(item, label, value);
	return /\/webhook\/([^/?#]+)/.exec(String(given))?.[1] ?? given;
};

/** Starts an AI agent of Clerk Chat. https://docs.clerk.chat/integrations/agent-webhooks/webhook-trigger */
export const start: Operation = {
	kind: 'write',
	option: {
		name: 'Start',
		value: 'start',
		action: 'Start agent',
		description: 'Start an AI agent built in Clerk Chat',
		routing: {
			request: {
				method: 'POST',
				url: '=/public/pipelines/webhook/{{ encodeURIComponent($parameter["webhookId"]) }}',
			},
		},
	},
	fields: [
		{
			displayName: 'Webhook ID',
			name: 'webhookId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. 00000000-0000-0000-0000-000000000000',
			description:
				'From the agent builder in Clerk Chat: Trigger > Other > Webhook. Enter the ID or the whole URL. Deploy the agent first, and attach it to an inbox if it sends messages.',
			reader: webhookId,
		},
		{
			displayName: 'Phone',
			name: 'phone',
			type: 'string',
			default: '',
			placeholder: 'e.g. +14155550123',
			description:
				'The phone number the agent talks to. It needs + and country code, unless the credential has a Default Country Code. Clerk Chat finds or creates the contact. You can leave it empty.',
			reader: addressWithDefault,
			routing: { send: { type: 'body', property: 'phone' } },
		},
		{
			displayName: 'Specify Data',
			name: 'specifyData',
			type: 'options',
			default: 'fields',
			description: 'How to enter the information for the agent',
			options: [
				{ name: 'Using Fields Below', value: 'fields' },
				{ name: 'Using JSON', value: 'json' },
			],
		},
		{ ...rows, displayOptions: { show: { specifyData: ['fields'] } } },
		{ ...json, displayOptions: { show: { specifyData: ['json'] } } },
	],
	check: (request, item) => {
		request.body = { ...dataIn(item), ...request.body };
	},
	write: {
		wording: {
			thing: 'agent',
			done: 'started',
			ifUnknown:
				"Check the conversation in Clerk Chat. If the agent didn't start, run a workflow with only this item.",
		},
		orderBy: ({ url, body }) =>
			isGiven(body?.phone) ? `${url} ${String(body?.phone)}` : undefined,
		hintsAfter: (requests) =>
			[oddNumbersHint(requests.map(({ body }) => body?.phone)) ?? []].flat(),
		results: startedOf,
	},
};

/** The data for the agent. It is sent next to the phone number, under names that the user chooses. */
function dataIn(item: ItemFields): IDataObject | undefined {
	const isJson = text(item, 'Specify Data', item.get('specifyData')) === 'json';
	return freeDataOf(
		item,
		{ label: rows.displayName, value: isJson ? undefined : item.collection(rows.name) },
		{ label: json.displayName, value: isJson ? item.get(json.name) : undefined },
	);
}

/** The API responds with 202 and an empty body; if it ever adds data, that is returned, too. */
function startedOf(body: unknown, { url }: ApiRequest): IDataObject[] | undefined {
	const isEmpty = body === undefined || body === null || body === '';
	if (!isEmpty && !isObject(body)) return undefined;
	const [given] = dataOf(body) ?? [isObject(body) ? body : {}];
	return [{ started: true, webhookId: decodeURIComponent(url.split('/').pop() ?? ''), ...given }];
}
