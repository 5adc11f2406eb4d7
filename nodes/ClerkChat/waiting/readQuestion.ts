import { WAIT_INDEFINITELY } from 'n8n-workflow';
import type { IDataObject } from 'n8n-workflow';
import { LONGEST_REPLY_HOURS } from '../../api/replyRule';
import { dateOf } from '../fields/dates';
import { boolean } from '../fields/readers';
import { requiredText, textOf } from '../fields/texts';
import type { ItemFields } from '../fields/itemFields';
import { defaultAnswerLine, isNumbering } from './answerLine';
import type { Question } from './question';

/** How many hours a reply counts if the option 'Reply Counts For (Hours)' was not added. */
const APPROVAL_HOURS = 72;
const FREE_TEXT_HOURS = 24;

const MS_PER_UNIT: Record<string, number> = {
	minutes: 60_000,
	hours: 3_600_000,
	days: 86_400_000,
};

/**
 * The question in an item's fields. The fields have the same names and values as in n8n's own waiting nodes
 * (n8n-nodes-base 2.40, utils/sendAndWait).
 * @throws NodeOperationError when a field is not usable
 */
export function questionOf(item: ItemFields): Question {
	const { limitWaitTime, pageTitle, replyHours } = item.collection('options');
	const title = textOf(item, 'Page Title', pageTitle).trim();
	const { buttons } = buttonsOf(item);
	const message = requiredText(item, 'Message', item.get('message'));
	return {
		message,
		...(title && { title }),
		...(buttons && { buttons, isNumbered: isNumbering(answerLineOf(item), buttons, message) }),
		replyHours: hoursOf(item, replyHours, buttons ? APPROVAL_HOURS : FREE_TEXT_HOURS),
		until: untilOf(item, limitWaitTime).toISOString(),
	};
}

/**
 * The line before the link; '' when the option is empty.
 * @throws NodeOperationError when it is not text
 */
export function answerLineOf(item: ItemFields): string {
	const { answerLine } = item.collection('options');
	if (answerLine !== undefined) return textOf(item, 'Answer Line', answerLine).trim();
	return defaultAnswerLine(buttonsOf(item).buttons, offersReplies(item));
}

/** Whether the text offers a reply by text. */
export function offersReplies(item: ItemFields): boolean {
	return boolean(item, 'Replies by Text', item.get('repliesByText', false)) === true;
}

function hoursOf(item: ItemFields, value: unknown, fallback: number): number {
	if (value === undefined) return fallback;
	const hours = Number(value);
	if (value !== null && hours > 0 && hours <= LONGEST_REPLY_HOURS) return hours;
	throw item.refuse(
		"'Reply Counts For (Hours)' is not a number from 1 to 168",
		'Enter how many hours a reply by text counts as the answer, up to 168 (a week), or remove the option.',
	);
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
		"Enter a time in the future. A time without a zone is in the workflow's time zone.",
	);
}

function afterInterval(item: ItemFields, { resumeAmount, resumeUnit }: IDataObject): Date {
	const ms = Number(resumeAmount ?? 1) * (MS_PER_UNIT[String(resumeUnit ?? 'hours')] ?? NaN);
	if (ms > 0) return new Date(Math.min(Date.now() + ms, WAIT_INDEFINITELY.getTime()));
	throw item.refuse(
		"'Limit Wait Time' is not a valid length of time",
		"Enter an amount above zero and a unit (minutes, hours or days). To wait without a limit, remove the option 'Limit Wait Time'.",
	);
}
