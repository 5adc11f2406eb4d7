import type { IDataObject, IHttpRequestOptions, IWebhookFunctions } from 'n8n-workflow';
import { handOverIn, receptionBody } from '../../nodes/api/answering';
import { takeHandOver } from '../../nodes/ClerkChat/waiting/takeHandOver';
import { FakeRecord } from '../engine/fakeRecord';
import { PollingHost } from '../engine/pollingHost';
import { BUTTONS, steps, TEXTS } from './conversation';
import type { Kind, Step } from './conversation';
import { randomCases, RUNS } from './randomCases';

/*
 * Conversations in which questions are asked, answered and abandoned, checked against a small model of the rule in
 * docs/pollingTrigger.md that shares no code with the node. `npm run test:random -- --file conversations --runs 5000`
 * runs more of them.
 */

const START = Date.parse('2026-05-01T12:00:00.000Z');
const US = '+14155550100';
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const PEOPLE = ['+14155550123', '+14155550124'];
const BASES = ['https://one.example.com/', 'https://two.example.com/'];

/** A message on record, as the model sees it. */
interface Message {
	number: number;
	at: number;
	person: number;
	entry: IDataObject;
	/** For a sent one. */
	question?: Asked;
	isAutomatic?: boolean;
	/** Whether it failed so late that an n8n need not know. */
	hasFailedLate?: boolean;
	failedAt?: number;
	/** For a received one. */
	text?: string;
}

interface Asked {
	number: number;
	n8n: number;
	kind: Kind;
	hours: number;
	link: string;
	isOpen: boolean;
	/** Whether its workflow heard that it did not arrive. */
	isTold?: boolean;
	message: Message;
}

/** A text that answered a question. */
interface Answer {
	text: Message;
	question: Asked;
}

class World {
	clock = START;

	readonly record = new FakeRecord(() => this.clock);

	readonly hosts = BASES.map((base, n8n) => this.hostOf(base, n8n));

	readonly messages: Message[] = [];

	readonly questions: Asked[] = [];

	readonly answers: Answer[] = [];

	readonly trace: string[] = [];

	readonly wrong: string[] = [];

	private breaks = false;

	private nextId = 1000;

	async play(all: Step[]): Promise<void> {
		for (const host of this.hosts) await host.publish();
		for (const step of all) {
			this.clock += Math.max(step.after, 0.01) * SECOND;
			this.trace.push(`${(this.clock - START) / SECOND}: ${JSON.stringify(step)}`);
			await this.take(step);
		}
		for (const n8n of [0, 1, 0, 1]) {
			this.clock += MINUTE;
			await this.poll(n8n, false, false);
		}
		this.checkWhatCameOut();
	}

	private async take(step: Step): Promise<void> {
		if (step.what === 'ask') this.ask(step);
		else if (step.what === 'text') this.text(step);
		else if (step.what === 'other') {
			const status = step.hasFailed ? 'failed' : 'sent';
			const message = this.goesOut(step.person, { body: 'We are closed tomorrow', status });
			if (step.hasFailed) message.failedAt = message.at;
		} else if (step.what === 'automatic') {
			const message = this.goesOut(step.person, { body: 'Reply STOP to unsubscribe.' });
			message.isAutomatic = true;
		} else if (step.what === 'close' && this.questions[step.question]) {
			this.questions[step.question].isOpen = false;
		} else if (step.what === 'fail' && this.questions[step.question]?.isOpen) {
			// What was answered had arrived.
			const { message } = this.questions[step.question];
			this.record.update(message.entry, { status: 'failed' });
			message.failedAt ??= this.clock;
			message.hasFailedLate = this.clock - message.at > 4 * MINUTE;
		} else if (step.what === 'poll') await this.poll(step.n8n, step.killed, step.breaks);
		else if (step.what === 'restart') await this.hosts[step.n8n].restart();
	}

	private ask({ n8n, person, kind, hours }: Extract<Step, { what: 'ask' }>): void {
		const number = this.questions.length;
		const link = `${BASES[n8n]}webhook-waiting/${number + 1}/node?signature=${'a'.repeat(64)}`;
		const message = this.goesOut(person, { body: `Friday?\nReply, or tap:\n${link}` });
		message.question = { number, n8n, kind, hours, link, isOpen: true, message };
		this.questions.push(message.question);
	}

	private text({ person, text }: Extract<Step, { what: 'text' }>): void {
		const entry = this.add({ inbound: true, sender: PEOPLE[person], members: [US], body: text });
		this.messages.push({ ...this.placeOf(person, entry), text });
	}

	private goesOut(person: number, changes: IDataObject): Message {
		const entry = this.add({ inbound: false, sender: US, members: [PEOPLE[person]], ...changes });
		const message: Message = this.placeOf(person, entry);
		this.messages.push(message);
		return message;
	}

	private add(changes: IDataObject): IDataObject {
		return this.record.add({ ...changes, id: this.nextId++, conversationId: null });
	}

	private placeOf(person: number, entry: IDataObject) {
		return { number: this.messages.length, at: this.clock, person, entry };
	}

