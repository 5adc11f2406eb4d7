import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { timeOf } from '../api/record';
import type { Entry } from '../api/record';
import {
	advance,
	beginAt,
	CLOCK_STEP,
	inOrder,
	receivedSince,
	watchedFrom,
	watchOf,
} from './cursor';
import type { Position } from './cursor';
import { isToBeShown, logFailure, shownWhenPublishing } from './failures';
import type { Failure } from './failures';
import { openRecord } from './openRecord';
import { settingsOf } from './settings';
import type { Settings } from './settings';
import { changedSince } from './statuses';
import type { EventName } from './statuses';
import { answersIn } from './answersIn';
import { inboxesOf, NOTHING_STORED, readStored, store } from './storedPosition';
import { fetchTestEvent } from './testFetch';
import { isFirstCall, memoryOf, takeTurn } from './thisProcess';
import type { Memory, Turn } from './thisProcess';

/**
 * How long (ms) after its last poll a trigger that is published anew goes on where it was. After that it was off for a
 * while, and what came in meanwhile starts nothing.
 */
const GOES_ON = 10 * 60_000;

/** What n8n calls: at each time of the schedule, whenever it brings the trigger up, and for 'Fetch Test Event'. */
export async function poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	if (this.getMode() === 'manual') return await fetchTestEvent(this);
	const activation = this.getActivationMode();
	const isComingUp = isFirstCall(this);
	const memory = memoryOf(this);
	if (isComingUp && (activation === 'init' || activation === 'leadershipChange')) {
		// An exception now would leave the trigger off, perhaps for good. There is time: the next poll is a minute away.
		// It was not off while n8n was down: what came in then comes out, also when somebody publishes it anew before that poll.
		memory.polledAt = Date.now();
		memory.followedUpTo = -Infinity;
		return null;
	}
	const isPublishing = isComingUp && (activation === 'activate' || activation === 'create');
	const turn = takeTurn(memory, isPublishing);
	if (!turn) return null;
	try {
		return await pollOnce(this, { isPublishing, memory, turn });
	} finally {
		turn.end();
	}
}

interface Circumstances {
	/** Whether somebody has just published the workflow and waits for it to work. */
	isPublishing: boolean;
	memory: Memory;
	turn: Turn;
}

async function pollOnce(
	context: IPollFunctions,
	{ isPublishing, memory, turn }: Circumstances,
): Promise<INodeExecutionData[][] | null> {
	const settings = settingsOf(context);
	const { events, watchMs } = settings;
	const staticData: IDataObject = context.getWorkflowStaticData('node');
	const wasOff = isPublishing && !(Date.now() - (memory.polledAt ?? -Infinity) < GOES_ON);
	const kept = readStored(wasOff ? {} : staticData, settings);
	const stored = !isPublishing && isFromBefore(memory, kept.position) ? NOTHING_STORED : kept;
	const inboxes = inboxesOf(settings);
	if (isPublishing && !stored.position) memory.published = { at: Date.now(), inboxes };
	const { published } = memory;
	const known = published?.inboxes === inboxes ? published.at : undefined;
	const publishedAt = stored.publishedAt ?? known ?? Date.now();
	// What was asked while the trigger was off, or looked elsewhere, it has not seen.
	if (!stored.position || !settings.answersQuestions) memory.hasLookedBack = false;

	const comeToNothing = (failure: Failure) => {
		// It is not off: what comes in meanwhile comes out later, also when somebody publishes it anew.
		if (!isPublishing) memory.polledAt = Date.now();
		// What is stored before an exception would be saved.
		if (isPublishing && failure.isLasting) throw shownWhenPublishing(context, failure);
		if (!stored.position && turn.isOurs()) store(staticData, settings, { publishedAt });
		logFailure(context, failure);
		if (!isPublishing && isToBeShown(memory, failure)) throw failure.error;
		return null;
	};
	const record = await openRecord(context, settings, isPublishing);
	if ('error' in record) return comeToNothing(record);
	const from = stored.position
		? startToReadFrom(stored.position, memory, settings)
		: publishedAt - (watchMs ?? 0);
	const reading = stored.position
		? await record.read({ start: from })
		: await record.readSince(from);
	if ('error' in reading) return comeToNothing(reading);

	const { entries, isWhole } = reading;
	const now = record.apiTime(Date.now());
	memory.clockOffset = now - Date.now();
	const isNew = (event: EventName) => stored.newEvents.includes(event);
	const position = isNew('message.received')
		? { ...beginAt(now), watch: stored.position?.watch }
		: (stored.position ?? beginAt(record.apiTime(publishedAt)));
	// Of what is there when the workflow is published, nothing starts it; what comes in while it is read does.
	const isBacklog = isPublishing && !stored.position;
	const upTo = isBacklog ? record.apiTime(publishedAt) + CLOCK_STEP : -Infinity;
	const received = receivedSince(position, entries).filter((entry) => !(timeOf(entry) <= upTo));
	const chosenBefore = events.filter((event) => !isNew(event));
	const changed = isBacklog ? [] : changedSince(watchOf(position), entries, chosenBefore);

	const sorted = await answersIn(context, settings, {
		texts: received,
		entries,
		from,
		record,
		memory,
		now,
	});

	if (!turn.isOurs()) return null;
	// Nothing may be awaited from here on: n8n saves what is stored, and then starts the workflow with what is returned.
	memory.polledAt = Date.now();
	if (!isPublishing) memory.published = undefined;
	const { held, answers } = sorted;
	const moved = advance(position, entries, { now, isWhole, held, watchMs });
	store(staticData, settings, { position: moved });
	const messages = [...(events.includes('message.received') ? sorted.messages : []), ...changed];
	if (messages.length === 0 && answers.length === 0) return null;
	return [itemsOf(messages), itemsOf(answers)];
}

/** Whether a position was stored before the trigger was off: n8n may not have saved what publishing stored in its place. */
function isFromBefore({ published, clockOffset }: Memory, position?: Position): boolean {
	if (!published || !position) return false;
	return position.cursor < beginAt(published.at + clockOffset).cursor;
}

/** The API's clock is not known before it has answered; it is as far ahead as it was at the last poll. */
function startToReadFrom(
	position: Position,
	{ clockOffset }: Memory,
	{ watchMs }: Settings,
): number {
	return watchedFrom(position, { now: Date.now() + clockOffset, watchMs });
}

function itemsOf(messages: Entry[]): INodeExecutionData[] {
	return [...messages].sort(inOrder).map((json) => ({ json }));
}
