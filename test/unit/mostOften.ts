/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { Session } from 'node:inspector';
import type { Profiler } from 'node:inspector';

/*
 * Counts how often the node's code runs, where a clock would tell as much of the machine as of the code. To be imported before
 * the code: only what is loaded afterwards is counted line by line.
 */

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

afterAll(() => session.disconnect());

function counted(): Profiler.ScriptCoverage[] {
	let result: Profiler.ScriptCoverage[] = [];
	session.post('Profiler.takePreciseCoverage', (_, coverage) => (result = coverage.result));
	return result;
}

/** Does something, and tells how often that line of nodes/ ran that ran most often. */
export function mostOften(work: () => void): number {
	// Each look begins to count anew.
	counted();
	work();
	const ranges = counted()
		.filter(({ url }) => url.includes('/nodes/'))
		.flatMap(({ functions }) => functions.flatMap((each) => each.ranges));
	return Math.max(...ranges.map(({ count }) => count));
}
