import { now } from '../api/clock';
import type { Host } from './host';
import type { Write } from './write';

/** The shortest time between two reports, in ms. */
const AT_MOST_EVERY = 10_000;

/** Waits shorter than this are not reported, in ms. */
const SHORT = 5_000;

/** Reports the progress of a long run to n8n's log and, in test runs, to the browser console. */
export class Progress {
	private readonly startedAt = now();

	private toldAt = this.startedAt;

	private ended = 0;

	/** @param total the number of things to do in the run */
	constructor(
		private readonly host: Host,
		private readonly write: Write,
		private readonly total: number,
	) {}

	/** Counts finished things, whether or not they succeeded. */
	step(count: number): void {
		this.ended += count;
		if (now() - this.toldAt >= AT_MOST_EVERY) this.tell('');
	}

	/** Reports at once that all requests are waiting after a 429, for so many ms: nothing else is reported meanwhile. */
	waits(ms: number): void {
		if (ms >= SHORT) this.tell(`; Clerk Chat asks n8n to wait ${seconds(ms)} s`);
	}

	/**
	 * Adds a hint with the run's duration if much of it was spent waiting.
	 * @param waited how long all requests waited, in ms
	 */
	end(waited: number): void {
		if (waited < SHORT) return;
		const took = `${this.counted(this.total)} took ${seconds(now() - this.startedAt)} s`;
		this.host.addHint?.(
			`${took}. ${seconds(waited)} s of that was waiting, because Clerk Chat limits how many requests it accepts.`,
		);
	}

	private tell(why: string): void {
		this.toldAt = now();
		this.host.report?.(
			`${this.ended.toLocaleString('en')} of ${this.counted(this.total)} done${why}`,
		);
	}

	private counted(count: number): string {
		return `${count.toLocaleString('en')} ${this.write.wording.thing}${count === 1 ? '' : 's'}`;
	}
}

function seconds(ms: number): string {
	return Math.round(ms / 1000).toLocaleString('en');
}
