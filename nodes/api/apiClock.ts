/** The API's clock, derived from the fastest response with a `Date` header. Times are this machine's, in ms. */
export class ApiClock {
	/** Whether a response has shown the time; undefined before the first response. */
	isKnown?: boolean;

	/** How far the API's clock is ahead of this machine's. */
	offset = 0;

	private took = Infinity;

	/** By how much {@link offset} may be too large. */
	get error(): number {
		return this.took < Infinity ? this.took : 0;
	}

	/**
	 * Reads the clock from a response that has just arrived. The body may arrive long after the headers, so the time of
	 * the request counts: setting the clock too early would make older messages look like ours.
	 * @param date the response's `Date` header
	 */
	read(date: unknown, askedAt: number): void {
		this.isKnown ??= false;
		const told = Date.parse(String(date));
		if (Number.isNaN(told)) return;
		this.isKnown = true;
		const took = Date.now() - askedAt;
		if (took > this.took) return;
		this.took = took;
		this.offset = told - askedAt;
	}
}
