/**
 * Joins the non-empty lines of an error description. n8n shows it as HTML, where a plain line break would be a space.
 */
export function lines(...all: Array<string | undefined>): string {
	return all.filter(Boolean).join('<br>');
}

/** A clause as the beginning of a sentence. */
export function capitalized(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
