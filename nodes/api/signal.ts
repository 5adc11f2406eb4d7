/** An event that happens once, and that others can wait for. */
export interface Signal {
	fired: Promise<void>;
	fire: () => void;
}

/** @returns a signal that has not fired yet */
export function newSignal(): Signal {
	let fire = () => {};
	const fired = new Promise<void>((resolve) => (fire = resolve));
	return { fired, fire };
}
