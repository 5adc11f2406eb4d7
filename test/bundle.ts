/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Sets n8n up for the tests, and puts the nodes into one file for test/freshNodes.ts. Loading 200 files for each restart took a third of the tests' time. */
export default async function bundleNodes(): Promise<void> {
	// Under node_modules, where what the nodes import is found.
	const folder = mkdtempSync(join(__dirname, '../node_modules/.clerk-chat-'));
	process.env.CLERK_CHAT_BUNDLE = join(folder, 'nodes.cjs');
	// n8n-core reads these while it loads; otherwise it would write to the user's home folder.
	process.env.N8N_USER_FOLDER = folder;
	process.env.N8N_ENCRYPTION_KEY = 'only-for-tests';
	// What fails on purpose is not to be printed among the results.
	process.env.N8N_LOG_LEVEL = 'silent';
	await build({
		stdin: {
			contents: `
				export { ClerkChat } from './nodes/ClerkChat/ClerkChat.node';
				export { resources } from './nodes/ClerkChat/resources';
				export { ClerkChatPollingTrigger } from './nodes/ClerkChatPollingTrigger/ClerkChatPollingTrigger.node';
				export { limits } from './nodes/api/limits';
			`,
			resolveDir: join(__dirname, '..'),
			loader: 'ts',
		},
		outfile: process.env.CLERK_CHAT_BUNDLE,
		bundle: true,
		platform: 'node',
		target: 'es2022',
		packages: 'external',
		// A function: each call creates everything anew, and the code is compiled once per process.
		banner: { js: 'module.exports = () => { const module = { exports: {} };' },
		footer: { js: 'return module.exports; };' },
		// So that what a test prints names the source.
		sourcemap: 'inline',
		sourcesContent: false,
	});
}
