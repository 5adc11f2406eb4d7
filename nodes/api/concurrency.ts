import { Ceiling } from './ceiling';
import { limits } from './limits';

/**
 * What an attempt says about the load: all is well; too much (429, 5xx, no response); or nothing, such as a response
 * about the item's own fields, which may arrive faster than others.
 */
export type Sign = 'well' | 'tooMuch' | 'nothing';

/** Fewer responses than this don't make a measurement. */
const SAMPLES = 10;

/** Responses count as slow from this many times the usual time. */
const SLOW = 2;

/** How far to lower the limit (as a factor) to see whether that makes responses faster. */
const LESS = 0.45;

/** They count as faster if they take at most this fraction of the time. */
const FASTER = 0.75;

/** How many slow rounds to allow before measuring the usual time again: at first, and in the end. */
const DOUBT = { first: 10, most: 160 };

/** Requests sent one after another, and how they went. Times are in ms. */
interface Round {
	since: number;
	/** The times of the successful ones. */
	times: number[];
	/** The most that were in flight at once, in this round and the one before. */
	peak: number;
	peakBefore: number;
}

/**
 * Finds out how many requests may be in flight at once: additive increase, multiplicative decrease, as in TCP. It has
 * no clock of its own; all times are passed in, in ms of one clock.
 *
 * It starts by doubling in each round trip (one more per successful response) until something is too much or slow. From
 * then on, it grows by one per round trip. If something is too much, it halves, at most once per round trip. If
 * responses only get slower, it stays: more requests in flight would only wait.
 *
 * "Slow" is relative to the usual time, the shortest median of any round. That time may be out of date, or may have
 * been measured while responses were already queueing. So after a series of slow rounds, the limit goes down until
 * responses get no faster: that is the new usual time.
 */
export class Concurrency {
	private size: number = limits.atOnceAtFirst;

	private isDoubling = true;

	private inFlight = 0;

	private halvedAt = -Infinity;

	private readonly ceiling = new Ceiling();

	private usual = Infinity;

	private round: Round = { since: -Infinity, times: [], peak: 0, peakBefore: 0 };

	/** Slow rounds in a row. */
	private slowRounds = 0;

	private doubt = DOUBT.first;

	/**
	 * While the usual time is being measured again: the limit before the last step down, and how long responses took
	 * then.
	 */
	private before?: { size: number; median: number };

	/** @param fixed a number chosen by the user; it never changes */
	constructor(private readonly fixed?: number) {}

	/** How many may be in flight: a whole number, at least 1. */
	get limit(): number {
		return this.fixed ?? Math.floor(this.size);
	}

	/** A request has been sent. */
	started(): void {
		this.round.peak = Math.max(this.round.peak, ++this.inFlight);
	}

	/** A request has ended. */
	ended(sign: Sign, sentAt: number, at: number): void {
		if (sign === 'tooMuch' && sentAt >= this.halvedAt) this.halve(at);
		if (sign === 'well') {
			this.grow(at - sentAt);
			if (sentAt >= this.halvedAt) this.ceiling.isCalm = true;
			if (sentAt >= this.round.since) this.measure(at - sentAt, at);
		}
		this.inFlight--;
	}

	private halve(at: number): void {
		this.halvedAt = at;
		this.ceiling.hit(this.limit);
		this.isDoubling = false;
		this.before = undefined;
		this.resize(this.size / 2, at);
	}

	private grow(time: number): void {
		const isUsed = Math.max(this.round.peak, this.round.peakBefore) >= this.limit / 2;
		if (!isUsed || this.before || this.slowRounds > 0 || time > this.usual * SLOW) return;
		const perRound = this.isDoubling ? this.size : this.ceiling.step(this.size);
		const most = Math.min(this.ceiling.most(this.size), limits.mostAtOnce);
		this.size = Math.min(this.size + perRound / this.size, most);
	}

	private measure(time: number, at: number): void {
		const { times } = this.round;
		times.push(time);
		if (times.length < Math.max(SAMPLES, this.before ? this.limit : 0)) return;
		const median = medianOf(times);
		this.newRound(at);
		this.ceiling.endRound(this.limit);
		if (this.before) return this.remeasured(median, this.before, at);
		if (median <= this.usual * SLOW) {
			this.slowRounds = 0;
			this.usual = Math.min(this.usual, median);
			return;
		}
		this.isDoubling = false;
		if (++this.slowRounds >= this.doubt) this.goDown(median, at);
	}

	private goDown(median: number, at: number): void {
		this.before = { size: this.size, median };
		this.resize(this.size * LESS, at);
	}

	private remeasured(median: number, before: { size: number; median: number }, at: number): void {
		if (median < before.median * FASTER && this.limit > 1) return this.goDown(median, at);
		// Measuring costs time, so it happens less often as long as it finds nothing new.
		const isNew = median > this.usual * 1.5 || median < this.usual / 1.5;
		this.doubt = isNew ? DOUBT.first : Math.min(this.doubt * 2, DOUBT.most);
		this.usual = median;
		this.slowRounds = 0;
		this.before = undefined;
		this.resize(before.size, at);
	}

	/** From now on, only measures requests sent after this moment. */
	private resize(size: number, at: number): void {
		this.size = Math.max(1, size);
		this.newRound(at);
	}

	private newRound(since: number): void {
		this.round = { since, times: [], peak: this.inFlight, peakBefore: this.round.peak };
	}
}

function medianOf(numbers: number[]): number {
	return numbers.sort((a, b) => a - b)[numbers.length >> 1];
}
