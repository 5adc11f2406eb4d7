/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { mkdtempSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isProxy } from 'node:util/types';

// n8n-core reads these while it loads; without them it would write to the home folder of whoever runs the tests.
process.env.N8N_USER_FOLDER = mkdtempSync(join(tmpdir(), 'clerk-chat-tests-'));
process.env.N8N_ENCRYPTION_KEY = 'only-for-tests';
// What fails on purpose is not to be printed among the results.
process.env.N8N_LOG_LEVEL = 'silent';

// Jest runs many files in one process with one `http`: with nock left in it, real connections are no longer real.
if (isProxy(http.request))
	throw new Error('An earlier test file left nock on: it lacks closeNetwork()');
