import { Ceiling } from './ceiling';
import { limits } from './limits';

/**
 * What an attempt says about the way to the API: all is well; that it is too much (429, 5xx, no answer); or nothing,
 * such as an answer about the item's own fields, which may come sooner than others.
 */
export type Sign = 'well' | 'tooMuch' | 'nothing';

/** Fewer answers than this are no measurement. */
const SAMPLES = 10;

/** From here on, answers count as slow: so many times the usual time. */
const SLOW = 2;

/** To which part the limit goes down to see whether that makes answers faster. */
const LESS = 0.45;

/** They are faster when they take no more than this part of the time. */
const FASTER = 0.75;

/** How many slow rounds there are before the usual time is measured again: at first, and in the end. */
const DOUBT = { first: 10, most: 160 };

/** Requests that were sent one after the other, and how they did; times in ms. */
interface Round {
	since: number;
	/** How long those took that went well. */
	times: number[];
	/** The most that were on their way, and that of the round before. */
	peak: number;
	peakBefore: number;
}

/**
 * How many requests may be on their way at the same time, found out from what comes back: additive increase,
 * multiplicative decrease, as in TCP. It has no clock; all times are given, in ms of one clock.
 *
 * It doubles in each round trip, one more for each answer that went well, until something is too much or slow; from
 * then on it grows by one in each. When something is too much it halves, once in a round trip. While answers only get
 * slower it stays: more requests at the same time are not more answers then, they only wait.
 *
 * "Slow" compares with the usual time, the shortest median of a round. That may be out of date, or may have been
 * measured while answers were waiting already. So after a series of slow rounds it goes down until that makes answers
 * no faster: this is the usual time.
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

	/** While the usual time is measured again: the limit before the last step down, and how long answers took then. */
	private before?: { size: number; median: number };

	/** @param fixed a number that somebody chose; it never changes */
	constructor(private readonly fixed?: number) {}

	/** At most so many: a whole number, never below 1. */
	get limit(): number {
		return this.fixed ?? Math.floor(this.size);
	}

	/** A request is on its way. */
	started(): void {
		this.round.peak = Math.max(this.round.peak, ++this.inFlight);
	}

	/** A request has come to its end. */
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
		// Measuring costs time, so it is done less often as long as it finds nothing new.
		const isNew = median > this.usual * 1.5 || median < this.usual / 1.5;
		this.doubt = isNew ? DOUBT.first : Math.min(this.doubt * 2, DOUBT.most);
		this.usual = median;
		this.slowRounds = 0;
		this.before = undefined;
		this.resize(before.size, at);
	}

	/** From here on only those requests are measured that are sent after this. */
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
