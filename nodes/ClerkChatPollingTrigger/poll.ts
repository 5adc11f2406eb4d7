import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import type { Entry } from '../api/record';
import { accountAfter } from './account';
import { answersIn } from './answersIn';
import { CLOCK_STEP, inOrder, startOf } from './cursor';
import type { Position } from './cursor';
import { passes } from './filters';
import { isToBeShown, logFailure, shownByScheduler, shownWhenPublishing } from './failures';
import type { Failure } from './failures';
import { lookAgain } from './lookAgain';
import { positionFor } from './positionFor';
import { openRecord } from './openRecord';
import { readNews } from './readNews';
import { settingsOf } from './settings';
import type { Settings } from './settings';
import { itemOf, startsFrom } from './startsFrom';
import { keepPublishing, startingPoint } from './startingPoint';
import { store } from './storedPosition';
import { nothingFound } from './takeIn';
import type { Looking } from './takeIn';
import { fetchTestEvent } from './testFetch';
import { budgetOf, isFirstCall, isScheduled, memoryOf, takeTurn } from './thisProcess';
import type { Memory, Turn } from './thisProcess';
import { withChosenEvents } from './chosenEvents';

/** For this long (ms) after items were returned, another poll may begin from the same position: n8n saves it later. */
const SAVED_BY_THEN = 30_000;

/** The longest `Retry-After` (ms) to obey. */
const LONGEST_OBEYED = 24 * 3_600_000;

/** After this long (ms) without a poll, messages have gone unwatched. */
const LATE = 30 * 60_000;

/** n8n calls this at each scheduled time, whenever it activates the trigger, and for 'Fetch Test Event'. */
export async function poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	if (this.getMode() === 'manual') return await fetchTestEvent(this);
	const activation = this.getActivationMode();
	const isComingUp = isFirstCall(this) && !isScheduled(this);
	const memory = memoryOf(this);
	if (isComingUp && (activation === 'init' || activation === 'leadershipChange')) {
		// An exception now would leave the trigger off, perhaps for good. There is no hurry: the next poll is a minute
		// away. The trigger wasn't off while n8n was down: what arrived then starts the workflow, even if someone
		// publishes it again before that poll.
		memory.polledAt = Date.now();
		memory.followedUpTo = -Infinity;
		return null;
	}
	const isPublishing = isComingUp && (activation === 'activate' || activation === 'create');
	const turn = takeTurn(memory, { isUrgent: isPublishing, longest: budgetOf(this) });
	if (!turn) return null;
	try {
		return await pollOnce(this, { isPublishing, isComingUp, memory, turn });
	} finally {
		turn.end();
	}
}

interface Circumstances {
	/** Whether someone has just published the workflow and is waiting for the result. */
	isPublishing: boolean;
	/** Whether n8n is activating the trigger, also after an edit. */
	isComingUp: boolean;
	memory: Memory;
	turn: Turn;
}

