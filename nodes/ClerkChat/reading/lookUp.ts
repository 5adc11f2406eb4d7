import { NodeOperationError } from 'n8n-workflow';
import { isObject } from '../../api/bodies';
import { Requester } from '../../api/requester';
import { readRequestOptions } from '../description/requestOptions';
import { locatorValue } from '../fields/ids';
import { fieldsOf } from '../host';
import type { Host } from '../host';
import type { OfGet, OfQuestion, OfWrite } from '../operation';
import type { LookUp } from '../write';
import { oneWith, readThoseWith, soughtIn } from './finding';
import type { FindBy, Finding, Found } from './finding';

/**
 * Replaces other values, such as phone numbers, in the operation's field with IDs. Returns the host unchanged if the
 * field already holds IDs, and otherwise a host that returns each item's ID. If a value doesn't match exactly one
 * thing, reading that item's field throws as for any invalid field.
 * @throws NodeOperationError if the execution was cancelled
 */
export async function lookedUp(host: Host, operation: OfWrite | OfQuestion): Promise<Host> {
	const { lookUp, wording } = operation.write;
	const by = lookUp && modeOf(host, lookUp);
	if (!lookUp || !by) return host;
	const sought = soughtBy(host, operation, lookUp, by);
	const finding: Finding = { ...lookUp, by, thing: wording.thing };
	const found = await find(sought, finding, host);
	return {
		...host,
		getParameter: (name, item, fallback) => {
			if (name !== lookUp.field) return host.getParameter(name, item, fallback);
			const value = sought[item];
			if (typeof value !== 'string') throw value;
			const answer = oneWith(value, found, finding, host);
			if (answer.answer === 'one') return String(answer.entry.id);
			const { message, description } = answer.words;
			throw fieldsOf(host, item).refuse(message, description);
		},
	};
}

/**
 * What the operation's field identifies things by; undefined if no lookup is needed. All items share the mode, because
 * it can't be an expression.
 */
export function modeOf({ node }: Host, { field, modes }: LookUp): FindBy | undefined {
	const locator: unknown = node.parameters[field];
	const mode = isObject(locator) ? locator.mode : undefined;
	return modes.find((each) => each === mode);
}

/** The value that each item searches for, or why it is invalid. */
export function soughtBy(
	host: Host,
	{ fields }: OfWrite | OfQuestion | OfGet,
	{ field }: LookUp,
	by: FindBy,
): Array<string | Error> {
	const label = fields.find(({ name }) => name === field)?.displayName ?? field;
	return Array.from({ length: host.itemCount }, (_, item) => {
		try {
			const fields = fieldsOf(host, item);
			return soughtIn(fields, label, by, locatorValue(fields.get(field)));
		} catch (exception) {
			return exception as Error;
		}
	});
}

async function find(sought: Array<string | Error>, finding: Finding, host: Host): Promise<Found> {
	const values = sought.filter((value) => typeof value === 'string');
	if (values.length === 0) return { entries: new Map(), isWhole: true };
	let requester: Requester;
	try {
		requester = await Requester.create(host, readRequestOptions(host));
	} catch (exception) {
		const { message, description } = new NodeOperationError(host.node, exception as Error);
		return { words: { message, description: description ?? '' }, fault: {} };
	}
	return await readThoseWith(values, finding, requester, host);
}
