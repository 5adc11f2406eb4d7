import { NodeOperationError } from 'n8n-workflow';
import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { timeOf } from '../api/record';
import type { Entry } from '../api/record';
import { inOrder } from './cursor';
import { passes } from './filters';
import { openRecord } from './openRecord';
import { isOptOut, itemOf } from './startsFrom';
import { settingsOf } from './settings';
import type { Settings } from './settings';
import { isInInboxes } from './takeIn';
import { eventsBetween, stageOf, TEXT_EVENTS } from './statuses';

const MS_PER_DAY = 86_400_000;

/** How far back to look, in ms: no further than necessary, because a busy team has many messages. */
const LOOKS = [MS_PER_DAY / 24, MS_PER_DAY, 7 * MS_PER_DAY, 30 * MS_PER_DAY];

/**
 * What the editor shows for 'Fetch Test Event': the newest message that would have started the workflow.
 * @throws NodeApiError or NodeOperationError when there is none, or the record can't be read
 */
export async function fetchTestEvent(context: IPollFunctions): Promise<INodeExecutionData[][]> {
	const settings = settingsOf(context);
	const opened = await openRecord(context, settings, true);
	if ('error' in opened) throw opened.error;
	let upTo: number | undefined;
	for (const look of LOOKS) {
		const start = opened.apiTime(Date.now()) - look;
		const reading = await opened.read({ start, end: upTo });
		if ('error' in reading) throw reading.error;
		const newest = reading.entries
			.filter((entry) => isMatch(entry, settings))
			.sort(inOrder)
			.at(-1);
		if (newest) return [[{ json: itemOf(newest, settings) }], []];
		upTo = start;
	}
	throw new NodeOperationError(
		context.getNode(),
		'No message of the last 30 days would start this workflow',
		{
			description: settings.events.some((event) => TEXT_EVENTS.includes(event))
				? "Text your Clerk Chat number from your own phone, then fetch a test event again. If you already have, check 'Trigger On' and 'Filters'."
				: "Send a text from your Clerk Chat number, then fetch a test event again. If you already have, check 'Trigger On' and 'Filters'.",
		},
	);
}

function isMatch(entry: Entry, { events, filters, inboxIds }: Settings): boolean {
	if (!isInInboxes(entry, inboxIds)) return false;
	if (Number.isNaN(timeOf(entry)) || !passes(entry, filters)) return false;
	if (entry.inbound === true) {
		return (
			events.includes('message.received') || (events.includes('message.optOut') && isOptOut(entry))
		);
	}
	return eventsBetween(undefined, stageOf(entry)).some((event) => events.includes(event));
}
