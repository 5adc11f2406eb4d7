const base = require('../e2e/jest.config');

/** @type {import('jest').Config} */
module.exports = {
	...base,
	roots: ['<rootDir>/test/editor'],
	testMatch: ['<rootDir>/test/editor/**/*.test.ts'],
};
