const { createRequire } = require('node:module');
const { default: JestRuntime } = require('jest-runtime');

/** Loads packages as Node does, once for all test files of a process, and only this repository's own files anew for each. */
module.exports = class Runtime extends JestRuntime {
	requireModule(from, moduleName, options, isRequireActual) {
		if (moduleName && !moduleName.startsWith('.')) return createRequire(from)(moduleName);
		return super.requireModule(from, moduleName, options, isRequireActual);
	}
};
