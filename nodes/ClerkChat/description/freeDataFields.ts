import type { Field } from '../operation';

/**
 * A field for free-form data as rows of names and values.
 * @param label the field's name as people see it
 * @param description the field's description
 */
export function dataRows(label: string, description: string): Field {
	return {
		displayName: label,
		name: 'dataFields',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Value',
		default: {},
		description,
		options: [
			{
				displayName: 'Values',
				name: 'values',
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. plan',
						description: 'The name of the field',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. gold',
						description:
							'The value of the field. Anything you type is sent as text. To send a number, use an expression.',
					},
				],
			},
		],
	};
}

/**
 * The same as JSON, for values that are lists or objects.
 * @param label the label of the rows; (JSON) is added to it
 * @param description the field's description
 */
export function dataJson(label: string, description: string): Field {
	return {
		displayName: `${label} (JSON)`,
		name: 'data',
		type: 'json',
		default: '{}',
		description,
	};
}
