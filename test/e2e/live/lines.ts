/** A line of the report: what was seen, and what the node makes of it. */
export interface Line {
	label: string;
	/** A sentence or a few, without the last full stop. */
	seen: string;
	/** What the node expects instead. */
	other?: string;
	/** What the node does with it, where it expects nothing; a whole sentence. */
	free?: string;
}

/**
 * @param isExpected whether it is as the node expects
 * @param other what it expects instead, and what it does now
 */
export function compare(label: string, seen: string, isExpected: boolean, other: string): Line {
	return isExpected ? { label, seen } : { label, seen, other };
}

/** @param free what the node does with it; a whole sentence */
export function note(label: string, seen: string, free: string): Line {
	return { label, seen, free };
}

/** Puts a section of the report into Markdown. */
export function sectionOf(title: string, lines: Line[]): string {
	const text = lines.map(({ label, seen, other, free }) => {
		const verdict = other
			? `**Other than the node expects:** ${other}.`
			: (free ?? 'As the node expects.');
		return `- **${label}:** ${seen}. ${verdict}`;
	});
	return [`#### ${title}`, '', ...text].join('\n');
}
