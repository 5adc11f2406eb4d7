import { oddLengthOf } from '../../api/plans';

/** The most numbers that a hint lists. */
const MOST_NAMED = 3;

/** Describes each phone number whose length is invalid for its country. @param addresses addresses of any kind */
export function oddNumbersIn(addresses: unknown[]): string[] {
	return [...new Set(addresses)].flatMap((address) => {
		const odd = typeof address === 'string' && oddLengthOf(address);
		return odd ? [`${address}: ${odd}`] : [];
	});
}

/** The hint about such numbers; undefined if there are none. */
export function oddNumbersHint(addresses: unknown[]): string | undefined {
	const odd = oddNumbersIn(addresses);
	if (odd.length === 0) return undefined;
	const more = odd.length > MOST_NAMED ? ` (and ${odd.length - MOST_NAMED} more)` : '';
	const what =
		odd.length === 1 ? 'Check the length of this number' : 'Check the length of these numbers';
	return `${what}. ${odd.slice(0, MOST_NAMED).join('. ')}${more}.`;
}