async function pollOnce(
	context: IPollFunctions,
	{ isPublishing, isComingUp, memory, turn }: Circumstances,
): Promise<INodeExecutionData[][] | null> {
	const settings = settingsOf(context);
	const staticData: IDataObject = context.getWorkflowStaticData('node');
	const keepsOwn = !isScheduled(context);
	const began = startingPoint(context, settings, { isPublishing, keepsOwn, memory });
	const { publishedAt, eventsBefore } = began;
	const from = `${began.publishedAt} ${began.position?.polls}`;
	const { givenOut } = memory;
	if (givenOut?.from === from && Date.now() - givenOut.at < SAVED_BY_THEN) return null;
	const isLate = !(Date.now() - (memory.polledAt ?? -Infinity) < LATE);
	// It hasn't seen what was asked while the trigger was off, or while answers were turned off.
	if (!began.position || !settings.answersQuestions) memory.followedUpTo = -Infinity;
	if (!isPublishing && (memory.notBefore ?? 0) > Date.now()) {
		memory.polledAt = Date.now();
		return null;
	}

	const keep = (position: Position) => {
		position.polls = Math.max(position.polls ?? 0, memory.polls ?? 0) + 1;
		store(staticData, settings, position);
		if (!keepsOwn) return;
		memory.stored = { position: staticData.position };
		memory.polls = position.polls;
	};
	let key = '';
	const comeToNothing = (failure: Failure) => {
		// It is not off: what arrives in the meantime starts the workflow later, even if someone publishes it again.
		if (!isPublishing) memory.polledAt = Date.now();
		memory.notBefore = Date.now() + Math.min(failure.retryAfterMs ?? 0, LONGEST_OBEYED);
		// What is stored before an exception would be saved.
		if (isPublishing && failure.isLasting) throw shownWhenPublishing(context, failure);
		if (turn.isOurs()) {
			if (began.position) {
				const now = Date.now() + memory.clockOffset;
				keep(withChosenEvents(began.position, settings, { eventsBefore, now }).position);
			} else {
				const { account } = began;
				keepPublishing(context, settings, {
					memory,
					at: publishedAt,
					account,
					isPublishing: isComingUp,
				});
			}
		}
		logFailure(context, failure);
		const setup = `${key} ${JSON.stringify(settings)}`;
		if (isComingUp || !isToBeShown(memory, failure, setup)) return null;
		throw isScheduled(context) ? shownByScheduler(failure) : failure.error;
	};
	const record = await openRecord(context, settings, isComingUp);
	if ('error' in record) return comeToNothing(record);
	({ key } = record);
	const base = await positionFor(record, began, memory);
	if ('error' in base) return comeToNothing(base);
	const found = nothingFound();
	const { position, counting } = withChosenEvents(base, settings, {
		eventsBefore,
		now: record.apiTime(Date.now()),
	});
	const backlogUpTo = isPublishing && !began.position ? position.floor + 2 * CLOCK_STEP : -Infinity;
	const { apiTime } = record;
	const looking = (): Looking => ({
		now: apiTime(Date.now()),
		events: counting,
		chosen: settings.events,
		inboxIds: settings.inboxIds,
		watchMs: settings.watchMs,
		backlogUpTo,
	});
	const readFrom = startOf(position);
	const failure = await readNews(record, position, looking, found);
	if (failure) return comeToNothing(failure);
	const unwatched = await lookAgain(record, position, looking, { found, isLate });
	if (unwatched) logFailure(context, unwatched);
	const { now } = looking();
	memory.clockOffset = now - Date.now();
	const { messages, answers, held, isToKeep } = await answersIn(context, settings, {
		texts: [...(position.held ?? []), ...found.received],
		sent: found.sent,
		span: { from: readFrom, upTo: found.upTo },
		record,
		memory,
		now,
	});

	if (!turn.isOurs()) return null;
	// No await from here on: n8n saves what is stored, and then starts the workflow with what is returned.
	memory.polledAt = Date.now();
	position.held = held;
	const started = startsFrom(position, messages, settings, now);
	const changed = found.changed.filter((entry) => passes(entry, settings.filters));
	const items = [...started, ...changed];
	position.account = accountAfter(position.account, record.key, found.anchors);
	keep(position);
	if (isPublishing || !began.position) {
		const { since: at, account } = position;
		keepPublishing(context, settings, { memory, at, account, isPublishing: isComingUp });
	}
	// Without durable cursors, n8n saves the position only together with an execution; here, one without items.
	if (items.length === 0 && answers.length === 0 && !(isToKeep && keepsOwn)) return null;
	memory.givenOut = { from, at: Date.now() };
	return [itemsOf(items, settings), itemsOf(answers, settings)];
}

function itemsOf(messages: Entry[], settings: Settings): INodeExecutionData[] {
	return [...messages].sort(inOrder).map((message) => ({ json: itemOf(message, settings) }));
}
