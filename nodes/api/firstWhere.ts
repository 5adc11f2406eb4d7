/**
 * Binary search: the first position in a sorted list where a condition holds, which then holds for all that follow.
 * @returns the length of the list if it holds nowhere
 */
export function firstWhere<T>(sorted: T[], holds: (element: T) => boolean): number {
	let [low, high] = [0, sorted.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (holds(sorted[middle])) high = middle;
		else low = middle + 1;
	}
	return low;
}
