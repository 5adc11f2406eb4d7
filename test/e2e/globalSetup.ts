/* eslint-disable @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { installN8n, packNode } from './n8n';

/** Once for all test files: n8n is installed, and the package is packed as it would be published. */
export default async function globalSetup() {
	await installN8n();
	process.env.CLERK_CHAT_TARBALL = await packNode();
}
