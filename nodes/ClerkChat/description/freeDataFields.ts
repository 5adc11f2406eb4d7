import type { Field } from '../operation';

/** A field for free-form data as rows of names and values. @param description the field's description */
export function dataRows(description: string): Field {
	return {
		displayName: 'Data',
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
						description: 'The name of the value',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. gold',
						description:
							'The value. Typed values are sent as text; values from an expression keep their type.',
					},
				],
			},
		],
	};
}

/** The same as JSON, for values that are lists or objects. @param description the field's description */
export function dataJson(description: string): Field {
	return {
		displayName: 'Data (JSON)',
		name: 'data',
		type: 'json',
		default: '{}',
		description,
	};
}
