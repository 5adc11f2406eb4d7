import type { INodeType } from 'n8n-workflow';
import { loadFreshNodes } from '../freshNodes';

/**
 * The node as it is in an n8n that was just started: nothing of what it remembered in an earlier process is there.
 * Waits are short.
 * @param size how many contacts go into one request
 * @param search how long Clerk Chat's record is searched, in ms
 */
export function startProcess(
	size: number,
	search = { waitsForRecord: [1, 2], longestSearch: 400 },
): INodeType {
	const { ClerkChat, limits, resources } = loadFreshNodes();
	Object.assign(limits, {
		longestWait: 30,
		firstWait: 15,
		longestGuessedWait: 30,
		patience: 5_000,
		firstRepeatWait: 2,
		...search,
	});
	for (const operation of resources.flatMap(({ operations }) => operations)) {
		if (operation.kind === 'write' && operation.write.together)
			operation.write.together.size = size;
	}
	return new ClerkChat();
}
