import type { Candidate, Message } from './comparison';
import { firstWhere } from './firstWhere';

/**
 * Entries that share a key, ordered by time. An entry that didn't match a message is skipped for later messages that
 * request the same. So thousands of equal messages are matched with thousands of equal entries in one pass.
 */
export class Bucket {
	/** For each position, the earliest time at which any entry from there on was recorded. */
	private readonly made: number[];

	/** By what is requested: where to continue after a position that doesn't match. Following a jump shortens it. */
	private readonly jumps = new Map<string, Map<number, number>>();

	constructor(private readonly candidates: Candidate[]) {
		this.made = new Array<number>(candidates.length).fill(Infinity);
		let least = Infinity;
		for (let place = candidates.length - 1; place >= 0; place--) {
			least = Math.min(least, candidates[place].times.made);
			this.made[place] = least;
		}
	}

	get size(): number {
		return this.candidates.length;
	}

	/**
	 * The first matching entry in a message's time range.
	 * @param fits gives the same answer for all messages that request the same; a "yes" may turn into a "no" later
	 */
	find(message: Message, fits: (candidate: Candidate) => boolean): Candidate | undefined {
		const { after, before, asked } = message;
		let jumps = this.jumps.get(asked);
		if (!jumps) this.jumps.set(asked, (jumps = new Map()));
		const first = firstWhere(this.candidates, ({ times }) => times.latest >= after);
		for (let place = first; ; place++) {
			place = follow(jumps, place);
			// An entry recorded after the message's time range can't be that message.
			if (!(this.made[place] <= before)) return undefined;
			const candidate = this.candidates[place];
			if (candidate.times.made > before) continue;
			if (fits(candidate)) return candidate;
			jumps.set(place, place + 1);
		}
	}
}

function follow(jumps: Map<number, number>, place: number): number {
	let end = place;
	for (let next = jumps.get(end); next !== undefined; next = jumps.get(end)) end = next;
	for (let at = place; at !== end; ) {
		const next = jumps.get(at)!;
		jumps.set(at, end);
		at = next;
	}
	return end;
}

/** Buckets by key. */
export class Buckets {
	private readonly lists = new Map<string, Candidate[]>();

	private readonly buckets = new Map<string, Bucket>();

	/** Adds an entry, which must not be older than the ones before it. */
	add(key: string, candidate: Candidate): void {
		const list = this.lists.get(key);
		if (!list) this.lists.set(key, [candidate]);
		else if (list.at(-1) !== candidate) list.push(candidate);
	}

	/** The bucket of a key, with everything that was added before it was first requested. */
	get(key: string): Bucket | undefined {
		const known = this.buckets.get(key);
		const list = this.lists.get(key);
		if (known || !list) return known;
		const bucket = new Bucket(list);
		this.buckets.set(key, bucket);
		return bucket;
	}
}
