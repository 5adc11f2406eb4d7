/** A time in ms that only ever moves forward, for measuring waits: the wall clock may be set while one lasts. */
export function now(): number {
	return performance.now();
}
