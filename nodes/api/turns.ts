/** Something that waits for its turn. Jobs with the same `lane` go one after the other, in their order. */
export interface Job {
	/** Left out: the job waits for nobody. */
	lane?: string;
}

/**
 * Performs jobs in their order, at most `atOnce.limit` at a time. The limit is asked for anew after every job.
 * @param perform must not throw; it decides itself whether a job is still wanted
 */
export async function inTurns<T extends Job>(
	jobs: T[],
	atOnce: { readonly limit: number },
	perform: (job: T) => Promise<void>,
): Promise<void> {
	const { ready, next } = lanesOf(jobs);
	// `ready` grows at its end while it is read from its start: no shifting, however many jobs there are.
	let position = 0;
	let running = 0;
	await new Promise<void>((resolve, reject) => {
		const performOne = async (job: T) => {
			running++;
			await perform(job);
			running--;
			const follower = next.get(job);
			if (follower) ready.push(follower);
			startMore();
		};
		const startMore = () => {
			while (position < ready.length && running < atOnce.limit) {
				performOne(ready[position++]).catch(reject);
			}
			if (running === 0) resolve();
		};
		startMore();
	});
}

/** The first job of each lane, and for every other job the one before it. */
function lanesOf<T extends Job>(jobs: T[]): { ready: T[]; next: Map<T, T> } {
	const ready: T[] = [];
	const next = new Map<T, T>();
	const lastOfLane = new Map<string, T>();
	for (const job of jobs) {
		const before = job.lane === undefined ? undefined : lastOfLane.get(job.lane);
		if (before) next.set(before, job);
		else ready.push(job);
		if (job.lane !== undefined) lastOfLane.set(job.lane, job);
	}
	return { ready, next };
}
