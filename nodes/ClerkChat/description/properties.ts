import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { Field, Operation, Resource } from '../operation';

/**
 * The node's properties: the resource, for each resource its operations, for each operation its fields.
 * @param optionOf an operation's entry in the list, with what n8n needs to run it
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
 * What stands under the node's name: from which number to which, where both are fixed, or else the operation's wording
 * from the list of actions. `$rawParameter` gives expressions as they were entered: on the canvas nothing has run yet.
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
	// Two whole numbers are wider than the canvas shows.
	const fromTo = `String(${from}).replace(/^\\+.*(?=.{4}$)/, "…") + " → " + ${to}`;
	return `={{ ${sends} && ${fixed} ? ${fromTo} : (${JSON.stringify(wordings)})[${action}] }}`;
}

/** A field that is only shown for one operation, besides its own conditions; its reader is not n8n's. */
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
