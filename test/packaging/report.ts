/* eslint-disable @n8n/community-nodes/no-restricted-globals, no-console -- runs on a developer's machine, not inside n8n */

/** One thing that was looked at: its name, and what is wrong with it (nothing if it is in order). */
export interface Check {
	name: string;
	findings: string[];
}

/** Prints every check, then `N passed, N failed`; makes the process end with 1 if one failed. */
export function report(checks: Check[]): void {
	for (const { name, findings } of checks) {
		console.log(`${findings.length === 0 ? 'ok  ' : 'FAIL'} ${name}`);
		for (const finding of findings) console.log(`     ${finding.split('\n').join('\n     ')}`);
	}
	const failed = checks.filter(({ findings }) => findings.length > 0).length;
	console.log(`${checks.length - failed} passed, ${failed} failed`);
	if (failed > 0) process.exitCode = 1;
}
