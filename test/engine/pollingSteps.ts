import fc from 'fast-check';
import type { Habits } from './fakeRecord';

/* The steps that random polling histories consist of. */

/** A kind of step, with what its values may be. @param weight how often it is chosen among others */
export function kind<K extends string, V extends object>(
	weight: number,
	name: K,
	values: { [N in keyof V]: fc.Arbitrary<V[N]> } = {} as never,
): { weight: number; arbitrary: fc.Arbitrary<{ kind: K } & V> } {
	const arbitrary = fc.record({ kind: fc.constant(name), ...values });
	return { weight, arbitrary: arbitrary as never };
}

export const between = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });

/** Every way in which the list may behave. */
export const habits: fc.Arbitrary<Habits> = fc.record({
	order: fc.constantFrom('newest', 'oldest', 'none'),
	compares: fc.constantFrom('timestamp', 'created', 'updated'),
	total: fc.boolean(),
	links: fc.boolean(),
});
