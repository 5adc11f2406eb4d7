/** How many rounds to stay below the last ceiling before trying it again: at first, and in the end. */
const PATIENCE = { first: 4, most: 128 };

/** In each round, recover one nth of what halving took away. */
const RETURN = 8;

/**
 * The limit that last turned out to be too much. The way back up to it is faster than one step per round, or one fault
 * in a thousand responses would keep everything slow for good. A ceiling that is hit again is tried less often: if a
 * text meets a 503, nobody knows whether it was sent.
 */
export class Ceiling {
	/** 0 if nothing has been too much so far. */
	private at = 0;

	private patience = PATIENCE.first;

	/** Rounds just below it, and above it. */
	private below = 0;

	private above = 0;

	/** Whether a request sent since the last hit has succeeded; several halvings in a row count as one hit. */
	isCalm = true;

	hit(limit: number): void {
		if (this.isCalm) {
			const isSame = limit >= this.at && limit <= this.at * 1.1 + 1;
			this.patience = isSame ? Math.min(this.patience * 2, PATIENCE.most) : PATIENCE.first;
			this.at = limit;
		}
		this.isCalm = false;
		this.below = 0;
		this.above = 0;
	}

	endRound(limit: number): void {
		if (limit >= this.at) this.above++;
		else if (limit >= this.at - 1) this.below++;
	}

	/** How much to grow in a round. */
	step(size: number): number {
		if (this.at === 0) return 1;
		// Once the limit has passed it, it wasn't the ceiling.
		return size >= this.at ? 1 + this.above : Math.max(1, (this.at - size) / RETURN);
	}

	/** How far to grow for now. */
	most(size: number): number {
		const isHeld = size < this.at && this.below < this.patience;
		return isHeld ? Math.max(1, this.at - 0.01) : Infinity;
	}
}
