/** A job that waits its turn. Jobs in the same `lane` run one after another, in order. */
export interface Job {
	/** Left out if the job waits for no other. */
	lane?: string;
}

/**
 * Runs jobs in order, at most `atOnce.limit` at a time. The limit is read again after every job.
 * @param perform decides itself whether a job is still wanted
 * @throws what the first failing job threw; nothing more is started then, and running jobs are awaited
 */
export async function inTurns<T extends Job>(
	jobs: T[],
	atOnce: { readonly limit: number },
	perform: (job: T) => Promise<void>,
): Promise<void> {
	const { ready, next } = lanesOf(jobs);
	// `ready` grows at its end while it is read from its start: nothing is shifted, however many jobs there are.
	let position = 0;
	let running = 0;
	let failed: { reason: unknown } | undefined;
	await new Promise<void>((resolve) => {
		const performOne = async (job: T) => {
			running++;
			try {
				await perform(job);
				const follower = next.get(job);
				if (follower) ready.push(follower);
			} catch (reason) {
				failed ??= { reason };
			}
			running--;
			startMore();
		};
		const startMore = () => {
			while (!failed && position < ready.length && running < atOnce.limit) {
				void performOne(ready[position++]);
			}
			if (running === 0) resolve();
		};
		startMore();
	});
	if (failed) throw failed.reason;
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
