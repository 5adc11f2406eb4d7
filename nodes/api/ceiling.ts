/** How many rounds it stays below what was too much before that is tried again: at first, and in the end. */
const PATIENCE = { first: 4, most: 128 };

/** In each round trip it makes up for this part (one in so many) of what halving took. */
const RETURN = 8;

/**
 * The limit that was too much last. It is come back to faster than by one, or a fault in a thousand answers would keep
 * everything slow for ever. What was too much once more is tried less often: of a text that met a 503, nobody knows
 * whether it was sent.
 */
export class Ceiling {
	/** 0 when nothing was too much so far. */
	private at = 0;

	private patience = PATIENCE.first;

	/** Rounds just below it, and above it. */
	private below = 0;

	private above = 0;

	/** Whether a request went well that was sent since; halving several times in a row is one hit. */
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

	/** By how much to grow in a round. */
	step(size: number): number {
		if (this.at === 0) return 1;
		// Once it is left behind, it was not what was too much.
		return size >= this.at ? 1 + this.above : Math.max(1, (this.at - size) / RETURN);
	}

	/** How far to grow for now. */
	most(size: number): number {
		const isHeld = size < this.at && this.below < this.patience;
		return isHeld ? Math.max(1, this.at - 0.01) : Infinity;
	}
}
