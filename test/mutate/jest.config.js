const base = require('../../jest.config');

/**
 * The unit tests of what test/mutate/stryker.config.mjs changes. Without n8n's engine, which takes seconds to load, thousands
 * of runs take minutes; so the score is what the unit tests notice alone.
 * @type {import('jest').Config}
 */
module.exports = {
	...base,
	rootDir: '../..',
	// Stryker puts its own around it, and takes a path as it is.
	testEnvironment: require.resolve('../jest/environment'),
	testMatch: [
		'account',
		'answeredForm',
		'carrierWords',
		'claims',
		'cursor',
		'ledger',
		'matching',
		'replyRule',
		'replyWords',
		'runLedger',
		'saved',
		'verdict',
	].map((name) => `<rootDir>/test/unit/${name}.test.ts`),
	testSequencer: '<rootDir>/test/mutate/shortestFirst.js',
	// None of them uses the bundle.
	globalSetup: undefined,
	globalTeardown: undefined,
};
