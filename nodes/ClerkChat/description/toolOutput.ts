import type { IDataObject } from 'n8n-workflow';
import type { ItemFields } from '../fields/itemFields';
import type { Field } from '../operation';

/** A result as the node returns it. */
type Shape = (result: IDataObject) => IDataObject;

/**
 * The fields with which people choose what an AI model gets to see, only there when the node is a tool. Long answers cost
 * tokens and distract.
 * @param names the fields of a result, as the API names them
 */
export function toolOutput(names: string[]): Field[] {
	return [
		{
			displayName: 'Output',
			name: 'output',
			type: 'options',
			default: 'simple',
			displayOptions: { show: { '@tool': [true] } },
			description: 'What the model sees of each result',
			options: [
				{ name: 'Raw', value: 'raw', description: 'All fields' },
				{ name: 'Selected Fields', value: 'fields', description: 'The fields you choose' },
				{ name: 'Simplified', value: 'simple', description: 'The fields that matter most' },
			],
		},
		{
			displayName: 'Fields',
			name: 'fields',
			type: 'multiOptions',
			default: [],
			displayOptions: { show: { '@tool': [true], output: ['fields'] } },
			description: 'The fields that the model sees',
			options: [...names].sort().map((name) => ({ name, value: name })),
		},
	];
}

/**
 * What a result becomes as the node returns it: in a workflow simplified or not, and for a tool as the item says.
 * @param simplify left out where there is no shorter form, and no choice for tools either
 * @param isSimple whether the item asks for the shorter form in a workflow
 * @returns undefined when results stay as they are
 */
export function shapeOf(
	item: ItemFields,
	simplify: Shape | undefined,
	isSimple: boolean,
): Shape | undefined {
	if (!simplify) return undefined;
	const output = item.get('output', '');
	if (output === 'raw') return undefined;
	if (output === 'simple') return simplify;
	if (output !== 'fields') return isSimple ? simplify : undefined;
	const names = [item.get('fields', [])].flat().map(String);
	return (result) => Object.fromEntries(names.map((name) => [name, result[name]]));
}
