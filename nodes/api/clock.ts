/** A time in ms that only moves forward, for measuring waits: someone may set the wall clock in the meantime. */
export function now(): number {
	return performance.now();
}
