/** Limits for waiting and repeating; times are in ms. */
export const limits = {
	/** How many requests are in flight at first, unless the user chose a number. */
	atOnceAtFirst: 5,
	/** How many there may be in the end. */
	mostAtOnce: 100,
	/** The longest `Retry-After` to obey in one go; after this, try again. */
	longestWait: 120_000,
	/** The first wait after a 429 that doesn't say how long; it doubles with each further 429 in a row. */
	firstWait: 1_000,
	/** The longest of these waits. */
	longestGuessedWait: 30_000,
	/**
	 * How long to endure 429 without any success in between. If it lasts longer, or `Retry-After` asks for more, the
	 * rest is given up.
	 */
	patience: 300_000,
	/** A learned time is stretched by this factor, because clocks differ. */
	slowerClock: 1.005,
	/** How many times to make a request that couldn't connect, or that may be repeated. */
	tries: 4,
	/** The wait after the first of these attempts; it doubles each time. */
	firstRepeatWait: 500,
	/**
	 * The waits between searches of Clerk Chat's record for messages with an unknown outcome. Clerk Chat doesn't
	 * document how soon it lists a message.
	 */
	waitsForRecord: [1_000, 2_000, 4_000, 8_000, 15_000],
	/**
	 * How long after its request ended to keep searching the record for a message; later, a single look must do. A
	 * message whose request n8n cancelled may also arrive for this long.
	 */
	longestSearch: 30_000,
	/** The waits between checks on messages in transit; the last one repeats. */
	waitsForDelivery: [2_000, 3_000, 5_000, 8_000, 12_000, 15_000],
	/** How long to wait for a page of the record. */
	recordTimeout: 20_000,
	/** How long to wait for a response: n8n's own default for declarative nodes. */
	timeout: 300_000,
};
