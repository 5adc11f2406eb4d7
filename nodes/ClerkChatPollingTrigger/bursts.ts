import { createHash } from 'node:crypto';
import { timeOf } from '../api/record';
import type { Entry } from '../api/record';
import { inOrder } from './cursor';
import type { Position } from './cursor';

/** How long (ms) the texts of a conversation are collected at most. */
export const LONGEST_BURST = 600_000;

/** How much is collected at most, in texts and in letters of JSON: it is saved with the workflow. */
const MOST_COLLECTED = { texts: 300, letters: 80_000 };

/** Of how many conversations it is kept when their last first text came in. */
const MOST_FIRSTS = 3_000;

/** What a text belongs to: its conversation, or whoever wrote it where that is not told. */
function conversationOf({ conversationId, sender }: Entry): string {
	return String(conversationId ?? sender);
}

/** What tells a conversation from others, in few letters: thousands are saved with the workflow. */
function shortOf(conversation: string): string {
	if (conversation.length <= 12) return conversation;
	return createHash('sha256').update(conversation).digest('base64url').slice(0, 12);
}

/**
 * Leaves the first text of each conversation within so much time, and what belongs to a burst that it began.
 * @param texts oldest first
 * @param withinMs for how long (ms) after a first text no other one is
 * @param collects whether the texts of a burst come out together
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
 * Collects texts until nobody has written in their conversation for so long.
 * @param news the texts that are new
 * @param quietMs how long nobody must have written, in ms
 * @returns for each burst that is over one text: the newest one, with all `messages` of the burst, oldest first, and what
 * they say, line by line, in `body`
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
	// Written so that a text without a time does not wait for ever.
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
	const bodies = messages.map(({ body }) => String(body ?? '')).filter((body) => body !== '');
	// A workflow that writes back must know of it, also when something else came after.
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
