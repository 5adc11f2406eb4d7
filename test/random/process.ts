/* eslint-disable @typescript-eslint/no-require-imports -- loaded anew each time */
import type { INodeType } from 'n8n-workflow';
import type * as Node from '../../nodes/ClerkChat/ClerkChat.node';
import type * as Limits from '../../nodes/api/limits';
import type * as Resources from '../../nodes/ClerkChat/resources';

/**
 * The node as it is in an n8n that was just started: nothing of what it remembered in an earlier process is there.
 * Waits are short. This file alone knows where the node's parts lie.
 * @param size how many contacts go into one request
 * @param search how long Clerk Chat's record is searched, in ms
 */
export function startProcess(
	size: number,
	search = { waitsForRecord: [1, 2], longestSearch: 400 },
): INodeType {
	let node!: INodeType;
	// n8n itself is not loaded anew, which would take a second each time.
	const kept = ['n8n-workflow', 'luxon'].map((name) => [name, jest.requireActual(name)] as const);
	jest.isolateModules(() => {
		for (const [name, loaded] of kept) jest.doMock(name, () => loaded);
		const { limits } = require('../../nodes/api/limits') as typeof Limits;
		Object.assign(limits, {
			longestWait: 30,
			firstWait: 15,
			longestGuessedWait: 30,
			patience: 5_000,
			firstRepeatWait: 2,
			...search,
		});
		const { resources } = require('../../nodes/ClerkChat/resources') as typeof Resources;
		for (const operation of resources.flatMap(({ operations }) => operations)) {
			if (operation.kind === 'write' && operation.write.together)
				operation.write.together.size = size;
		}
		const { ClerkChat } = require('../../nodes/ClerkChat/ClerkChat.node') as typeof Node;
		node = new ClerkChat();
	});
	return node;
}
