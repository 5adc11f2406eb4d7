import type { ApiRequest } from '../../../api/requester';
import { oddNumbersHint } from '../../description/oddNumbers';
import { lengthHint } from './lengthHint';

/** The most recipients that a hint lists. */
const MOST_NAMED = 3;

/** The hints after a run with messages, sent or previewed: what costs extra, or shows numbers to strangers. */
export function hintsAfterSending(requests: ApiRequest[]): string[] {
	const texts = requests
		.filter(({ body }) => body?.templateId === undefined)
		.map(({ body }) => String(body?.body));
	const recipients = requests.map(({ body }) => body?.recipients as string[]);
	return [
		lengthHint(texts),
		groupHint(recipients),
		plusHint(recipients),
		oddNumbersHint(recipients.flat()),
	].filter((hint) => hint !== undefined);
}

function groupHint(recipients: string[][]): string | undefined {
	const groups = recipients.filter(({ length }) => length > 1);
	if (groups.length === 0) return undefined;
	const largest = Math.max(...groups.map(({ length }) => length));
	const what =
		groups.length === 1
			? `1 message to ${largest} people`
			: `${groups.length} messages to several people each, up to ${largest}`;
	return `${what}, who may see each other's numbers. To text people one by one, set the option 'Several Numbers' to 'Separately'.`;
}

function plusHint(recipients: string[][]): string | undefined {
	const bare = [...new Set(recipients.flat().filter((to) => !to.startsWith('+')))];
	if (bare.length === 0) return undefined;
	const named = bare.slice(0, MOST_NAMED).join(', ');
	const more = bare.length > MOST_NAMED ? ` and ${bare.length - MOST_NAMED} more` : '';
	return `No + or country code, so treated as IDs: ${named}${more}. If these are phone numbers, write them with + and their country code.`;
}
