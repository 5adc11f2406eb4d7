/**
 * `npm run mutate`: breaks what decides about sending and about replies in every small way there is, and counts how often
 * the unit tests notice. One file: `npm run mutate -- --mutate nodes/api/matching.ts`
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
	mutate: [
		'nodes/ClerkChat/sending/ledger/*.ts',
		'nodes/ClerkChat/sending/verdict.ts',
		'nodes/api/matching.ts',
		'nodes/api/comparison.ts',
		'nodes/api/replyRule.ts',
		'nodes/api/carrierWords.ts',
		'nodes/ClerkChat/waiting/replies.ts',
		'nodes/ClerkChat/waiting/reactions.ts',
		'nodes/ClerkChat/waiting/words.ts',
		'nodes/ClerkChatPollingTrigger/cursor.ts',
	],
	testRunner: 'jest',
	plugins: ['@stryker-mutator/jest-runner'],
	jest: { configFile: 'test/mutate/jest.config.js', enableFindRelatedTests: true },
	coverageAnalysis: 'perTest',
	reporters: ['progress', 'clear-text'],
	thresholds: { high: 90, low: 85, break: 85 },
	// A busy machine is no reason to take a change for noticed. Endless loops are found by counting.
	timeoutMS: 120_000,
};
