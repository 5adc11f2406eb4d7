import type { IDataObject } from 'n8n-workflow';
import type { ItemFields } from '../fields/itemFields';
import type { Field } from '../operation';

/** Converts a result to the form that the node returns. */
type Shape = (result: IDataObject) => IDataObject;

/**
 * The fields that choose what an AI model sees, shown only when the node is a tool. Long results cost tokens and
 * distract the model.
 * @param names the field names of a result, as in the API
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
 * Chooses the form of results: simplified or not in a workflow, and as the item says for a tool.
 * @param simplify left out if there is no shorter form; then tools have no choice either
 * @param isSimple whether the item asks for the shorter form in a workflow
 * @returns undefined if results are returned unchanged
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
