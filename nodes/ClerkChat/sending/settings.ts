import type { IDataObject } from 'n8n-workflow';
import type { ItemFields } from '../fields/itemFields';
import { addressWithDefault, wholeNumber } from '../fields/readers';
import { fieldsOf } from '../host';
import type { Host } from '../host';
import type { Write } from '../write';
import { readGuardOptions } from './guards/options';
import type { GuardOptions } from './guards/options';

/** The options of Send that apply to the whole run. */
export interface SendSettings {
	/** How many requests may be in flight at once; if left out, the node finds out. */
	maxConcurrency?: number;
	/** Whether a 2xx whose body says "failed" is an item error. */
	rejectedAsError: boolean;
	/** Whether a retry resends what may have been sent. */
	resendUnknown: boolean;
	/** Whether to return results in a shorter form. */
	simplify: boolean;
	/**
	 * What a test run does: send everything, show everything, or send the first message to a test recipient and show
	 * the rest.
	 */
	testRuns: 'send' | 'preview' | 'redirect';
	/** Who gets the first message in a `redirect` test run. */
	testRecipient?: string;
	/** How many hours of the record to search for messages already sent; if left out, it isn't searched. */
	skipSentWithinHours?: number;
	/** How many seconds to wait for delivery; if left out, the node doesn't wait. */
	waitForDeliverySeconds?: number;
	/** The options that hold messages back. */
	guards: GuardOptions;
}

/** What applies if the settings can't be read. */
export const DEFAULT_SETTINGS: SendSettings = {
	rejectedAsError: true,
	resendUnknown: false,
	simplify: false,
	testRuns: 'send',
	guards: {},
};

/**
 * Reads the settings from the first item: they apply to the whole run.
 * @throws NodeOperationError when one is not usable
 */
export function readSettings(host: Host, write: Write): SendSettings {
	const options = host.getParameter('options', 0, {}) as IDataObject;
	const item = fieldsOf(host, 0);
	// An expression that returns nothing leaves the option in place, and must not turn it off.
	const positive = (name: keyof SendSettings, label: string, way: string) => {
		if (!(name in options)) return {};
		const number = Number(options[name]);
		if (number > 0 && number < Infinity) return { [name]: number };
		throw item.refuse(`'${label}' is not a number above zero`, `${way}, or remove the option.`);
	};
	return {
		...positive(
			'skipSentWithinHours',
			'Skip If Sent in the Last (Hours)',
			'Enter how many hours to look back, such as 12',
		),
		...positive(
			'waitForDeliverySeconds',
			'Wait for Delivery (Seconds)',
			'Enter how many seconds to wait at most, such as 60',
		),
		...testRunsOf(host, options, write),
		guards: readGuardOptions(item, write, host.isTool),
		maxConcurrency: maxConcurrencyOf(item, options.maxConcurrency),
		simplify: String(options.simplify) === 'true',
		rejectedAsError: String(options.rejectedAsError ?? true) !== 'false',
		resendUnknown: options.unknownOutcome === 'resend',
	};
}

function testRunsOf(
	host: Host,
	options: IDataObject,
	{ unlessChosen, wording: { thing, done } }: Write,
): Pick<SendSettings, 'testRuns' | 'testRecipient'> {
	// An expression that returns nothing must not make a test run text everyone.
	const isEmptied = 'testRuns' in options && options.testRuns === undefined;
	const { testRuns = isEmptied ? '' : (unlessChosen ?? 'send') } = options;
	const item = fieldsOf(host, 0);
	const mustBeChosen = unlessChosen !== undefined && host.isSubWorkflow && !host.isTestRun;
	if (mustBeChosen && !('testRuns' in options)) {
		throw item.refuse(
			"In a sub-workflow, you must choose 'In Test Runs'",
			`No ${thing} was ${done}, because n8n doesn't tell a sub-workflow whether its parent was started in the editor. Add the option 'In Test Runs': choose 'Send', or 'Show What Would Be Sent' for tests.`,
		);
	}
	const isObeyed = host.isTestRun || mustBeChosen;
	if (!isObeyed || testRuns === 'send') return { testRuns: 'send' };
	if (testRuns === 'preview') return { testRuns };
	if (testRuns !== 'redirect' || unlessChosen) {
		throw item.refuse(
			"'In Test Runs' is not one of its choices",
			`Choose what test runs do, or use an expression that returns ${unlessChosen ? 'send or preview' : 'send, preview or redirect'}.`,
		);
	}
	const testRecipient = addressWithDefault(item, 'Test Recipient', options.testRecipient);
	if (testRecipient) return { testRuns, testRecipient: String(testRecipient) };
	throw item.refuse(
		"'Test Recipient' is empty",
		"Add the option 'Test Recipient' and enter your own phone number, with + and country code: 'In Test Runs' sends the first message there.",
	);
}

function maxConcurrencyOf(item: ItemFields, value: unknown): number | undefined {
	if (value === undefined || value === null) return undefined;
	const wayOut = 'Enter 1 or more, or remove the option to let the node find out.';
	return wholeNumber(item, 'Messages at the Same Time', value, wayOut);
}
