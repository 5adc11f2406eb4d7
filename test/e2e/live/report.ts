import { sectionOf } from './lines';
import type { Observation } from './observe';
import { changesLines } from './reportChanges';
import { listLines } from './reportList';
import { recordLines } from './reportRecord';
import { sendingLines } from './reportSending';

/** What the report says of how it came about. */
export interface Circumstances {
	/** Versions of the package and of n8n. */
	packageVersion: string;
	n8nVersion: string;
	/** Whether the requests went to Clerk Chat itself, rather than another base URL. */
	isClerkChat: boolean;
	date: Date;
	/** The status that each request to send was answered with. */
	statuses: number[];
}

const REPOSITORY = 'https://github.com/clerk-chat-community/n8n-nodes-clerk-chat';

/**
 * Says in Markdown what was seen of the API, line by line, and whether the node expects it. Holds kinds of values, times and
 * words such as a status, but no key, number, name, text or ID of anybody.
 */
export function reportOf(observation: Observation, circumstances: Circumstances): string {
	const sections = [
		{
			title: 'Sending',
			lines: [...sendingLines(observation, circumstances.statuses), ...changesLines(observation)],
		},
		{ title: 'The message on record', lines: recordLines(observation) },
		{ title: 'The list', lines: listLines(observation) },
	];
	const lines = sections.flatMap((section) => section.lines);
	const other = lines.filter((line) => line.other);
	const { packageVersion, n8nVersion, isClerkChat } = circumstances;
	const where = isClerkChat ? 'Clerk Chat' : 'what stands for Clerk Chat at another base URL';
	const sum =
		other.length === 0
			? 'Nothing is other than the node expects.'
			: `${other.length} of ${lines.length} lines ${other.length === 1 ? 'is' : 'are'} other than the node expects: ${other.map(({ label }) => label).join(', ')}.`;
	return [
		`### One message through ${where}, ${monthOf(circumstances.date)}`,
		'',
		`n8n-nodes-clerk-chat ${packageVersion}, n8n ${n8nVersion}. **${sum}**`,
		...sections.flatMap(({ title, lines: each }) => ['', sectionOf(title, each)]),
	].join('\n');
}

/** @returns the URL of a new issue whose form takes the report: see `.github/ISSUE_TEMPLATE/api_fact.yml` */
export function issueLink({ date }: Circumstances): string {
	const query = new URLSearchParams({
		template: 'api_fact.yml',
		title: 'Report of a message through Clerk Chat',
		when: `${monthOf(date)}, npm run demo -- --live, `,
	});
	return `${REPOSITORY}/issues/new?${query}`;
}

function monthOf(date: Date): string {
	return date.toLocaleString('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });
}
