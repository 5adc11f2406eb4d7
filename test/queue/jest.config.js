const base = require('../e2e/jest.config');

/** @type {import('jest').Config} */
module.exports = {
	...base,
	roots: ['<rootDir>/test/queue'],
	testMatch: ['<rootDir>/test/queue/**/*.test.ts'],
	// A whole n8n in queue mode starts before the first test, and workers before each.
	testTimeout: 480_000,
};
