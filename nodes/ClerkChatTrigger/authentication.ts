import { isSame } from '../api/isSame';

/** What stands in the credential for the webhook. An expression in it may give anything. */
export interface WebhookSecret {
	/** The name of the header; blank means `Authorization`, as in Clerk Chat's own form. */
	webhookHeaderName?: unknown;
	/** The value that the header must have; see {@link hasSecret}. */
	webhookHeaderValue?: unknown;
	/** The value before that one, which webhooks have that were not changed yet. */
	previousWebhookHeaderValue?: unknown;
}

/** What is known of a delivery before anything in it is believed. */
export interface Delivery {
	/** As Node.js gives them: names in lower case. */
	headers: Record<string, string | string[] | undefined>;
	/** The body, byte for byte (after gzip is undone); left out when n8n did not keep it. */
	rawBody?: Buffer;
}

/** One way to find out whether a delivery is from Clerk Chat: true lets it pass. */
type Check = (delivery: Delivery, secret: WebhookSecret) => boolean;

const DEFAULT_HEADER_NAME = 'Authorization';

const BEARER = /^Bearer +/i;

/**
 * The secret, or '' when there is none: the field is blank, or an expression in it gives nothing, as one does whose
 * variable does not exist. An object or a list, of which anybody could guess what it looks like as a text, is none
 * either, nor is a `Bearer ` that nothing follows.
 */
function secretOf(value: unknown): string {
	if (typeof value !== 'string' && !Number.isFinite(value)) return '';
	const text = String(value).trim();
	return /^Bearer$/i.test(text) ? '' : text;
}

/** Says whether the credential can tell who may come in. The value before alone is no secret any more. */
export function hasSecret({ webhookHeaderValue }: WebhookSecret): boolean {
	return secretOf(webhookHeaderValue) !== '';
}

/** The header that the user entered for the webhook in Clerk Chat, bare or after `Bearer `. */
const carriesTheHeader: Check = ({ headers }, credential) => {
	const values = [credential.webhookHeaderValue, credential.previousWebhookHeaderValue];
	const secrets = values.map(secretOf).filter((each) => each !== '');
	const name = String(credential.webhookHeaderName ?? '').trim() || DEFAULT_HEADER_NAME;
	const header = headers[name.toLowerCase()];
	const presented = typeof header === 'string' ? header.trim() : '';
	// Node.js reads a header's bytes as Latin-1; whoever sends letters beyond ASCII may have written them as UTF-8.
	const asUtf8 = Buffer.from(presented, 'latin1').toString('utf8');
	const forms = [presented, presented.replace(BEARER, ''), asUtf8, asUtf8.replace(BEARER, '')];
	// All are compared, so that the time tells nothing.
	const same = secrets.flatMap((secret) => forms.map((form) => isSame(form, secret)));
	return same.includes(true);
};

/**
 * Everything that a delivery has to pass.
 *
 * This is the place for the signature check. Clerk Chat's page says that deliveries carry signature headers, but not
 * how they are called, what is signed, or where the key is shown. Once that is published, a second check is added
 * here: it gets all headers and the body byte for byte.
 */
const CHECKS: Check[] = [carriesTheHeader];

/**
 * Says whether a delivery may come in. Takes its headers and raw bytes and the credential's webhook fields; does not
 * throw, reads nothing of the body and logs nothing.
 *
 * Source: https://docs.clerk.chat/integrations/webhooks (a header name and value of the user's choice go with every
 * delivery; the name is `Authorization` when only a value is given).
 *
 * @param everybody whether all may come in when there is no secret; with one, that changes nothing
 */
export function mayComeIn(delivery: Delivery, secret: WebhookSecret, everybody: boolean): boolean {
	if (!hasSecret(secret)) return everybody;
	return CHECKS.every((check) => check(delivery, secret));
}
