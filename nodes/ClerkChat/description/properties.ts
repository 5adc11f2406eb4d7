import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { Field, Operation, Resource } from '../operation';

/**
 * The node's properties: the resources, the operations of each resource, and the fields of each operation.
 * @param optionOf returns an operation's entry for the list, including what n8n needs to run it
 */
export function propertiesOf(
	resources: Resource[],
	optionOf: (operation: Operation) => INodePropertyOptions,
): INodeProperties[] {
	return [
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			options: resources.map(({ option }) => option),
			default: 'message',
		},
		...resources.map(
			({ option, operations, defaultOperation }): INodeProperties => ({
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: [option.value] } },
				options: operations.map(optionOf),
				default: defaultOperation,
			}),
		),
		...resources.flatMap(({ option, operations }) =>
			operations.flatMap((operation) =>
				operation.fields.map((field) =>
					shownFor(field, { resource: [option.value], operation: [operation.option.value] }),
				),
			),
		),
	];
}

/**
 * The subtitle under the node's name: the two phone numbers if both are fixed, otherwise the operation's action text.
 * `$rawParameter` returns expressions unevaluated, because on the canvas nothing has run yet.
 */
export function subtitleOf(resources: Resource[]): string {
	const wordings = Object.fromEntries(
		resources.flatMap(({ option: { value }, operations }) =>
			operations.map(({ option }) => [`${value}:${String(option.value)}`, option.action]),
		),
	);
	const action = '$parameter["resource"] + ":" + $parameter["operation"]';
	const [from, to] = ['$rawParameter["sender"]', '$rawParameter["recipients"]'];
	const sends = `["message:send", "message:sendAndWait"].includes(${action})`;
	const fixed = `[${from}, ${to}].every((end) => end && !String(end).startsWith("="))`;
	// Two full numbers are too wide for the canvas.
	const fromTo = `String(${from}).replace(/^\\+.*(?=.{4}$)/, "…") + " → " + ${to}`;
	return `={{ ${sends} && ${fixed} ? ${fromTo} : (${JSON.stringify(wordings)})[${action}] }}`;
}

/** Limits a field to one operation, on top of its own conditions, and drops the reader, which n8n doesn't know. */
function shownFor(field: Field, show: IDisplayOptions['show']): INodeProperties {
	return {
		...withoutReader(field),
		displayOptions: { ...field.displayOptions, show: { ...show, ...field.displayOptions?.show } },
	};
}

function withoutReader({ options, ...field }: Field): INodeProperties {
	const property: Omit<Field, 'options'> = { ...field };
	delete property.reader;
	if (!options) return property;
	return {
		...property,
		options: options.map((option) => ('type' in option ? withoutReader(option) : option)),
	};
}
