/** An event that happens once, and that others can wait for. */
export interface Signal {
	given: Promise<void>;
	give: () => void;
}

/** @returns a signal that has not been given yet */
export function newSignal(): Signal {
	let give = () => {};
	const given = new Promise<void>((resolve) => (give = resolve));
	return { given, give };
}
