import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { startSandbox, type Sandbox } from '../sandbox/sandbox';
import { packNode } from './packNode';
import { startN8n, type N8n } from './startN8n';

/** A real n8n with the packed package, and the sandbox in place of Clerk Chat. */
export interface Started {
	n8n: N8n;
	sandbox: Sandbox;
	/** Ids by credential type: one of the package, which leads to the sandbox. */
	credentials: Record<string, string>;
	/** Ends both. */
	stop(): Promise<void>;
}

/** What a credential of the package holds that leads to the sandbox; `changes` go on top of it. */
export function credentialFor(
	{ apiKey, url }: Sandbox,
	changes: ICredentialDataDecryptedObject = {},
): ICredentialDataDecryptedObject {
	return {
		apiKey,
		baseUrl: url,
		webhookHeaderName: 'Authorization',
		webhookHeaderValue: '',
		...changes,
	};
}

/**
 * Starts both.
 *
 * @param changes values of the credential that are to be others
 * @param env further settings for n8n, by the names it documents
 * @throws with the end of n8n's log when n8n does not come up
 */
export async function startWithSandbox(
	changes: ICredentialDataDecryptedObject = {},
	env: Record<string, string> = {},
): Promise<Started> {
	const n8n = await startN8n({ tarball: await packNode(), env });
	const sandbox = await startSandbox();
	const data = credentialFor(sandbox, changes);
	const id = await n8n.createCredential('clerkChatApi', 'Clerk Chat account', data);
	const stop = async () => {
		await n8n.stop();
		await sandbox.close();
	};
	return { n8n, sandbox, credentials: { clerkChatApi: id }, stop };
}
