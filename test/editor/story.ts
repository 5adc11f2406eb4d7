/** Adds one thing that a person does and sees. */
export type Step = (name: string, look: () => Promise<void>) => void;

/** A story: steps that each start where the previous one ended. */
export type Story = (name: string, tell: (step: Step) => void) => void;

/**
 * Stories as tests: a step that comes after one that failed is not tried.
 *
 * @param failed is called with the name of the step that failed, to take a picture
 */
export function storyteller(failed: (step: string) => Promise<void>): Story {
	return (name, tell) =>
		describe(name, () => {
			let broken: string | undefined;
			tell((what, look) =>
				test(what, async () => {
					if (broken) throw new Error(`Not tried, because this step failed: ${broken}`);
					broken = what;
					try {
						await look();
						broken = undefined;
					} finally {
						if (broken) await failed(broken).catch(() => {});
					}
				}),
			);
		});
}
