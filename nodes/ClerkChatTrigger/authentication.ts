import { isSame } from '../api/isSame';

/** The credential's fields for the webhook. An expression in them may return anything. */
export interface WebhookSecret {
	/** The name of the header; blank means `Authorization`, as in Clerk Chat's own form. */
	webhookHeaderName?: unknown;
	/** The value that the header must have; see {@link hasSecret}. */
	webhookHeaderValue?: unknown;
	/** The previous value, for webhooks that haven't been changed yet. */
	previousWebhookHeaderValue?: unknown;
}

/** What is known about a delivery before anything in it is trusted. */
export interface Delivery {
	/** As Node.js provides them: names in lower case. */
	headers: Record<string, string | string[] | undefined>;
	/** The body, byte for byte (after decompression); left out if n8n didn't keep it. */
	rawBody?: Buffer;
}

/** One way to check that a delivery comes from Clerk Chat: true lets it pass. */
type Check = (delivery: Delivery, secret: WebhookSecret) => boolean;

const DEFAULT_HEADER_NAME = 'Authorization';

const BEARER = /^Bearer +/i;

/**
 * The secret; '' if there is none: the field is blank, or its expression returns nothing, for example because a
 * variable doesn't exist. An object or a list doesn't count either, since anyone could guess its text form, nor does a
 * bare `Bearer `.
 */
function secretOf(value: unknown): string {
	if (typeof value !== 'string' && !Number.isFinite(value)) return '';
	const text = String(value).trim();
	return /^Bearer$/i.test(text) ? '' : text;
}

/** Whether the credential can authenticate deliveries. The previous value alone isn't enough. */
export function hasSecret({ webhookHeaderValue }: WebhookSecret): boolean {
	return secretOf(webhookHeaderValue) !== '';
}

/** The header that the user entered for the webhook in Clerk Chat, alone or after `Bearer `. */
const carriesTheHeader: Check = ({ headers }, credential) => {
	const values = [credential.webhookHeaderValue, credential.previousWebhookHeaderValue];
	const secrets = values.map(secretOf).filter((each) => each !== '');
	const name = String(credential.webhookHeaderName ?? '').trim() || DEFAULT_HEADER_NAME;
	const header = headers[name.toLowerCase()];
	const presented = typeof header === 'string' ? header.trim() : '';
	// Node.js reads header bytes as Latin-1; a sender of non-ASCII characters may have encoded them as UTF-8.
	const asUtf8 = Buffer.from(presented, 'latin1').toString('utf8');
	const forms = [presented, presented.replace(BEARER, ''), asUtf8, asUtf8.replace(BEARER, '')];
	// Compare all of them, so that the timing reveals nothing.
	const same = secrets.flatMap((secret) => forms.map((form) => isSame(form, secret)));
	return same.includes(true);
};

/**
 * All checks that a delivery has to pass.
 *
 * The signature check belongs here. Clerk Chat's page says that deliveries have signature headers, but not what they
 * are called, what is signed, or where to find the key. Once that is published, add a second check here: it gets all
 * headers and the body byte for byte.
 */
const CHECKS: Check[] = [carriesTheHeader];

/**
 * Decides whether to accept a delivery, from its headers, its raw body and the credential's webhook fields. Doesn't
 * throw, doesn't interpret the body, and logs nothing.
 *
 * Source: https://docs.clerk.chat/integrations/webhooks (a header name and value of the user's choice are sent with
 * every delivery; the name is `Authorization` when only a value is given).
 *
 * @param everybody whether to accept every delivery when there is no secret; with a secret, it changes nothing
 */
export function mayComeIn(delivery: Delivery, secret: WebhookSecret, everybody: boolean): boolean {
	if (!hasSecret(secret)) return everybody;
	return CHECKS.every((check) => check(delivery, secret));
}
