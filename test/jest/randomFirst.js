const Sequencer = require('@jest/test-sequencer').default;

/** The random tests first: they take longest for their size, by which Jest sorts before it knows how long files take. */
module.exports = class RandomFirst extends Sequencer {
	sort(tests) {
		const sorted = super.sort(tests);
		const isRandom = ({ path }) => path.includes('/test/random/');
		return [...sorted.filter(isRandom), ...sorted.filter((test) => !isRandom(test))];
	}
};
