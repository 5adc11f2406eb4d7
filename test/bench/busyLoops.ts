/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions -- runs on a developer's machine, not inside n8n */
import { spawn } from 'node:child_process';

/**
 * Keeps this machine busy with so many endless loops, each a process of its own.
 * @returns ends them
 */
export function startBusyLoops(count: number): () => void {
	// They end by themselves when this process is gone and can no longer end them.
	const loop =
		'setInterval(() => { const end = Date.now() + 990; while (Date.now() < end); if (process.ppid === 1) process.exit(); }, 1)';
	const loops = Array.from({ length: count }, () =>
		spawn(process.execPath, ['-e', loop], { stdio: 'ignore' }),
	);
	return () => loops.forEach((each) => each.kill('SIGKILL'));
}
