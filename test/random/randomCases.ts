/* eslint-disable @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import fc from 'fast-check';

const { RANDOM_RUNS = '100', RANDOM_SEED = '1', RANDOM_PATH } = process.env;

/** How many cases of each kind are played. */
export const RUNS = Number(RANDOM_RUNS);

/**
 * A test that plays random cases: 100 of them, or what `npm run test:random` asks for. A failure prints the smallest case that
 * shows it, with the seed and path that play it again: `npm run test:random -- --file FILE --seed 7 --path ...`.
 * @param play throws when something is wrong
 * @param afterwards looks at what all of them came to
 */
export function randomCases<Case>(
	name: string,
	cases: fc.Arbitrary<Case>,
	play: (one: Case) => Promise<void>,
	afterwards = () => {},
): void {
	test(`${RUNS} random ${name}`, async () => {
		await fc.assert(fc.asyncProperty(cases, play), {
			numRuns: RUNS,
			seed: Number(RANDOM_SEED),
			...(RANDOM_PATH !== undefined && { path: RANDOM_PATH }),
		});
		afterwards();
	}, 3_600_000);
}
