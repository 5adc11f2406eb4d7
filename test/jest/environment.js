const http = require('node:http');
const { isProxy } = require('node:util/types');
const vm = require('node:vm');
const { LegacyFakeTimers, ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');
// n8n-core needs it.
require('reflect-metadata');

/** What Jest calls the context to run a test file in: here, the one that is there. */
const HERE = {};

const { compileFunction } = vm;
vm.compileFunction = (code, parameters, { parsingContext, ...options }) =>
	compileFunction(
		code,
		parameters,
		parsingContext === HERE ? options : { ...options, parsingContext },
	);

/** What jest-circus and `jest.setTimeout` leave on the global object, for a file that has it to itself. */
const LEFT_BY_JEST = ['EVENT_HANDLERS', 'TEST_TIMEOUT_SYMBOL', 'RETRY_TIMES'];

/**
 * Runs all test files of a process in its one context, so that they share what test/jest/runtime.js loads once, and see the
 * same `Error` and `Date` as it does. With a context for each file, Jest's default, half of the tests' time went into loading
 * n8n-core and into looking up globals.
 */
module.exports = class Environment {
	constructor({ projectConfig }) {
		// With nock left in `http`, real connections are no longer real.
		if (isProxy(http.request))
			throw new Error('An earlier test file left nock on: it lacks closeNetwork()');
		for (const name of LEFT_BY_JEST) delete globalThis[Symbol.for(name)];
		this.before = { console: globalThis.console, exit: process.exit, env: { ...process.env } };
		this.global = globalThis;
		this.moduleMocker = new ModuleMocker(globalThis);
		const options = { config: projectConfig, global: globalThis };
		this.fakeTimersModern = new ModernFakeTimers(options);
		this.fakeTimers = new LegacyFakeTimers({
			...options,
			moduleMocker: this.moduleMocker,
			timerConfig: { idToRef: (id) => id, refToId: (timer) => timer },
		});
	}

	async setup() {
		// Jest asks for 100 lines of each error that is made, which takes time.
		Error.stackTraceLimit = 25;
	}

	async teardown() {
		this.fakeTimers.dispose();
		this.fakeTimersModern.dispose();
		const { console, exit, env } = this.before;
		globalThis.console = console;
		process.exit = exit;
		for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
		Object.assign(process.env, env);
	}

	exportConditions() {
		return ['node', 'node-addons'];
	}

	getVmContext() {
		return HERE;
	}
};
