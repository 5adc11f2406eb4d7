import type { Sign } from '../../nodes/api/concurrency';

/** A made-up way to an API. */
export interface Network {
	/** From sending a request to its answer when nobody else is there, in ms. */
	latency: number;
	/** How much longer an answer may take by chance, as a part of the latency. */
	noise?: number;
	/** A server that works on so many requests at a time and lets the others wait; `workMs` of the latency is work. */
	queue?: { workers: number; workMs: number };
	/** The most simultaneous requests; more are rejected at once, as a server does with 429 or 503. */
	parallel?: number;
	/** What part of the requests ends with a fault by chance. */
	faulty?: number;
}

/** What a run over a {@link Network} came to. */
export interface Course {
	/** Requests that went well, for each second of the run. */
	perSecond: number[];
	/** The limit at the end of each second. */
	limits: number[];
	highest: number;
	lowest: number;
	tooMuch: number;
}

/** Decides how many requests may be in flight. */
export interface Limiter {
	readonly limit: number;
	started(): void;
	ended(sign: Sign, sentAt: number, at: number): void;
}

/** A sequence of numbers from 0 to 1 that is the same for the same seed. */
export function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
		return state / 2 ** 32;
	};
}

/**
 * Sends as many requests as it may, for this many seconds of simulated time.
 * @param networkAt the network's state at a time in ms
 */
export function course(
	limiter: Limiter,
	networkAt: (at: number) => Network,
	seconds: number,
	seed: number,
): Course {
	const random = randomFrom(seed);
	const events: Array<{ at: number; sentAt: number; sign: Sign; holds: boolean }> = [];
	const result: Course = { perSecond: [], limits: [], highest: 0, lowest: Infinity, tooMuch: 0 };
	let inFlight = 0;
	let atServer = 0;
	let freeAt: number[] = [];
	const send = (now: number) => {
		const { latency, noise = 0, queue, parallel = Infinity, faulty = 0 } = networkAt(now);
		// A log-normal spread, as real answer times have.
		const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
		let at = now + latency * Math.exp(noise * normal);
		if (queue) {
			if (freeAt.length !== queue.workers) freeAt = Array<number>(queue.workers).fill(now);
			const worker = freeAt.indexOf(Math.min(...freeAt));
			const begins = Math.max(now, freeAt[worker]);
			freeAt[worker] = begins + queue.workMs;
			at += begins - now;
		}
		const refused = atServer >= parallel;
		if (!refused) atServer++;
		const sign = refused || random() < faulty ? 'tooMuch' : 'well';
		insert(events, { at: refused ? now + latency / 2 : at, sentAt: now, sign, holds: !refused });
		inFlight++;
		limiter.started();
	};
	let now = 0;
	for (let second = 0; second < seconds; second++) {
		let well = 0;
		for (;;) {
			while (inFlight < limiter.limit) send(now);
			if (events[0].at >= (second + 1) * 1000) break;
			const { at, sentAt, sign, holds } = events.shift()!;
			now = at;
			inFlight--;
			if (holds) atServer--;
			if (sign === 'well') well++;
			else result.tooMuch++;
			limiter.ended(sign, sentAt, at);
			result.highest = Math.max(result.highest, limiter.limit);
			result.lowest = Math.min(result.lowest, limiter.limit);
		}
		result.perSecond.push(well);
		result.limits.push(limiter.limit);
	}
	return result;
}

function insert<T extends { at: number }>(sorted: T[], event: T): void {
	let index = sorted.length;
	while (index > 0 && sorted[index - 1].at > event.at) index--;
	sorted.splice(index, 0, event);
}

/** The most that a network lets through in a second with so many at the same time. */
export function best({ latency, queue, parallel = Infinity }: Network, most: number): number {
	const byLatency = (Math.min(most, parallel) * 1000) / latency;
	return Math.min(byLatency, queue ? (queue.workers * 1000) / queue.workMs : Infinity);
}
