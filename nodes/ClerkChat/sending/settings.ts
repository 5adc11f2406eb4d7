import type { IDataObject } from 'n8n-workflow';
import { fieldError } from '../../api/errors';
import { limits } from '../../api/limits';
import type { Host } from '../host';

/** The options of Send that concern the whole run. */
export interface SendSettings {
	/** How many requests may be on their way at the same time. */
	maxConcurrency: number;
	/** Whether a 2xx whose body says "failed" is an item error. */
	rejectedAsError: boolean;
	/** Whether a later try sends again what may have been sent. */
	resendUnknown: boolean;
	/** For how many hours back the record is searched for what was sent already; not at all when left out. */
	skipSentWithinHours?: number;
}

/**
 * Reads them. Those of the first item count for all: they describe the run, not an item.
 * @throws NodeOperationError when one is not usable
 */
export function readSettings(host: Host): SendSettings {
	const options = host.getParameter('options', 0, {}) as IDataObject;
	const maxConcurrency = Number(options.maxConcurrency ?? limits.atOnce);
	if (!Number.isInteger(maxConcurrency) || maxConcurrency < 1) {
		const words = {
			message: "'Messages at the Same Time' is not a whole number above zero",
			description: `Enter 1 or more; ${limits.atOnce} suits most.`,
		};
		throw fieldError(host.node, words, 0);
	}
	// An expression that gives nothing leaves the option in place, and must not turn it off.
	const skips = 'skipSentWithinHours' in options;
	const hours = Number(options.skipSentWithinHours);
	if (skips && !(hours > 0 && hours < Infinity)) {
		const words = {
			message: "'Skip If Sent in the Last (Hours)' is not a number above zero",
			description: 'Enter for how many hours back to look, such as 24, or remove the option.',
		};
		throw fieldError(host.node, words, 0);
	}
	return {
		...(skips && { skipSentWithinHours: hours }),
		maxConcurrency,
		rejectedAsError: String(options.rejectedAsError ?? true) !== 'false',
		resendUnknown: options.unknownOutcome === 'resend',
	};
}
