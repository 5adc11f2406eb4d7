/* eslint-disable @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import fc from 'fast-check';
import { startServer } from './api';
import type { Server } from './api';
import { check } from './check';
import { play } from './play';
import type { Played } from './play';
import { scenarios } from './scenario';

/*
 * Random scenarios on n8n's own engine, with real connections. `npm run test:random -- --runs 5000 --seed 7` runs more
 * of them. A failure prints the smallest scenario that reproduces it, with the seed and path to replay it: `--file
 * random.test --seed 7 --path ...`.
 */

const { RANDOM_RUNS = '100', RANDOM_SEED = '1', RANDOM_PATH } = process.env;

let server: Server;

beforeAll(async () => void (server = await startServer()));

afterAll(async () => await server.close());

test(`${RANDOM_RUNS} random scenarios hold the promise`, async () => {
	await fc.assert(
		fc.asyncProperty(scenarios, async (scenario) => {
			const played = await play(scenario, server);
			const wrong = check(played);
			if (wrong.length > 0) throw new Error(`${wrong.join('\n')}\n${trace(played)}`);
		}),
		{
			numRuns: Number(RANDOM_RUNS),
			seed: Number(RANDOM_SEED),
			...(RANDOM_PATH !== undefined && { path: RANDOM_PATH }),
			endOnFailure: false,
		},
	);
}, 3_600_000);

/** What happened, request by request. */
function trace({ ledger, executions }: Played): string {
	const requests = ledger.entries.map(
		({ execution, says, reply, delivered, late }) =>
			`${execution}: ${says.join(' + ')} -> ${reply}${delivered ? ', delivered' : ''}${late ? ', late' : ''}`,
	);
	const runs = executions.map(
		({ id, of, life, result }) =>
			`${id}${of ? ` retries ${of.id}` : ''}, life ${life}: ${result.status} ${result.error?.message ?? ''}`,
	);
	return [...runs, ...requests].join('\n');
}
