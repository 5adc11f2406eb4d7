const { createRequire } = require('node:module');
const { default: JestRuntime } = require('jest-runtime');

/** A file of this repository that is loaded once, too: it takes long, and remembers nothing that a test could change. */
const LOADED_ONCE = 'openApiDocument';

let loadedOnce;

/** Loads packages as Node does, once for all test files of a process, and only this repository's own files anew for each. */
module.exports = class Runtime extends JestRuntime {
	requireModule(from, moduleName, options, isRequireActual) {
		if (moduleName && !moduleName.startsWith('.')) return createRequire(from)(moduleName);
		if (moduleName?.endsWith(`/${LOADED_ONCE}`)) {
			return (loadedOnce ??= super.requireModule(from, moduleName, options, isRequireActual));
		}
		return super.requireModule(from, moduleName, options, isRequireActual);
	}
};
