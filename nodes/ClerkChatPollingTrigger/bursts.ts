import { createHash } from 'node:crypto';
import { asText } from '../api/bodies';
import { timeOf } from '../api/record';
import type { Entry } from '../api/record';
import { inOrder } from './cursor';
import type { Position } from './cursor';

/** How long (ms) to collect the texts of a conversation at most. */
export const LONGEST_BURST = 600_000;

/** How much to collect at most, in texts and in characters of JSON: it is saved with the workflow. */
const MOST_COLLECTED = { texts: 300, letters: 80_000 };

/** For how many conversations to remember when the last "first text" arrived. */
const MOST_FIRSTS = 3_000;

/** The key of a text's conversation: its ID, or the sender if there is none. */
function conversationOf({ conversationId, sender }: Entry): string {
	return asText(conversationId ?? sender);
}

/** A short key for a conversation: thousands of them are saved with the workflow. */
function shortOf(conversation: string): string {
	if (conversation.length <= 12) return conversation;
	return createHash('sha256').update(conversation).digest('base64url').slice(0, 12);
}

/**
 * Keeps the first text of each conversation within a period, and the texts of the burst it begins.
 * @param texts oldest first
 * @param withinMs for how long (ms) after a first text there is no other
 * @param collects whether the texts of a burst start the workflow together
 */
export function firstOnly(
	position: Position,
	texts: Entry[],
	{ withinMs, collects, now }: { withinMs: number; collects: boolean; now: number },
): Entry[] {
	const firsts = new Map(position.firsts);
	const open = new Set(collects ? (position.burst ?? []).map(conversationOf) : []);
	const left = texts.filter((text) => {
		const conversation = conversationOf(text);
		const key = shortOf(conversation);
		const time = timeOf(text) || now;
		if (time - (firsts.get(key) ?? -Infinity) < withinMs) return open.has(conversation);
		firsts.set(key, time);
		if (collects) open.add(conversation);
		return true;
	});
	const kept = [...firsts].filter(([, time]) => now - time < withinMs);
	position.firsts = new Map(kept.sort(([, a], [, b]) => b - a).slice(0, MOST_FIRSTS));
	return left;
}

/**
 * Collects texts until their conversation has been quiet for a while.
 * @param news the new texts
 * @param quietMs how long (ms) a conversation must be quiet
 * @returns one text for each finished burst: the newest one, with all `messages` of the burst, oldest first, and their
 * texts, line by line, in `body`
 */
export function collect(
	position: Position,
	news: Entry[],
	{ quietMs, now }: { quietMs: number; now: number },
): Entry[] {
	const bursts = new Map<string, Entry[][]>();
	for (const text of [...(position.burst ?? []), ...news].sort(inOrder)) {
		const there = bursts.get(conversationOf(text)) ?? [];
		bursts.set(conversationOf(text), there);
		const last = there.at(-1);
		const goesOn =
			last &&
			timeOf(text) - timeOf(last[last.length - 1]) < quietMs &&
			timeOf(text) - timeOf(last[0]) < LONGEST_BURST;
		if (goesOn) last.push(text);
		else there.push([text]);
	}
	const all = [...bursts.values()].flat();
	// Written so that a text without a time doesn't wait forever.
	const isOpen = (burst: Entry[]) =>
		now - timeOf(burst[burst.length - 1]) < quietMs && now - timeOf(burst[0]) < LONGEST_BURST;
	let [texts, letters] = [0, 0];
	const open = new Set<Entry[]>();
	for (const burst of all.filter(isOpen)) {
		texts += burst.length;
		letters += JSON.stringify(burst).length;
		if (texts <= MOST_COLLECTED.texts && letters <= MOST_COLLECTED.letters) open.add(burst);
	}
	position.burst = [...open].flat();
	return all.filter((burst) => !open.has(burst)).map(together);
}

function together(messages: Entry[]): Entry {
	const { followUp, ...newest } = messages[messages.length - 1];
	const bodies = messages.map(({ body }) => asText(body ?? '')).filter((body) => body !== '');
	// A workflow that replies must know about it, even if something else came later.
	const asked = messages
		.map((each) => each.openQuestion)
		.filter(Boolean)
		.at(-1);
	return {
		...newest,
		...(asked && { openQuestion: asked }),
		...(messages.every((each) => each.followUp) && { followUp }),
		body: bodies.join('\n'),
		messages,
	};
}
