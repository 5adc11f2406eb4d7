import { NodeOperationError } from 'n8n-workflow';
import type { IDataObject, IHookFunctions } from 'n8n-workflow';

import { hasSecret, type WebhookSecret } from './authentication';

/** The trigger's 'Options'; what the user did not add is left out. */
export interface TriggerOptions {
	allowWithoutSecret?: boolean;
	dataOnly?: boolean;
	ignoreRepeats?: boolean;
}

/** The two ways out for a trigger without a secret, in the words on screen. */
const WHAT_TO_DO =
	"In the credential, enter a secret as 'Webhook Header Value' and save. If it's an expression, it returns nothing: check its variable. Then publish (activate) or listen again. For tests behind a firewall only, you can turn on 'Allow Without Secret' under Options in the trigger.";

/** For n8n's log, when a trigger without a secret is up all the same. Nothing of the credential is in it. */
export const NOBODY_COMES_IN = `Clerk Chat Trigger: there is no secret, so it refuses every delivery. ${WHAT_TO_DO}`;

/** Says whether the user wants everybody to come in. Only a plain yes does: a saved workflow may hold anything here. */
export function allowsEverybody(options: TriggerOptions): boolean {
	return options.allowWithoutSecret === true;
}

/**
 * Keeps a trigger without a secret from being published, and from listening in the editor. Not when n8n itself brings it
 * up again: it was published once, what the credential's expression gives may be late at that moment, and deliveries are
 * looked at one by one anyway.
 *
 * @throws NodeOperationError that names the field of the credential. n8n shows only its message when a workflow is
 * published, so that says it all.
 */
export async function refuseWithoutSecret(context: IHookFunctions): Promise<void> {
	let secret: WebhookSecret;
	try {
		secret = await context.getCredentials<WebhookSecret & IDataObject>('clerkChatApi');
	} catch (error) {
		// A store of secrets may be out of reach for a while. The trigger is up when it is back; until then nobody comes in.
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

/** Writes into n8n's log that the credential could not be read, and n8n's own reason. */
export function logUnreadable({ logger }: Pick<IHookFunctions, 'logger'>, error: unknown): void {
	const reason = error instanceof Error ? error.message : '';
	logger.error(`Clerk Chat Trigger: the credential could not be read. ${reason}`);
}
