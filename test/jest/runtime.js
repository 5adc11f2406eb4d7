const { createRequire } = require('node:module');
const { default: JestRuntime } = require('jest-runtime');

/** A file of this repository that is loaded once, too: it takes long, and remembers nothing that a test could change. */
const LOADED_ONCE = 'openApiDocument';

let loadedOnce;

/**
 * What jest-circus knows the running test by, for tests that run one after the other. Node's own slows every promise down, once
 * more for each file that a process has run.
 */
class OneAtATime {
	getStore() {
		return this.store;
	}

	run(store, callback) {
		const before = this.store;
		this.store = store;
		const end = () => {
			this.store = before;
		};
		const result = callback();
		result.then(end, end);
		return result;
	}
}

/** Loads packages as Node does, once for all test files of a process, and only this repository's own files anew for each. */
module.exports = class Runtime extends JestRuntime {
	requireModule(from, moduleName, options, isRequireActual) {
		if (moduleName && !moduleName.startsWith('.')) return createRequire(from)(moduleName);
		if (moduleName?.endsWith(`/${LOADED_ONCE}`)) {
			return (loadedOnce ??= super.requireModule(from, moduleName, options, isRequireActual));
		}
		return super.requireModule(from, moduleName, options, isRequireActual);
	}

	requireInternalModule(from, moduleName) {
		if (moduleName === 'node:async_hooks') return { AsyncLocalStorage: OneAtATime };
		return super.requireInternalModule(from, moduleName);
	}
};
