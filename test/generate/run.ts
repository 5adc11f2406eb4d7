/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generated } from './generated';

/* npm run generate: rewrites the generated tables. */

for (const [path, source] of Object.entries(generated)) {
	writeFileSync(join(__dirname, '../..', path), source());
}
