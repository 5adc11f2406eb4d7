import type { Records } from './memory';

/** How many records are kept in all: those of the executions whose last retry is longest ago are forgotten first. */
const MOST_RECORDS = 20_000;

const retried = new Map<string, Records>();

/**
 * What the executions did that tried a failed one again with n8n's Retry button. Each of them begins with what was
 * saved of the failed one, where nothing of the others stands; and n8n leaves the button there when a retry has failed.
 * Only this process knows it, and no longer than it runs: a node has no place that all executions share and that is
 * saved in time.
 * @param id what tells the failed execution from others
 */
export function recordsOfRetries(id: string): Records {
	const records = retried.get(id) ?? {};
	retried.delete(id);
	retried.set(id, records);
	for (const oldest of retried.keys()) {
		if (oldest === id || countOf([...retried.values()]) <= MOST_RECORDS) break;
		retried.delete(oldest);
	}
	return records;
}

function countOf(all: Records[]): number {
	const groups = all.flatMap((records) => Object.values(records));
	return groups.reduce((count, group) => count + Object.keys(group).length, 0);
}
