// n8n provides luxon to nodes, and n8n-workflow brings it here.
import { DateTime } from 'luxon';
import { isHtml, detailOf } from './errorBodies';

/** What people read: what happened, then what to do. */
export interface Words {
	message: string;
	description: string;
	/** What Clerk Chat or the network said itself, without secrets. */
	detail?: string;
}

/** What is known of a request that did not succeed. */
export interface Fault {
	/** HTTP status; left out when no answer came. */
	status?: number;
	/** Body of the answer, already parsed when it was JSON. */
	body?: unknown;
	/** Why no answer came: the connection was never made, or it ended or timed out on the way. */
	connection?: 'notMade' | 'lost' | 'timeout' | 'blocked';
	/** What the network or n8n says about it, such as `connect ECONNREFUSED 127.0.0.1:80`. */
	detail?: string;
	/** How long Clerk Chat asked to wait, in ms. */
	retryAfterMs?: number;
}

/** Mirrors n8n's own type, which hosts before 2.41 do not have; they ignore the value. */
type FailureCause =
	| 'rate-limited'
	| 'temporarily-unavailable'
	| 'credential-invalid'
	| 'configuration-invalid';

const SETTINGS_HINT = "Check 'Base URL' in the credential and the proxy in the node's settings.";

/** By HTTP status: what happened, what to do, and how n8n classifies it. */
const BY_STATUS: Record<number, Words & { cause?: FailureCause }> = {
	400: {
		message: 'Clerk Chat could not read the request',
		description: 'Check the fields of this item.',
	},
	401: {
		message: 'Clerk Chat does not accept the API key',
		description:
			'Open the credential and enter the key again, from where you kept it. If it is lost, generate a new one in Clerk Chat under Settings > API; the old one may stop working then, wherever it is used.',
		cause: 'credential-invalid',
	},
	403: {
		message: 'This API key is not allowed to do that',
		description:
			"Ask the owner of your Clerk Chat team for a key with the right to do this. To send, the number in 'From' must belong to the team. For users and inboxes, a key may need more rights; Clerk Chat does not say which keys have them.",
		cause: 'credential-invalid',
	},
	404: {
		message: 'Clerk Chat did not find what this item refers to',
		description: `Check the IDs, numbers and names in the fields of this item. If every item ends like this: ${SETTINGS_HINT}`,
		cause: 'configuration-invalid',
	},
	422: {
		message: 'Clerk Chat did not accept the values of this item',
		description:
			'Check the fields of this item: phone numbers with + and country code, IDs and names that exist.',
	},
	429: {
		message: 'Clerk Chat is receiving too many requests',
		description:
			'Try this item again later. It helps to have fewer workflows ask at the same time.',
		cause: 'rate-limited',
	},
};

const SERVER_FAULT: Words & { cause: FailureCause } = {
	message: 'Clerk Chat could not handle the request because of trouble on its side',
	description: 'Try again later.',
	cause: 'temporarily-unavailable',
};

const OTHER_STATUS: Words = {
	message: 'Clerk Chat refused the request',
	description: `Check the fields of this item. ${SETTINGS_HINT}`,
};

const REDIRECT: Words & { cause: FailureCause } = {
	message: "'Base URL' in the credential leads to another address",
	description: 'It must start with https:// and must be the address of the API itself.',
	cause: 'configuration-invalid',
};

const UNREADABLE: Words = {
	message: 'The answer does not look like one from Clerk Chat',
	description: `Something between n8n and Clerk Chat may have answered in its place. ${SETTINGS_HINT}`,
};

const NO_ANSWER: Record<NonNullable<Fault['connection']>, Words & { cause?: FailureCause }> = {
	notMade: {
		message: 'Clerk Chat could not be reached',
		description: `No connection was made. Check that this n8n has access to the internet. ${SETTINGS_HINT}`,
		cause: 'temporarily-unavailable',
	},
	lost: {
		message: 'The connection to Clerk Chat ended before the answer came',
		description: 'Try again later.',
		cause: 'temporarily-unavailable',
	},
	timeout: {
		message: 'Clerk Chat did not answer in time',
		description: "Try again later, or raise 'Timeout' in the node's settings.",
		cause: 'temporarily-unavailable',
	},
	blocked: {
		message: 'n8n blocked the request',
		description: "Check 'Base URL' in the credential and which domains it allows.",
		cause: 'configuration-invalid',
	},
};

/** How much of the other side's own words is shown, in characters. */
const LONGEST_DETAIL = 500;

/** What the words for a fault depend on besides it. */
export interface Telling {
	/** Texts that must not show, such as the API key. */
	secrets: string[];
	/** The time zone of the workflow, such as `Europe/Berlin`. */
	timezone: string;
	/** What to do, where the fault alone does not tell. */
	advice?: string;
}

/** The words for a fault, with Clerk Chat's own detail added. */
export function wordsFor(fault: Fault, { secrets, timezone, advice }: Telling): Words {
	const { message, description } = lookUp(fault);
	// Shortened last: of a secret that is cut in two, the first part would not be recognized.
	const detail = hideSecrets(fault.detail ?? detailOf(fault.body), secrets).slice(
		0,
		LONGEST_DETAIL,
	);
	return {
		message,
		description: `${detail && `Details: "${detail}". `}${advice ?? whenToTryAgain(fault, timezone) ?? description}`,
		...(detail && { detail }),
	};
}

/** Shorter waits are over before somebody has read of them. */
const SHORTEST_TOLD_WAIT = 60_000;

/** What to do after a 429 that asks for a longer wait than the node bears. */
function whenToTryAgain({ retryAfterMs }: Fault, timezone: string): string | undefined {
	if (retryAfterMs === undefined || retryAfterMs < SHORTEST_TOLD_WAIT) return undefined;
	const until = DateTime.now().plus(retryAfterMs).setZone(timezone);
	const minutes = Math.ceil(retryAfterMs / 60_000);
	const wait = minutes < 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
	return `Clerk Chat asks to wait ${wait}. Try again after ${until.toFormat('yyyy-MM-dd HH:mm')} (${timezone}).`;
}

/**
 * Whether the other items of a run would end like this, too: neither a key that is not accepted nor a service that lets
 * nobody in gets better with the next one.
 */
export function endsAll({ status }: Fault): boolean {
	return status === 401 || status === 429;
}

/** The words and n8n's class of a fault, without what Clerk Chat said of it. */
export function lookUp(fault: Fault): Words & { cause?: FailureCause } {
	const { status } = fault;
	if (status === undefined) return NO_ANSWER[fault.connection ?? 'lost'];
	if (status < 300) return UNREADABLE;
	if (status < 400) return REDIRECT;
	if (status >= 500) return SERVER_FAULT;
	if (isHtml(fault.body) && status !== 429) return UNREADABLE;
	return BY_STATUS[status] ?? OTHER_STATUS;
}

/** The text with every secret replaced by asterisks. */
export function hideSecrets(text: string, secrets: string[]): string {
	return secrets.reduce(
		(hidden, secret) => (secret.length > 3 ? hidden.split(secret).join('***') : hidden),
		text,
	);
}
