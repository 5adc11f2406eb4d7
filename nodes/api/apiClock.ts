/** What the API's clock shows, as the quickest answer with a `Date` told. Times are this machine's, in ms. */
export class ApiClock {
	/** Whether an answer has told it; undefined before the first answer. */
	isKnown?: boolean;

	/** How far ahead it is of this machine's. */
	offset = 0;

	private took = Infinity;

	/** How far {@link offset} may be too large. */
	get error(): number {
		return this.took < Infinity ? this.took : 0;
	}

	/**
	 * Reads it off an answer that has just come. A body may come long after the header, so the time is taken from when it was
	 * asked: too early a clock would make older messages ours.
	 * @param date what its header `Date` says
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
