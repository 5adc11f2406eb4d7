import { isHtml } from './errorBodies';

/** What people read: what happened, then what to do. */
export interface Words {
	message: string;
	description: string;
	/** Clerk Chat's or the network's own words, with secrets redacted. */
	detail?: string;
}

/** What is known about a request that failed. */
export interface Fault {
	/** HTTP status; left out when there was no response. */
	status?: number;
	/** Body of the response; already parsed if it was JSON. */
	body?: unknown;
	/** Why there was no response: the connection was never made, was lost, or timed out; or n8n blocked the request. */
	connection?: 'notMade' | 'lost' | 'timeout' | 'blocked';
	/** What the network or n8n says about it, such as `connect ECONNREFUSED 127.0.0.1:80`. */
	detail?: string;
	/** Whether the address has never responded as Clerk Chat does, so that it isn't the API's. */
	isElsewhere?: true;
	/** How long Clerk Chat asked us to wait, in ms. */
	retryAfterMs?: number;
}

/** Mirrors n8n's own type, which hosts before 2.41 don't have; they ignore the value. */
type FailureCause =
	| 'rate-limited'
	| 'temporarily-unavailable'
	| 'credential-invalid'
	| 'configuration-invalid';

/** What an HTTP status, or the lack of a response, means: for the request, for later requests, and in words. */
export interface Meaning extends Words {
	/** Whether the request was certainly not done, or possibly done. */
	outcome: 'refused' | 'unknown';
	/** How n8n classifies it. */
	cause?: FailureCause;
	/** Whether it may pass soon, so that a repeatable request is repeated. */
	isPassing?: true;
	/** Whether every other request of the run would end the same way. */
	endsAll?: true;
	/** Whether fewer requests in flight would help. */
	isTooMuch?: true;
	/** Whether asking again soon would bring the same response. */
	isFinal?: true;
	/** Whether its description helps even if the outcome is unknown. */
	hasRemedy?: true;
}

const SETTINGS_HINT = "Check 'Base URL' in the credential and the proxy in the node's settings.";

/** By HTTP status (https://docs.clerk.chat/api-reference/messages/send-a-message). */
const BY_STATUS: Record<number, Meaning> = {
	400: {
		outcome: 'refused',
		isFinal: true,
		message: "Clerk Chat couldn't read the request",
		description: 'Check the fields of this item.',
	},
	401: {
		outcome: 'refused',
		isFinal: true,
		endsAll: true,
		cause: 'credential-invalid',
		message: "Clerk Chat doesn't accept the API key",
		description:
			"Open the credential and enter the key again. If it's lost, generate a new one in Clerk Chat under Settings > API. The old key may then stop working everywhere.",
	},
	403: {
		outcome: 'refused',
		isFinal: true,
		cause: 'credential-invalid',
		message: 'This API key is not allowed to do that',
		description:
			"Ask the owner of your Clerk Chat team for a key that allows this. To send, the number in 'From' must belong to the team. For users and inboxes, a key may need more rights; Clerk Chat doesn't say which keys have them.",
	},
	404: {
		outcome: 'refused',
		isFinal: true,
		cause: 'configuration-invalid',
		message: "Clerk Chat couldn't find a number, list or ID this item uses",
		description: `Check the IDs, numbers and names in the fields of this item. If every item fails this way: ${SETTINGS_HINT}`,
	},
	408: {
		// The server timed out waiting for the request, or a proxy timed out waiting for the server.
		outcome: 'unknown',
		isTooMuch: true,
		cause: 'temporarily-unavailable',
		message: "Clerk Chat didn't answer in time",
		description: 'Try again later.',
	},
	422: {
		outcome: 'refused',
		isFinal: true,
		message: "Clerk Chat didn't accept the values of this item",
		description:
			'Check the fields of this item: phone numbers need + and country code, and IDs and names must exist.',
	},
	429: {
		outcome: 'refused',
		isFinal: true,
		endsAll: true,
		isTooMuch: true,
		cause: 'rate-limited',
		message: 'Clerk Chat is receiving too many requests',
		description: 'Try this item again later. Running fewer workflows at once helps.',
	},
};

const SERVER_FAULT: Meaning = {
	outcome: 'unknown',
	isTooMuch: true,
	cause: 'temporarily-unavailable',
	message: "Clerk Chat couldn't handle the request because of an issue on its side",
	description: 'Try again later.',
};

/** A 500 doesn't pass by waiting. */
const PASSING = new Set([502, 503, 504]);

const OTHER_STATUS: Meaning = {
	outcome: 'refused',
	message: 'Clerk Chat refused the request',
	description: `Check the fields of this item. ${SETTINGS_HINT}`,
};

/** Redirects are not followed: that would pass on the key. Whether the first server did anything isn't known either. */
const REDIRECT: Meaning = {
	outcome: 'unknown',
	cause: 'configuration-invalid',
	hasRemedy: true,
	message: "'Base URL' in the credential redirects to another address",
	description:
		"Check 'Base URL' in the credential: it must start with https:// and be the address of the API itself.",
};

/** A 2xx without what the API documents. */
const UNREADABLE: Meaning = {
	outcome: 'unknown',
	hasRemedy: true,
	message: "The answer doesn't look like one from Clerk Chat",
	description: `Something between n8n and Clerk Chat may have answered instead. ${SETTINGS_HINT}`,
};

const NO_ANSWER: Record<NonNullable<Fault['connection']>, Meaning> = {
	notMade: {
		outcome: 'refused',
		isTooMuch: true,
		isPassing: true,
		cause: 'temporarily-unavailable',
		message: "n8n couldn't reach Clerk Chat",
		description: `No connection was made. Check that this n8n can access the internet. ${SETTINGS_HINT}`,
	},
	lost: {
		outcome: 'unknown',
		isTooMuch: true,
		isPassing: true,
		cause: 'temporarily-unavailable',
		message: 'The connection to Clerk Chat ended before the answer arrived',
		description: 'Try again later.',
	},
	timeout: {
		outcome: 'unknown',
		isTooMuch: true,
		isPassing: true,
		hasRemedy: true,
		cause: 'temporarily-unavailable',
		message: "Clerk Chat didn't answer in time",
		description: "Try again later, or raise 'Timeout' in the node's settings.",
	},
	blocked: {
		outcome: 'refused',
		cause: 'configuration-invalid',
		message: 'n8n blocked the request',
		description: "Check 'Base URL' in the credential and the domains it allows.",
	},
};

/** What a fault means. */
export function meaningOf(fault: Fault): Meaning {
	const { status, isElsewhere } = fault;
	if (status === undefined) return NO_ANSWER[fault.connection ?? 'lost'];
	if (isElsewhere) return { ...(status < 300 ? UNREADABLE : REDIRECT), outcome: 'refused' };
	if (status < 300) return UNREADABLE;
	if (status < 400) return REDIRECT;
	if (status >= 500)
		return PASSING.has(status) ? { ...SERVER_FAULT, isPassing: true } : SERVER_FAULT;
	const meaning = BY_STATUS[status] ?? OTHER_STATUS;
	if (!isHtml(fault.body) || status === 429) return meaning;
	// An HTML page doesn't come from the API: what it says about the key or the item isn't about them.
	const { message, description } = UNREADABLE;
	return { ...meaning, message, description, cause: undefined };
}
