import type { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { Words } from '../../api/faults';
import { lines } from './lines';

/* The error for several items with invalid fields: grouped by problem, in at most six lines. */

/** The most items per problem, problems, and remedies that an error lists. */
const MOST_ITEMS = 10;

const MOST_PROBLEMS = 3;

const MOST_WAYS_OUT = 3;

/** Items with the same problem. */
interface Problem {
	/** What is wrong, without the value if it differs between items. */
	what: string;
	items: number[];
	/** If it differs, the first such value. */
	example?: string;
}

/**
 * The error for several items with invalid fields: grouped by problem, in at most six lines.
 * @param items item numbers from 0, one for each error
 */
export function unusableItems(
	items: number[],
	errors: Array<NodeApiError | NodeOperationError>,
	itemCount: number,
): Words {
	const problems = problemsOf(items, errors);
	const shown = errors.slice(0, MOST_ITEMS);
	const waysOut = [...new Set(shown.map(({ description }) => description ?? ''))].slice(
		0,
		MOST_WAYS_OUT,
	);
	if (problems.length === 1) {
		const [{ what, example }] = problems;
		return {
			message: `${what} in ${items.length} of ${itemCount} items`,
			description: lines(`${itemsInWords(items)}${exampleOf(example)}.`, ...waysOut),
		};
	}
	const left = problems
		.slice(MOST_PROBLEMS)
		.reduce((sum, problem) => sum + problem.items.length, 0);
	return {
		message: `${items.length} of ${itemCount} items have an invalid field`,
		description: lines(
			...problems.slice(0, MOST_PROBLEMS).map(lineFor),
			left > 0 ? `And ${left} more.` : undefined,
			waysOut.join(' '),
		),
	};
}

/** The problems, most frequent first. */
function problemsOf(items: number[], errors: Array<{ message: string }>): Problem[] {
	const problems = new Map<string, { items: number[]; messages: Set<string> }>();
	for (const [index, error] of errors.entries()) {
		const message = error.message.replace(/\.$/, '');
		const [what] = message.split(': ');
		const problem = problems.get(what) ?? { items: [], messages: new Set() };
		problem.items.push(items[index]);
		problem.messages.add(message);
		problems.set(what, problem);
	}
	return [...problems]
		.map(
			([
				what,
				{
					items: those,
					messages: [first, ...others],
				},
			]) =>
				others.length === 0
					? { what: first, items: those }
					: { what, items: those, example: first.slice(what.length + 2) },
		)
		.sort((one, other) => other.items.length - one.items.length);
}

function lineFor({ what, items, example }: Problem): string {
	return `${itemsInWords(items)}: ${what}${exampleOf(example)}.`;
}

function exampleOf(example: string | undefined): string {
	return example ? `, for example ${example}` : '';
}

/** Lists item numbers, from 1 as in the editor. */
function itemsInWords(items: number[]): string {
	const named = items.slice(0, MOST_ITEMS).map((item) => item + 1);
	const left = items.length - named.length;
	const more = left > 0 ? ` and ${left} more` : '';
	return `${items.length === 1 ? 'Item' : 'Items'} ${named.join(', ')}${more}`;
}
