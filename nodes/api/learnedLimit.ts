import { limits } from './limits';

/** A cycle that ended with a 429. Times are in ms, by `clock.ts`. */
export interface Lesson {
	/** How many requests got a response other than 429. */
	passed: number;
	/** When the cycle began. */
	from: number;
	/** When the 429 arrived. */
	to: number;
	/** What its `Retry-After` asked for. */
	wait: number;
}

/**
 * How many cycles to keep to a number before trying a little more: while it is a guess, and once it has been found
 * twice.
 */
const HOLD = { guess: 3, sure: 20 };

/** How much more to try at first (as a fraction), the factor for each further cycle that holds, and the maximum. */
const STEP = { first: 0.02, grows: 5, most: 0.4 };

/** Two counts that differ by no more than this fraction count as equal. */
const SAME = 0.04;

/**
 * The rate limit learned from 429 responses: so many requests in so many ms. One cycle may teach a wrong number: others
 * may have sent in it, or a pause of this machine may have moved requests into the next window. So after a lower
 * number, the previous one is tried once more. From time to time a little more is tried, then much more, until it is
 * too many. That costs a pause, so it is rare once the same number has been found twice.
 */
export class LearnedLimit {
	periodMs: number;

	/** The number of requests for this cycle. */
	private requests: number;

	/** The number that last held, or was last taught. */
	private proved = 0;

	private lesson?: Lesson;

	/** The previous number, after a single cycle taught a lower one; 0 once that is settled. */
	private doubted = 0;

	private step = 0;

	private hold = HOLD.guess;

	private held = 0;

	constructor(lesson: Lesson) {
		this.lesson = lesson;
		[this.requests, this.periodMs] = readLesson(lesson);
	}

	/** Whether one more request is allowed after so many in a cycle. */
	allows(started: number): boolean {
		this.learn();
		return started < this.requests;
	}

	/** A cycle ended with a 429. The lesson is drawn when the next cycle begins, once all responses have arrived. */
	teach(lesson: Lesson): void {
		this.learn();
		this.lesson = lesson;
	}

	/** Counts a response to a request that was in flight when another got a 429. */
	countLate(sentAt: number): void {
		const { lesson } = this;
		if (lesson && sentAt >= lesson.from && sentAt <= lesson.to) lesson.passed++;
	}

	/** A cycle was used up without a 429. */
	endCycle(): void {
		if (this.doubted > 0) {
			// The lower number held. Was that one cycle wrong, or the previous number?
			this.requests = this.doubted;
			this.doubted = 0;
			return;
		}
		this.proved = this.requests;
		if (this.step > 0) this.step = Math.min(this.step * STEP.grows, STEP.most);
		else if (++this.held >= this.hold) this.step = STEP.first;
		this.requests = Math.ceil(this.proved * (1 + this.step));
	}

	private learn(): void {
		const { lesson, proved } = this;
		if (!lesson) return;
		this.lesson = undefined;
		const [requests, periodMs] = readLesson(lesson);
		const isLower = requests < proved * (1 - SAME);
		const isSame = !isLower && requests <= proved * (1 + SAME);
		this.hold = isSame ? HOLD.sure : HOLD.guess;
		this.doubted = isLower && this.doubted === 0 ? proved : 0;
		this.step = 0;
		this.held = 0;
		this.requests = requests;
		this.periodMs = periodMs;
		this.proved = requests;
	}
}

/**
 * Derives the limit: so many requests in so many ms. The window began with the cycle's first request or earlier, and
 * ends when the wait is over. `Retry-After` is rounded up to whole seconds, as windows usually are.
 */
function readLesson({ passed, from, to, wait }: Lesson): [requests: number, periodMs: number] {
	const windowMs = Math.max(wait, Math.floor((to - from + wait) / 1000) * 1000);
	if (to - from <= wait) return [passed, windowMs * limits.slowerClock];
	// Such a long cycle may have covered several windows, so assume as many requests in a shorter time. If that is too
	// many, the next 429 says so.
	return [Math.ceil((passed * wait) / (to - from)), wait * limits.slowerClock];
}
