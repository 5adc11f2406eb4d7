import type { Candidate, Message } from './comparison';

/** What an entry is to a message: `gone` when it is none, and will not be for any other that looks here. */
export type Fit = 'fits' | 'not' | 'gone';

/**
 * Entries that have something in common, in the order of their times. Each search begins with the first one that is not
 * too old and not gone, so that thousands of equal messages take thousands of equal entries in one pass.
 */
export class Bucket {
	/** For each place the next one that is not gone, itself if it is not; shortened whenever it is followed. */
	private readonly following: number[];

	/** For each place the earliest time at which one from there on was recorded. */
	private readonly made: number[];

	constructor(private readonly candidates: Candidate[]) {
		this.following = Array.from({ length: candidates.length + 1 }, (_, place) => place);
		this.made = new Array<number>(candidates.length).fill(Infinity);
		let least = Infinity;
		for (let place = candidates.length - 1; place >= 0; place--) {
			least = Math.min(least, candidates[place].times.made);
			this.made[place] = least;
		}
	}

	/** The first entry in the time of a message that fits it. */
	find(message: Message, fit: (candidate: Candidate) => Fit): Candidate | undefined {
		const { after, before } = message;
		let place = this.next(this.firstSince(after));
		for (; place < this.candidates.length; place = this.next(place + 1)) {
			if (this.made[place] > before) return undefined;
			const candidate = this.candidates[place];
			const answer = fit(candidate);
			if (answer === 'fits') return candidate;
			if (answer === 'gone') this.following[place] = place + 1;
		}
		return undefined;
	}

	get size(): number {
		return this.candidates.length;
	}

	private firstSince(time: number): number {
		let [low, high] = [0, this.candidates.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if (this.candidates[middle].times.latest >= time) high = middle;
			else low = middle + 1;
		}
		return low;
	}

	private next(place: number): number {
		let end = place;
		while (this.following[end] !== end) end = this.following[end];
		for (let at = place; at !== end; ) [this.following[at], at] = [end, this.following[at]];
		return end;
	}
}

/** Buckets by what their entries have in common. */
export class Buckets {
	private readonly lists = new Map<string, Candidate[]>();

	private readonly buckets = new Map<string, Bucket>();

	/** Adds an entry, which must not be older than those before. */
	add(key: string, candidate: Candidate): void {
		const list = this.lists.get(key);
		if (!list) this.lists.set(key, [candidate]);
		else if (list.at(-1) !== candidate) list.push(candidate);
	}

	/** The bucket of a key, with all that was added before it was first asked for. */
	get(key: string): Bucket | undefined {
		const known = this.buckets.get(key);
		const list = this.lists.get(key);
		if (known || !list) return known;
		const bucket = new Bucket(list);
		this.buckets.set(key, bucket);
		return bucket;
	}
}
