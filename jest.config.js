/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	// Jest's default warns once for every file about nock's global objects, and has no other effect.
	testEnvironmentOptions: { globalsCleanup: 'off' },
	// Most of the time is n8n-core loading, once a file: worth every core.
	maxWorkers: '100%',
	// A busy machine is no reason to fail: what is slow here is slow because of others.
	testTimeout: 60_000,
	roots: ['<rootDir>/test'],
	testMatch: ['<rootDir>/test/{unit,engine,sandbox,random}/**/*.test.ts'],
	globalSetup: '<rootDir>/test/bundle.ts',
	globalTeardown: '<rootDir>/test/removeBundle.ts',
	setupFiles: ['reflect-metadata', '<rootDir>/test/environment.ts'],
	transform: {
		'^.+\\.ts$': [
			'@swc/jest',
			{ jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
		],
	},
};
