import { limits } from './limits';

/** A cycle that ended with a 429; times in ms, by `clock.ts`. */
export interface Lesson {
	/** How many requests were answered with anything but a 429. */
	passed: number;
	/** When the cycle began. */
	from: number;
	/** When the 429 came. */
	to: number;
	/** What `Retry-After` asked for then. */
	wait: number;
}

/** How many cycles it is kept to before a little more is tried: as long as it is a guess, and once it was found twice. */
const HOLD = { guess: 3, sure: 20 };

/** By which part more is tried at first, how many times that in the next cycle when it held, and in the end. */
const STEP = { first: 0.02, grows: 5, most: 0.4 };

/** Two counts that differ by no more than this part say the same. */
const SAME = 0.04;

/**
 * What 429 has taught: so many requests in so many ms. One cycle may teach a wrong number: others may have sent in it, or
 * a pause of this machine may have moved requests into the next window. So after a lower number, the one before is tried
 * once more; and now and then a little more is tried, then much more, until it is too many. That costs a pause, so it is
 * done rarely where the same number was found twice.
 */
export class LearnedLimit {
	periodMs: number;

	/** What is kept to in this cycle. */
	private requests: number;

	/** What held last, or was taught last. */
	private proved = 0;

	private lesson?: Lesson;

	/** The number that was kept to before one cycle taught a lower one; 0 when that is settled. */
	private doubted = 0;

	private step = 0;

	private hold = HOLD.guess;

	private held = 0;

	constructor(lesson: Lesson) {
		this.lesson = lesson;
		[this.requests, this.periodMs] = readLesson(lesson);
	}

	/** Whether it allows one more request after so many that were started in a cycle. */
	allows(started: number): boolean {
		this.learn();
		return started < this.requests;
	}

	/** A cycle ended with a 429. What it taught is drawn at the beginning of the next, when all its answers have come. */
	teach(lesson: Lesson): void {
		this.learn();
		this.lesson = lesson;
	}

	/** Counts an answer to a request that was on its way while another was told that it was too many. */
	countLate(sentAt: number): void {
		const { lesson } = this;
		if (lesson && sentAt >= lesson.from && sentAt <= lesson.to) lesson.passed++;
	}

	/** A cycle was used up without a 429. */
	endCycle(): void {
		if (this.doubted > 0) {
			// The lower number held. Was it the cycle that was wrong, or the number before?
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
 * So many requests in so many ms. Limits are so many requests per window. The window began with the first request of the
 * cycle or before, and ends when the wait is over; `Retry-After` is rounded up to whole seconds, and so are windows as a
 * rule.
 */
function readLesson({ passed, from, to, wait }: Lesson): [requests: number, periodMs: number] {
	const windowMs = Math.max(wait, Math.floor((to - from + wait) / 1000) * 1000);
	if (to - from <= wait) return [passed, windowMs * limits.slowerClock];
	// So long a cycle may have been several windows: as many in a shorter time. If that is too many, the next 429 says so.
	return [Math.ceil((passed * wait) / (to - from)), wait * limits.slowerClock];
}
