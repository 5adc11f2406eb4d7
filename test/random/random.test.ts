import { startServer } from './api';
import type { Server } from './api';
import { check } from './check';
import { play } from './play';
import type { Played } from './play';
import { randomCases } from './randomCases';
import { scenarios } from './scenario';

/* Random scenarios on n8n's own engine, with real connections. */

let server: Server;

beforeAll(async () => void (server = await startServer()));

afterAll(async () => await server.close());

randomCases('scenarios hold the promise', scenarios, async (scenario) => {
	const played = await play(scenario, server);
	const wrong = check(played);
	if (wrong.length > 0) throw new Error(`${wrong.join('\n')}\n${trace(played)}`);
});

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
