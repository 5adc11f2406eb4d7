import { WAIT_INDEFINITELY } from 'n8n-workflow';
import type { IDataObject } from 'n8n-workflow';
import { dateOf } from '../fields/dates';
import { requiredText, textOf } from '../fields/texts';
import type { ItemFields } from '../fields/itemFields';

/**
 * A question that an execution waits for. It is kept with the execution while that waits, so it holds nothing but plain
 * data.
 */
export interface Question {
	/** What was texted, without the link. */
	message: string;
	/** The heading of the page; left out for the one that is always there. */
	title?: string;
	/** The labels of the buttons; left out when the answer is a text. */
	buttons?: { approve: string; decline?: string };
	/** When the execution goes on without an answer: ISO 8601 in UTC. */
	until: string;
}

const MS_PER_UNIT: Record<string, number> = {
	minutes: 60_000,
	hours: 3_600_000,
	days: 86_400_000,
};

/**
 * The question that the fields of an item ask. The names of the fields and their values are those of n8n's own nodes
 * that wait (n8n-nodes-base 2.40, utils/sendAndWait).
 * @throws NodeOperationError when a field is not usable
 */
export function questionOf(item: ItemFields): Question {
	const { limitWaitTime, pageTitle } = item.collection('options');
	const title = textOf(item, 'Page Title', pageTitle).trim();
	return {
		message: requiredText(item, 'Message', item.get('message')),
		...(title && { title }),
		...buttonsOf(item),
		until: untilOf(item, limitWaitTime).toISOString(),
	};
}

/** What stands before the link when the option 'Answer Line' was not added. */
export const ANSWER_LINE = 'Tap to answer:';

/**
 * The line before the link; '' when it was emptied.
 * @throws NodeOperationError when it is not text
 */
export function answerLineOf(item: ItemFields): string {
	const { answerLine = ANSWER_LINE } = item.collection('options');
	return textOf(item, 'Answer Line', answerLine).trim();
}

function buttonsOf(item: ItemFields): Pick<Question, 'buttons'> {
	const responseType = item.get('responseType');
	if (responseType === 'freeText') return {};
	if (responseType !== 'approval') {
		throw item.refuse(
			`'Response Type' is not one that this node offers: "${textOf(item, 'Response Type', responseType)}"`,
			"Choose 'Approval' or 'Free Text'.",
		);
	}
	const values = (item.collection('approvalOptions').values ?? {}) as IDataObject;
	const label = (name: string, value: unknown, fallback: string) =>
		textOf(item, name, value).trim() || fallback;
	return {
		buttons: {
			approve: label('Approve Button Label', values.approveLabel, 'Approve'),
			...(values.approvalType !== 'single' && {
				decline: label('Disapprove Button Label', values.disapproveLabel, 'Decline'),
			}),
		},
	};
}

function untilOf(item: ItemFields, limit: unknown): Date {
	const values = (limit as { values?: IDataObject } | undefined)?.values;
	if (values === undefined) return WAIT_INDEFINITELY;
	const until =
		values.limitType === 'atSpecifiedTime'
			? new Date(dateOf(item, 'Max Date and Time', values.maxDateAndTime))
			: afterInterval(item, values);
	if (until.getTime() > Date.now()) return until < WAIT_INDEFINITELY ? until : WAIT_INDEFINITELY;
	throw item.refuse(
		"'Max Date and Time' has passed",
		'Enter a time in the future. Without a zone it is in the time zone of the workflow.',
	);
}

function afterInterval(item: ItemFields, { resumeAmount, resumeUnit }: IDataObject): Date {
	const ms = Number(resumeAmount ?? 1) * (MS_PER_UNIT[String(resumeUnit ?? 'hours')] ?? NaN);
	if (ms > 0) return new Date(Math.min(Date.now() + ms, WAIT_INDEFINITELY.getTime()));
	throw item.refuse(
		"'Limit Wait Time' is not a valid length of time",
		"Enter an amount above zero and the unit minutes, hours or days, or remove the option 'Limit Wait Time' to wait for as long as it takes.",
	);
}
