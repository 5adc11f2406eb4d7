const { availableParallelism } = require('node:os');

/** @type {import('jest').Config} */
module.exports = {
	// Packages are loaded once for each process: with n8n-core once for each file, the tests took twice as long.
	testEnvironment: '<rootDir>/test/jest/environment.js',
	runtime: '<rootDir>/test/jest/runtime.js',
	testSequencer: '<rootDir>/test/jest/randomFirst.js',
	// Half of the time of a file that runs n8n's engine is waiting.
	maxWorkers: availableParallelism() * 2,
	// A busy machine is no reason to fail: what is slow here is slow because of others.
	testTimeout: 60_000,
	roots: ['<rootDir>/test'],
	testMatch: ['<rootDir>/test/{unit,engine,sandbox,random}/**/*.test.ts'],
	globalSetup: '<rootDir>/test/bundle.ts',
	globalTeardown: '<rootDir>/test/removeBundle.ts',
	transform: {
		'^.+\\.ts$': [
			'@swc/jest',
			{ jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
		],
	},
};
