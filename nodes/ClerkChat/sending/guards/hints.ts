// n8n provides luxon to nodes, and n8n-workflow brings it here.
import { DateTime } from 'luxon';
import type { Write } from '../../operation';
import { asClock } from './hours';
import type { SendBetween } from './sendBetween';

/**
 * What stands beside the output when messages wait for their hours.
 * @param waiting when each of them may go out, in ms
 */
export function opensHint(
	{ wording: { thing } }: Write,
	waiting: number[],
	of: number,
	{ hours, whoseTime, timezone }: SendBetween & { timezone: string },
): string {
	const count = `${waiting.length} of ${of} ${thing}${of === 1 ? '' : 's'} ${waiting.length === 1 ? 'waits' : 'wait'}`;
	const whose = whoseTime === 'recipient' ? 'their time' : timezone;
	const first = DateTime.fromMillis(Math.min(...waiting)).setZone(timezone);
	return `${count} until ${asClock(hours.from)} ${whose}; the first can go out at ${first.toFormat('yyyy-MM-dd HH:mm')} (${timezone}). (Option 'Send Only Between')`;
}
