/* eslint-disable no-console, @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
	options: {
		runs: { type: 'string', default: '1000' },
		seed: { type: 'string', default: String(Date.now() % 1_000_000) },
		path: { type: 'string' },
		// A path plays again what this file printed.
		file: { type: 'string', default: '' },
	},
});

console.log(`${values.runs} random scenarios with the seed ${values.seed}`);
const { status } = spawnSync('npx', ['jest', `test/random/${values.file}`], {
	stdio: 'inherit',
	env: {
		...process.env,
		RANDOM_RUNS: values.runs,
		RANDOM_SEED: values.seed,
		...(values.path !== undefined && { RANDOM_PATH: values.path }),
	},
});
process.exitCode = status ?? 1;
