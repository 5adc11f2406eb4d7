import { isDelivered } from '../api/messageStatus';
import { idOf, timeOf } from '../api/record';
import type { Entry } from '../api/record';
import { failedAtOf, keysOf, saidBy } from './conversation';
import type { Fate, Question, Said } from './conversation';
import { inOrder } from './cursor';
import { REMEMBERED, situationIn } from './situation';
import type { Situation } from './situation';

export { REMEMBERED } from './situation';

/** How late (ms) a question may be listed, after something sent later. */
const LISTED_LATE = 10 * 60_000;

/** Roughly how many messages to remember. */
const MOST_KEPT = 20_000;

/** The conversations this process knows, as far as needed to tell which question a text may answer. */
export class Questions {
	private readonly byConversation = new Map<string, Map<string, Said>>();

	/** By conversation, the number of questions in it, if there are any. */
	private readonly asked = new Map<string, number>();

	private readonly byId = new Map<string, { said: Said; keys: string[] }>();

	/** Remembers entries, in any order. @param base see {@link linkIn} */
	add(entries: Entry[], base: string): void {
		for (const entry of entries) {
			const id = idOf(entry);
			const known = this.byId.get(id);
			if (known) {
				// Its status may have changed.
				known.said.failedAt = failedAtOf(entry);
				if (known.said.question) known.said.question.entry = entry;
				continue;
			}
			const said = saidBy(entry, base);
			const keys = keysOf(entry);
			this.byId.set(id, { said, keys });
			for (const key of keys) {
				const there = this.byConversation.get(key) ?? new Map<string, Said>();
				this.byConversation.set(key, there.set(id, said));
				if (said.question) this.asked.set(key, (this.asked.get(key) ?? 0) + 1);
			}
		}
	}

	/**
	 * Forgets what exceeds the limit: conversations without a question first, for example after a campaign. It doesn't
	 * forget while the record is being searched for questions: a message sent after a question might be forgotten
	 * before the question is found.
	 * @param now the API's clock, in ms
	 */
	trim(now: number): void {
		this.forgetBefore(now - REMEMBERED);
		if (this.byId.size <= MOST_KEPT) return;
		for (const [id, { said, keys }] of this.byId) {
			const isQuiet = !keys.some((key) => this.asked.has(key));
			if (isQuiet && said.time < now - LISTED_LATE) this.forget(id);
		}
		if (this.byId.size <= MOST_KEPT) return;
		const times = [...this.byId.values()].map(({ said }) => said.time).sort((a, b) => b - a);
		this.forgetBefore(times[MOST_KEPT / 2]);
	}

	/** Forgets everything before a time (ms, by the API's clock). */
	forgetBefore(time: number): void {
		for (const [id, { said }] of this.byId) if (!(said.time >= time)) this.forget(id);
	}

	private forget(id: string): void {
		const { said, keys } = this.byId.get(id)!;
		this.byId.delete(id);
		for (const key of keys) {
			const there = this.byConversation.get(key);
			there?.delete(id);
			if (there?.size === 0) this.byConversation.delete(key);
			const left = (this.asked.get(key) ?? 0) - (said.question ? 1 : 0);
			if (left > 0) this.asked.set(key, left);
			else this.asked.delete(key);
		}
	}

	/** Remembers the result of a text. */
	settle(reply: Entry, fate: Fate): void {
		const known = this.byId.get(idOf(reply));
		if (known) known.said.fate = fate;
	}

	/** This n8n's questions sent at or after this time (ms) whose delivery is unknown. */
	onTheirWay(since: number): Question[] {
		return [...this.byId.values()].flatMap(({ said: { question, time } }) =>
			question?.isOwn && time >= since && !isDelivered(question.entry) ? [question] : [],
		);
	}

	/** The messages that contain a link: the question, and copies that someone forwarded. */
	withLink(link: string): Question[] {
		return [...this.byId.values()].flatMap(({ said: { question } }) =>
			question?.link === link ? [question] : [],
		);
	}

	/**
	 * How a received text fits into its conversation.
	 * @param closedSince see {@link situationIn}
	 */
	situationOf(reply: Entry, closedSince: (link: string) => number | undefined): Situation {
		// Most texts end here: a conversation may be long, so it isn't sorted for nothing.
		if (!keysOf(reply).some((key) => this.asked.has(key))) {
			return { isBetweenTwo: false, isLastOut: false, isKnown: this.hasOutBefore(reply) };
		}
		return situationIn(this.conversationOf(reply), reply, closedSince);
	}

	/** Compares like `inOrder`, but reads each time only once: a conversation may be long. */
	private hasOutBefore(reply: Entry): boolean {
		const at = timeOf(reply);
		return keysOf(reply).some((key) =>
			[...(this.byConversation.get(key)?.values() ?? [])].some(
				({ from, failedAt, time, entry: { id } }) =>
					from === undefined &&
					failedAt === undefined &&
					(time - at || Number(id) - Number(reply.id) || 0) <= 0,
			),
		);
	}

	/** Everything said in a text's conversation, oldest first. */
	private conversationOf(reply: Entry): Said[] {
		const all = new Map<string, Said>();
		for (const key of keysOf(reply)) {
			for (const [id, said] of this.byConversation.get(key) ?? []) all.set(id, said);
		}
		return [...all.values()].sort((a, b) => inOrder(a.entry, b.entry));
	}
}
