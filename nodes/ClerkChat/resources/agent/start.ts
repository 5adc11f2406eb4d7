import type { IDataObject } from 'n8n-workflow';
import { dataOf, isObject } from '../../../api/bodies';
import { isGiven, objectOf, pathPartOf, phoneOf, textOf } from '../../shared/fields';
import type { ApiRequest, ItemFields, Operation } from '../../operation';

/** Starts an AI agent of Clerk Chat. https://docs.clerk.chat/integrations/agent-webhooks/webhook-trigger */
export const start: Operation = {
	option: {
		name: 'Start',
		value: 'start',
		action: 'Start agent',
		description: 'Start an AI agent that was built in Clerk Chat',
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
				'From the agent builder in Clerk Chat: Trigger > Other > Webhook. The ID alone or the whole address. The agent must be deployed, and attached to an inbox if it is to send anything.',
		},
		{
			displayName: 'Phone',
			name: 'phone',
			type: 'string',
			default: '',
			placeholder: 'e.g. +14155550123',
			description:
				'The phone number that the agent is to talk to. Clerk Chat finds or creates the contact. It may be left empty.',
		},
		{
			displayName: 'Data',
			name: 'data',
			type: 'json',
			default: '{}',
			description:
				'What the agent is to know, as a JSON object such as { "order": "1001" }. The agent finds it under webhookBody.',
		},
	],
	write: {
		wording: {
			thing: 'agent',
			done: 'started',
			ifUnknown:
				'Look at the conversation in Clerk Chat. If the agent did not start, run a workflow with this item alone.',
		},
		request: (item) => ({
			method: 'POST',
			url: `/public/pipelines/webhook/${webhookIdOf(item)}`,
			body: bodyOf(item),
		}),
		orderBy: ({ url, body }) =>
			isGiven(body?.phone) ? `${url} ${String(body?.phone)}` : undefined,
		results: startedOf,
	},
};

/** The ID for a path, also when the whole address was pasted. */
function webhookIdOf(item: ItemFields): string {
	const text = textOf(item, 'Webhook ID', item.get('webhookId'));
	return pathPartOf(item, 'Webhook ID', /\/webhook\/([^/?#]+)/.exec(text)?.[1] ?? text);
}

function bodyOf(item: ItemFields): IDataObject {
	const data = item.get('data');
	const phone = phoneOf(item, 'Phone', item.get('phone'));
	return {
		...(isGiven(data) && objectOf(item, 'Data', data)),
		...(isGiven(phone) && { phone }),
	};
}

/** The API answers 202 with nothing in it; whatever it may add one day comes out too. */
function startedOf(body: unknown, { url }: ApiRequest): IDataObject[] | undefined {
	const isEmpty = body === undefined || body === null || body === '';
	if (!isEmpty && !isObject(body)) return undefined;
	const [given] = dataOf(body) ?? [isObject(body) ? body : {}];
	return [{ started: true, webhookId: decodeURIComponent(url.split('/').pop() ?? ''), ...given }];
}