	private hostOf(base: string, n8n: number): PollingHost {
		const host = new PollingHost(this.record, `workflow ${n8n}`);
		host.base = base;
		host.elsewhere = async (options) => ({
			statusCode: 200,
			headers: {},
			body: (await this.page(n8n, options)) as never,
		});
		return host;
	}

	/** A question's page, with the node's own decision. */
	private async page(n8n: number, { url, body }: IHttpRequestOptions): Promise<unknown> {
		if (!url.startsWith(BASES[n8n])) throw new Error('connect ECONNREFUSED 127.0.0.1:5678');
		const question = this.questions.find(({ link }) => link === url);
		if (!question || question.n8n !== n8n) {
			this.wrong.push(`n8n ${n8n} posts to ${url}`);
			throw new Error('connect ECONNREFUSED');
		}
		if (!question.isOpen) return '<title>No action required</title>';
		if (body === undefined) return receptionBody({ reception: 'notTaken' });
		const handed = handOverIn(body)!;
		const context = {
			getCredentials: async () => ({ apiKey: 'a-secret-key' }),
		} as unknown as IWebhookFunctions;
		const asked = {
			run: '0',
			executionId: '1',
			id: 'x',
			recipients: [PEOPLE[question.message.person]],
			by: US,
			askedAt: new Date(question.message.at).toISOString(),
			question: {
				message: 'Friday?',
				until: '3000-01-01T00:00:00.000Z',
				replyHours: question.hours,
				buttons: BUTTONS[question.kind],
				isNumbered: question.kind === 'labels',
			},
		};
		const outcome = await takeHandOver(context, asked, handed, 'a'.repeat(64));
		if ('reason' in outcome) {
			const words = { text: 'Friday?', askedAt: asked.askedAt, expected: 'YES or NO' };
			return receptionBody({ reception: 'notTaken', reason: outcome.reason, question: words });
		}
		question.isOpen = false;
		if (handed.handOver.kind === 'notDelivered') question.isTold = true;
		else this.answered(question, handed.handOver.id);
		if (this.breaks) throw new Error('socket hang up');
		return receptionBody({ reception: 'taken' });
	}

	private answered(question: Asked, id: unknown): void {
		const text = this.messages.find(({ entry }) => entry.id === id)!;
		const against = this.against(text, question.n8n, this.answers);
		if (against) this.wrong.push(`${text.entry.id} answered ${question.number}: ${against}`);
		if (this.newestFor(text)?.question !== question) {
			this.wrong.push(`${text.entry.id} answered ${question.number}, which is not the newest`);
		}
		const older = this.eitherOf(text, question);
		if (older) {
			this.wrong.push(
				`${text.entry.id} answered ${question.number}, and may be for ${older.number}`,
			);
		}
		if (this.answers.some((each) => each.text === text)) {
			this.wrong.push(`${text.entry.id} answered twice`);
		}
		this.answers.push({ text, question });
		this.trace.push(`    ${text.entry.id} answers question ${question.number}`);
	}

	/** An older question, still open, that a text may be for because the newest one has only just gone out. */
	private eitherOf(text: Message, { message: newest }: Asked): Asked | undefined {
		if (text.at - newest.at > 15 * SECOND) return undefined;
		return this.questions.find(
			({ isOpen, message: older }) =>
				isOpen &&
				older.person === text.person &&
				isLater(newest, older) &&
				text.at - older.at <= 168 * HOUR &&
				!this.messages.some(
					(each) =>
						each.text === undefined &&
						each.person === text.person &&
						!hadFailed(each, text) &&
						isBetween(older, each, newest) &&
						!(each.isAutomatic && this.wasAskedFor(each)),
				),
		);
	}

	/** The newest question that a text may be for. */
	private newestFor(text: Message): Message | undefined {
		return this.messages
			.filter(
				(each) =>
					each.question &&
					!hadFailed(each, text) &&
					each.person === text.person &&
					each.at <= text.at + 5 * SECOND,
			)
			.sort((a, b) => a.at - b.at || a.number - b.number)
			.at(-1);
	}

	/**
	 * What speaks against a text as an answer to one of an n8n's questions, by the rule; undefined when nothing does. The
	 * question itself may be closed.
	 */
	private against(text: Message, n8n: number, answers: Answer[]): string | undefined {
		const newest = this.newestFor(text);
		if (!newest?.question) return 'nobody asked (1)';
		const { question } = newest;
		if (question.n8n !== n8n) return 'another n8n asked (7)';
		const other = this.messages.find(
			(each) =>
				each.text === undefined &&
				each !== newest &&
				each.person === text.person &&
				!hadFailed(each, text) &&
				isBetween(newest, each, text) &&
				!(each.isAutomatic && this.wasAskedFor(each)),
		);
		if (other) return `${String(other.entry.id)} went out meanwhile (2)`;
		if (isLater(newest, text)) return 'it may be what the question responds to (2)';
		if (text.at - newest.at > question.hours * HOUR) return 'too late (3)';
		const last = answers
			.filter((each) => each.text.person === text.person && isLater(text, each.text))
			.at(-1);
		if (last && text.at - last.text.at <= 2 * MINUTE) {
			const isNewer = isLater(newest, last.text);
			if (!isNewer || text.at - newest.at <= 15 * SECOND) return 'it follows an answer (4)';
		}
		return TEXTS[text.text!][question.kind] ? undefined : 'it is no answer (5, 6)';
	}

