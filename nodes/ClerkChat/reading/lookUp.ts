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
 * The host as it is; or, when the operation's field holds something else than IDs, such as phone numbers, one that gives
 * an ID in the place of each. Where it is not exactly one thing that has it, the field of that item is not usable, as if
 * it had been read so.
 * @throws NodeOperationError when the execution was cancelled
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
 * By what the operation's field names a thing; undefined when it is not looked up. The mode is the same for all items: no
 * expression stands there.
 */
export function modeOf({ node }: Host, { field, modes }: LookUp): FindBy | undefined {
	const locator: unknown = node.parameters[field];
	const mode = isObject(locator) ? locator.mode : undefined;
	return modes.find((each) => each === mode);
}

/** What each item names its thing by, or why that is not usable. */
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
	if (values.length === 0) return { entries: [], isWhole: true };
	let requester: Requester;
	try {
		requester = await Requester.create(host, readRequestOptions(host));
	} catch (exception) {
		const { message, description } = new NodeOperationError(host.node, exception as Error);
		return { words: { message, description: description ?? '' }, fault: {} };
	}
	return await readThoseWith(values, finding, requester, host);
}
