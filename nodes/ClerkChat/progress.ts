import { now } from '../api/clock';
import type { Host } from './host';
import type { Write } from './write';

/** How long nothing is told after something was, in ms. */
const AT_MOST_EVERY = 10_000;

/** Waits that are not worth a word, in ms. */
const SHORT = 5_000;

/** Tells how far a long run is: in n8n's log, and in test runs in the browser's console. */
export class Progress {
	private readonly startedAt = now();

	private toldAt = this.startedAt;

	private ended = 0;

	/** @param total how many things the run does */
	constructor(
		private readonly host: Host,
		private readonly write: Write,
		private readonly total: number,
	) {}

	/** So many more have ended, well or not. */
	step(count: number): void {
		this.ended += count;
		if (now() - this.toldAt >= AT_MOST_EVERY) this.tell('');
	}

	/** Everything waits for so long (ms) because of a 429. That is told at once, or nothing would be told meanwhile. */
	waits(ms: number): void {
		if (ms >= SHORT) this.tell(`; Clerk Chat asks n8n to wait ${seconds(ms)} s`);
	}

	/**
	 * Says beside the output how long it took, when much of that was waiting.
	 * @param waited how long everything waited, in ms
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
