import type { IDataObject } from 'n8n-workflow';
import { fieldError } from '../../api/errors';
import type { Host } from '../host';

/** The options of Send that concern the whole run. */
export interface SendSettings {
	/** How many requests may be on their way at the same time; left out, that is found out. */
	maxConcurrency?: number;
	/** Whether a 2xx whose body says "failed" is an item error. */
	rejectedAsError: boolean;
	/** Whether a later try sends again what may have been sent. */
	resendUnknown: boolean;
}

/**
 * Reads them. Those of the first item count for all: they describe the run, not an item.
 * @throws NodeOperationError when one is not usable
 */
export function readSettings(host: Host): SendSettings {
	const options = host.getParameter('options', 0, {}) as IDataObject;
	return {
		maxConcurrency: readMaxConcurrency(host, options.maxConcurrency),
		rejectedAsError: String(options.rejectedAsError ?? true) !== 'false',
		resendUnknown: options.unknownOutcome === 'resend',
	};
}

function readMaxConcurrency(host: Host, value: unknown): number | undefined {
	if (value === undefined || value === null) return undefined;
	const number = Number(value);
	if (Number.isInteger(number) && number >= 1) return number;
	const words = {
		message: "'Messages at the Same Time' is not a whole number above zero",
		description: 'Enter 1 or more, or remove the option: then the node finds out by itself.',
	};
	throw fieldError(host.node, words, 0);
}
