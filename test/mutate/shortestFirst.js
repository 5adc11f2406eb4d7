const Sequencer = require('@jest/test-sequencer').default;

/** Of the tests of a change, the short files first: one that notices it ends the run. */
module.exports = class ShortestFirst extends Sequencer {
	sort(tests) {
		const sizeOf = ({ path, context }) => context.hasteFS.getSize(path) ?? 0;
		return [...tests].sort((a, b) => sizeOf(a) - sizeOf(b));
	}
};
