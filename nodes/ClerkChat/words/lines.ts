/**
 * Lines of the description of an error that ends a run, without empty ones. n8n shows the description as HTML, where a
 * line break of its own is a blank.
 */
export function lines(...all: Array<string | undefined>): string {
	return all.filter(Boolean).join('<br>');
}
