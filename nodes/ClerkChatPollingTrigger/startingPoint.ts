import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { isObject } from '../api/bodies';
import type { Account, Position } from './cursor';
import { intervalOf } from './pollTimes';
import type { Settings } from './settings';
import { inboxesOf, readStored } from './storedPosition';
import type { Memory, Published } from './thisProcess';

/** Where a poll begins. */
export interface StartingPoint {
	/** How far the record has been read; left out if the trigger starts over. */
	position?: Position;
	/** When the workflow was published, in ms by this machine's clock. */
	publishedAt: number;
	/** The account it was published for, if no position says so. */
	account?: Account;
	/** The events chosen before. */
	eventsBefore: string[];
}

/** After a pause of up to this long (ms), a trigger always continues where it was. */
const SHORT_PAUSE = 10 * 60_000;

/**
 * Determines where a poll begins. A trigger isn't told that it was switched off. If it is published again within two
 * intervals of its last poll, or ten minutes, it continues where it was. After a longer pause, or with other inboxes,
 * it starts over.
 * @param isPublishing whether someone has just published the workflow
 * @param keepsOwn whether this process's memory counts if it is newer than what n8n returns. Where n8n keeps positions
 * itself, an older one means that whatever came after it didn't start the workflow
 */
export function startingPoint(
	context: IPollFunctions,
	settings: Settings,
	{ isPublishing, keepsOwn, memory }: { isPublishing: boolean; keepsOwn: boolean; memory: Memory },
): StartingPoint {
	const pause = Math.max(SHORT_PAUSE, 2 * intervalOf(context));
	const wasOff = isPublishing && !(Date.now() - (memory.polledAt ?? -Infinity) < pause);
	let stored = readStored(context.getWorkflowStaticData('node'), settings);
	// A workflow that writes static data itself puts an old position back.
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
 * Remembers when the trigger was published until the first poll afterwards has stored a position: in this process, and
 * in the workflow's own static data, because n8n's durable cursors don't keep what a node stores while it is being
 * published.
 * @param isPublishing false while n8n polls: then it wouldn't be kept
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

/** The last publishing with these inboxes, if one is remembered. */
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
