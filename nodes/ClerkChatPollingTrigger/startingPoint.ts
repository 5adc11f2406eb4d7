import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { isObject } from '../api/bodies';
import type { Account, Position } from './cursor';
import { intervalOf } from './pollTimes';
import type { Settings } from './settings';
import { inboxesOf, readStored } from './storedPosition';
import type { Memory, Published } from './thisProcess';

/** Where a poll begins. */
export interface StartingPoint {
	/** How far the record was read; left out when the trigger begins. */
	position?: Position;
	/** When the trigger was published with which it begins, in ms by this machine's clock. */
	publishedAt: number;
	/** The account for which it was published, where there is no position that says so. */
	account?: Account;
	/** Events that were chosen before. */
	eventsBefore: string[];
}

/** How long (ms) a trigger may at least have been off and still goes on where it was. */
const SHORT_PAUSE = 10 * 60_000;

/**
 * Says where a poll begins. A trigger is not told that it was switched off: one that is published anew within two intervals
 * of its last poll, or ten minutes, goes on where it was. After a longer pause it begins anew, and so it does with other
 * inboxes.
 * @param isPublishing whether somebody has just published the workflow
 * @param keepsOwn whether what this process remembers counts when it is newer than what n8n gives back. Where n8n keeps the
 * positions itself, an older one means that what came after it did not start the workflow
 */
export function startingPoint(
	context: IPollFunctions,
	settings: Settings,
	{ isPublishing, keepsOwn, memory }: { isPublishing: boolean; keepsOwn: boolean; memory: Memory },
): StartingPoint {
	const pause = Math.max(SHORT_PAUSE, 2 * intervalOf(context));
	const wasOff = isPublishing && !(Date.now() - (memory.polledAt ?? -Infinity) < pause);
	let stored = readStored(context.getWorkflowStaticData('node'), settings);
	// A workflow that writes static data itself puts an old position in the place of the new one.
	const own = keepsOwn && memory.stored ? readStored(memory.stored, settings) : undefined;
	if (pollsOf(own?.position) > pollsOf(stored.position)) stored = own!;
	const published = publishedWith(context, settings, memory);
	const { position, events } = stored;
	if (position && !wasOff && !(position.since < (published?.at ?? 0))) {
		return { position, publishedAt: position.since, eventsBefore: events };
	}
	const eventsBefore = settings.events;
	if (wasOff || !published) return { publishedAt: Date.now(), eventsBefore };
	return { publishedAt: published.at, account: published.account, eventsBefore };
}

interface Keeping {
	memory: Memory;
	isPublishing: boolean;
}

/**
 * Keeps when the trigger was published, until the first poll after that has stored a position: in this process, and among
 * the workflow's own static data, because n8n's durable cursors do not keep what a node stores while it is published.
 * @param isPublishing false while n8n polls: then it would not keep it
 */
export function keepPublishing(
	context: IPollFunctions,
	settings: Settings,
	{ memory, isPublishing, ...published }: Omit<Published, 'inboxes'> & Keeping,
): void {
	memory.published = { ...published, inboxes: inboxesOf(settings) };
	if (!isPublishing) return;
	const global = context.getWorkflowStaticData('global');
	const kept = isObject(global[KEPT_AS]) ? global[KEPT_AS] : {};
	global[KEPT_AS] = {
		...kept,
		[context.getNode().id]: JSON.parse(JSON.stringify(memory.published)) as IDataObject,
	};
}

const KEPT_AS = 'clerkChatPollingTrigger';

/** The last publishing with these inboxes, as far as one was kept. */
function publishedWith(
	context: IPollFunctions,
	settings: Settings,
	{ published }: Memory,
): Published | undefined {
	const kept = context.getWorkflowStaticData('global')[KEPT_AS];
	const saved = isObject(kept) ? kept[context.getNode().id] : undefined;
	return [published, saved]
		.filter((each): each is Published & IDataObject => isObject(each) && Number(each.at) > 0)
		.filter(({ inboxes }) => inboxes === inboxesOf(settings))
		.sort((a, b) => b.at - a.at)[0];
}

function pollsOf(position: Position | undefined): number {
	return position?.polls ?? -1;
}