	/** Whether HELP or STOP was received within the minute before. */
	private wasAskedFor(automatic: Message): boolean {
		return this.messages.some(
			(each) =>
				['STOP', 'HELP'].includes(each.text ?? '') &&
				each.person === automatic.person &&
				each.at <= automatic.at &&
				automatic.at - each.at <= MINUTE,
		);
	}

	/** Which texts a poll has to take for answers. */
	private expectedOf(n8n: number): Message[] {
		const expected: Message[] = [];
		const answers = [...this.answers];
		const closed = new Set(this.questions.filter(({ isOpen }) => !isOpen));
		const out = this.idsOf(n8n);
		const unsure = new Set<number>();
		const unseen = this.messages
			.filter(({ text, entry }) => text !== undefined && !out.includes(entry.id))
			.sort((a, b) => a.at - b.at || a.number - b.number);
		for (const text of unseen) {
			const newest = this.newestFor(text);
			const question = newest?.question;
			if (this.messages.some((each) => each.hasFailedLate && each.person === text.person)) continue;
			if (unsure.has(text.person) || !question || closed.has(question)) continue;
			// A question hears first that it did not arrive.
			if (newest.failedAt !== undefined || this.against(text, n8n, answers)) continue;
			// In the first quarter of a minute, it depends on what is known of older questions.
			const isEarly = text.at - newest.at <= 15 * SECOND;
			if (
				isEarly &&
				this.questions.some((each) => each !== question && isLater(newest, each.message))
			) {
				unsure.add(text.person);
				continue;
			}
			closed.add(question);
			answers.push({ text, question });
			expected.push(text);
		}
		return expected;
	}

	private async poll(n8n: number, isKilled: boolean, breaks: boolean): Promise<void> {
		// Another n8n's answers arrive only between the two polls, so each poll is predictable.
		const expected = isKilled || breaks ? [] : this.expectedOf(n8n);
		this.breaks = breaks;
		await this.hosts[n8n].tick(isKilled ? 'saving' : undefined);
		this.breaks = false;
		for (const text of expected) {
			if (!this.answers.some((each) => each.text === text)) {
				this.wrong.push(`${String(text.entry.id)} was not taken for an answer`);
			}
		}
	}

	private idsOf(n8n: number): unknown[] {
		return [0, 1].flatMap((output) => this.hosts[n8n].out(output).map(({ id }) => id));
	}

	private checkWhatCameOut(): void {
		const texts = this.messages.filter(({ text }) => text !== undefined);
		for (const [n8n, host] of this.hosts.entries()) {
			const ids = this.idsOf(n8n);
			const expected = texts.map(({ entry }) => entry.id);
			if (JSON.stringify([...ids].sort()) !== JSON.stringify(expected.sort())) {
				this.wrong.push(
					`out of n8n ${n8n} came ${JSON.stringify(ids)}, not ${JSON.stringify(expected)}`,
				);
			}
			for (const { id } of host.out(1)) {
				const isAnswer = this.answers.some(
					({ text, question }) => text.entry.id === id && question.n8n === n8n,
				);
				if (!isAnswer) this.wrong.push(`${String(id)} came out of Answer of n8n ${n8n}`);
			}
			for (const { id, followUp } of host.out(0)) {
				if (!followUp) continue;
				const text = texts.find(({ entry }) => entry.id === id)!;
				const isAfter = this.answers.some(
					(each) =>
						each.text.person === text.person &&
						text.at - each.text.at <= 2 * MINUTE &&
						isLater(text, each.text),
				);
				if (!isAfter) this.wrong.push(`${String(id)} follows no answer`);
			}
			if (host.failures.length > 0) this.wrong.push(String(host.failures[0]));
		}
	}
}

/** Whether a message had failed by the time a text was received. */
function hadFailed({ failedAt = Infinity }: Message, text: Message): boolean {
	return failedAt <= text.at;
}

function isLater(a: Message, b: Message): boolean {
	return a.at > b.at || (a.at === b.at && a.number > b.number);
}

function isBetween(start: Message, each: Message, end: Message): boolean {
	return isLater(each, start) && isLater(end, each);
}

afterEach(() => jest.restoreAllMocks());

let answers = 0;

randomCases(
	'conversations: no text answers what it does not mean, and each that does answers',
	steps,
	async (all) => {
		const world = new World();
		const now = jest.spyOn(Date, 'now').mockImplementation(() => world.clock);
		try {
			await world.play(all);
		} finally {
			now.mockRestore();
		}
		answers += world.answers.length;
		if (world.wrong.length > 0) {
			throw new Error(`${world.wrong.join('\n')}\n${world.trace.join('\n')}`);
		}
	},
	() => expect(answers).toBeGreaterThan(RUNS / 4),
);
