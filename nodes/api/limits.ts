/** The numbers for waiting and repeating, in ms where they are times. */
export const limits = {
	/** How many requests are on their way at the same time when a run begins, unless somebody chose a number. */
	atOnceAtFirst: 5,
	/** How many there may be in the end. */
	mostAtOnce: 100,
	/** The longest that one `Retry-After` is obeyed; a longer one is asked again after this. */
	longestWait: 120_000,
	/** The first wait after a 429 that does not say how long; each further one in a row doubles. */
	firstWait: 1_000,
	/** Where the doubling ends. */
	longestGuessedWait: 30_000,
	/**
	 * How long 429 is borne without any success in between. When it lasts longer, or `Retry-After` asks for more, the
	 * rest is given up.
	 */
	patience: 300_000,
	/** A learned time is taken for so many times as long, because clocks differ. */
	slowerClock: 1.005,
	/** How often a request is made whose connection could not be made, or which may be repeated. */
	tries: 4,
	/** The wait after the first of these tries; each further one doubles. */
	firstRepeatWait: 500,
	/**
	 * The waits between looks at Clerk Chat's record for messages whose outcome is unknown: how soon it lists a message is
	 * not documented.
	 */
	waitsForRecord: [1_000, 2_000, 4_000, 8_000, 15_000],
	/**
	 * How long after its request has ended a message is looked for on the record; after that, one look has to do. For as long
	 * a message may still arrive whose request n8n ended.
	 */
	longestSearch: 30_000,
	/** The waits between looks at what became of messages on their way; the last one is for all further ones. */
	waitsForDelivery: [2_000, 3_000, 5_000, 8_000, 12_000, 15_000],
	/** How long a page of the record is waited for. */
	recordTimeout: 20_000,
	/** How long an answer is waited for: n8n's own default for declarative nodes. */
	timeout: 300_000,
};
