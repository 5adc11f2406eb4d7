import type { INodeType } from 'n8n-workflow';
import { customOperation, toolRouting } from '../sending';
import type { Operation, Resource } from './operation';

/** The operations that n8n hands to `sending/` instead of its routing engine: those that write. */
export function customOperationsOf(resources: Resource[]): INodeType['customOperations'] {
	return Object.fromEntries(
		resources.map(({ option, operations }) => [
			option.value,
			Object.fromEntries(
				operations.flatMap(({ option: { value }, write }) =>
					write ? [[value, customOperation(write)]] : [],
				),
			),
		]),
	);
}

/** An operation's entry in the list, for a write with the way in for AI tools. */
export function optionOf({ option, write }: Operation): Operation['option'] {
	return write ? { ...option, routing: toolRouting(write) } : option;
}
