/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** Removes everything that test/bundle.ts created. */
export default function removeBundle(): void {
	rmSync(dirname(process.env.CLERK_CHAT_BUNDLE!), { recursive: true, force: true });
}
