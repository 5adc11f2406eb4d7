import type { IDataObject } from 'n8n-workflow';
import { returnAllOrLimit } from '../../description/commonFields';
import { requiredText, textOf } from '../../fields/texts';
import type { ItemFields } from '../../fields/itemFields';
import type { Operation } from '../../operation';

/** Lists contacts. https://docs.clerk.chat/api-reference/public/search-for-a-contact */
export const getAll: Operation = {
	kind: 'list',
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many contacts',
		description: 'Get the contacts of the team',
		routing: { request: { method: 'GET', url: '/public/contacts' } },
	},
	fields: [
		...returnAllOrLimit,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			options: [
				{
					displayName: 'Search Parameters',
					name: 'queryParameters',
					type: 'fixedCollection',
					typeOptions: { multipleValues: true },
					placeholder: 'Add Parameter',
					default: {},
					description:
						'Parameters to send to Clerk Chat unchanged, for example to search. Their names are not public; ask Clerk Chat which ones it supports.',
					options: [
						{
							displayName: 'Parameter',
							name: 'parameters',
							values: [
								{
									displayName: 'Name',
									name: 'name',
									type: 'string',
									default: '',
									description: 'The name of the parameter',
								},
								{
									displayName: 'Value',
									name: 'value',
									type: 'string',
									default: '',
									description: 'The value of the parameter',
								},
							],
						},
					],
				},
			],
		},
	],
	check: (request, item) => void Object.assign(request.qs ?? {}, queryOf(item)),
	list: { paged: false },
};

function queryOf(item: ItemFields): IDataObject {
	const { queryParameters } = item.collection('options') as {
		queryParameters?: { parameters?: IDataObject[] };
	};
	const query = new Map<string, string[]>();
	for (const { name, value } of queryParameters?.parameters ?? []) {
		const key = requiredText(item, 'Search Parameters > Name', name);
		const text = textOf(item, 'Search Parameters > Value', value);
		const texts = query.get(key);
		if (texts) texts.push(text);
		else query.set(key, [text]);
	}
	return Object.fromEntries(
		[...query].map(([key, texts]) => [key, texts.length === 1 ? texts[0] : texts]),
	);
}
