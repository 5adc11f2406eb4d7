/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { runInNewContext } from 'node:vm';
import { hints } from '../../nodes/ClerkChat/description/hints';

test('several items before a campaign: the hint says so', () => {
	const condition = hints[0].displayCondition!.slice('={{'.length, -'}}'.length);
	const isShown = (resource: string, items: number): unknown =>
		runInNewContext(condition, {
			$parameter: { resource, operation: 'start' },
			$input: { all: () => Array(items).fill({}) },
		});
	expect(isShown('campaign', 2)).toBe(true);
	expect(isShown('campaign', 1)).toBe(false);
	expect(isShown('agent', 2)).toBe(false);
});
