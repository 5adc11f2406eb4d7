import { NodeOperationError } from 'n8n-workflow';
import type { IDataObject, IHookFunctions } from 'n8n-workflow';

import { hasSecret, type WebhookSecret } from './authentication';

/** The trigger's 'Options'; an option that the user did not add is left out. */
export interface TriggerOptions {
	allowWithoutSecret?: boolean;
	dataOnly?: boolean;
	ignoreRepeats?: boolean;
}

/** The two solutions for a trigger without a secret, with the names on the screen. */
const WHAT_TO_DO =
	"In the credential, enter a secret as 'Webhook Header Value' and save. If it's an expression, it returns nothing: check its variable. Then publish (activate) or listen again. For tests behind a firewall only, you can turn on 'Allow Without Secret' under Options in the trigger.";

/** For n8n's log, when a trigger is active without a secret. It contains nothing from the credential. */
export const NOBODY_COMES_IN = `Clerk Chat Trigger: there is no secret, so it refuses every delivery. ${WHAT_TO_DO}`;

/**
 * Whether the user wants to accept every delivery. Only a plain `true` counts: a saved workflow may contain anything
 * here.
 */
export function allowsEverybody(options: TriggerOptions): boolean {
	return options.allowWithoutSecret === true;
}

/**
 * Prevents publishing, and listening in the editor, for a trigger without a secret. Not when n8n itself reactivates the
 * trigger: it has been published before, the credential's expression may not return its value yet, and every delivery
 * is checked anyway.
 *
 * @throws NodeOperationError that names the credential's field. When a workflow is published, n8n shows only its
 * message, so the message says it all.
 */
export async function refuseWithoutSecret(context: IHookFunctions): Promise<void> {
	let secret: WebhookSecret;
	try {
		secret = await context.getCredentials<WebhookSecret & IDataObject>('clerkChatApi');
	} catch (error) {
		// A secrets store may be unavailable for a while. The trigger works again once it is back; until then, every
		// delivery is refused.
		logUnreadable(context, error);
		return;
	}
	if (hasSecret(secret)) return;
	if (allowsEverybody(context.getNodeParameter('options', {}) as TriggerOptions)) return;
	if (['init', 'leadershipChange'].includes(context.getActivationMode())) {
		context.logger.error(NOBODY_COMES_IN);
		return;
	}
	throw new NodeOperationError(
		context.getNode(),
		`The Clerk Chat Trigger has no secret, so anyone who knows its URL could start this workflow. ${WHAT_TO_DO}`,
	);
}

/** Writes to n8n's log that the credential couldn't be read, with n8n's reason. */
export function logUnreadable({ logger }: Pick<IHookFunctions, 'logger'>, error: unknown): void {
	const reason = error instanceof Error ? error.message : '';
	logger.error(`Clerk Chat Trigger: the credential could not be read. ${reason}`);
}
