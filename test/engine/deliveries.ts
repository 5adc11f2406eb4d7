import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { clerkChatApi } from './clerkChatApi';
import type { Answer, Received } from './clerkChatApi';
import type { Result, Setup } from './engine';
import { messageObject, setup as sending, textsIn } from './messages';

export { toContinue } from './messages';

/*
 * Checks the guarantees from the recipients' side: counts the texts that each person got, whatever the API responded.
 */

/** The number that all of them get their texts from. */
export const SENDER = '+14155550100';

let people = 7_000_000;

/** Someone no other test in this process uses: the node remembers sent messages for a while. */
export const somebody = (): string => `+1415${++people}`;

/** What happens to a request. By default, it returns the message and reaches its recipients. */
export interface Fate {
	/** Another answer than the message as it was taken. */
	answer?: Answer;
	/** What is different about the message in that answer. */
	says?: IDataObject;
	/** Whether it reaches its people; when left out, as the answer says. */
	isDelivered?: boolean;
	/** What is different about its entry on record; false: it is not listed before {@link Deliveries.list}. */
	onRecord?: IDataObject | false;
}

/**
 * What happens to requests: the same to each, one after the other (all further ones succeed), or as a function says.
 */
export type Fates =
	| Fate
	| Array<Fate | Answer>
	| ((request: Received, index: number) => Fate | Answer | Promise<Fate | Answer>);

/** What happened at the other side. */
export interface Deliveries {
	/** The requests that send. */
	sent: Received[];
	/** The requests for the record. */
	looks: Received[];
	/** What is on record. */
	entries: IDataObject[];
	/** Lists all that was not listed yet. */
	list: () => void;
	/** How many texts someone got. */
	got: (person: string) => number;
	/** What the requests that send say. */
	texts: () => unknown[];
}

let ids = 900_000;

/** A message as on record, or in a response. */
export function entryOf(
	{ text, to, from = SENDER }: { text: string; to: string | string[]; from?: string },
	changes: IDataObject = {},
): IDataObject {
	// By the clock that tests change.
	const now = new Date(Date.now()).toISOString();
	return messageObject(++ids, {
		body: text,
		sender: from,
		members: [from, ...[to].flat()],
		created: now,
		timestamp: now,
		updated: now,
		...changes,
	});
}

/**
 * Clerk Chat that logs who really got what.
 * @param fates what happens to each request, numbered from 0
 * @param options `closed`: the status returned for reading the record, if it can't be read
 */
export function clerkChat(
	fates: Fates = {},
	options: {
		closed?: () => number | undefined;
		onLook?: () => void | Promise<void>;
		baseUrl?: string;
		documented?: boolean;
	} = {},
): Deliveries {
	const { closed = () => undefined, onLook = () => {}, ...others } = options;
	const entries: IDataObject[] = [];
	const hidden: IDataObject[] = [];
	const looks: Received[] = [];
	const delivered: string[] = [];
	const record = async (request: Received): Promise<Answer> => {
		looks.push(request);
		await onLook();
		const status = closed();
		if (status) return [status, { message: 'no' }];
		const { start, end, page, limit } = request.query as Record<string, string>;
		// What has no time is listed always.
		const timeOf = ({ timestamp }: IDataObject) =>
			typeof timestamp === 'string' ? Date.parse(timestamp) : Date.now();
		const listed = entries
			.filter((entry) => timeOf(entry) > Date.parse(start))
			.filter((entry) => !end || timeOf(entry) <= Date.parse(end))
			.sort((a, b) => timeOf(b) - timeOf(a));
		const from = (Number(page) - 1) * Number(limit);
		return [200, { data: listed.slice(from, from + Number(limit)), total: listed.length }];
	};
	const answer = async (request: Received, index: number): Promise<Answer> => {
		const to = request.body.recipients as string[];
		const message = entryOf({ text: String(request.body.body), to });
		const given = Array.isArray(fates) ? (fates[index] ?? {}) : fates;
		const came = typeof given === 'function' ? await given(request, index) : given;
		const fate: Fate = Array.isArray(came) ? { answer: came } : came;
		const { isDelivered = !fate.answer || fate.answer[0] < 300, onRecord = {} } = fate;
		if (isDelivered) {
			delivered.push(...to);
			if (onRecord === false) hidden.push(message);
			else entries.push({ ...message, ...onRecord });
		}
		return fate.answer ?? [201, { data: { ...message, ...fate.says } }];
	};
	const sent = clerkChatApi(answer, { ...others, record });
	return {
		sent,
		looks,
		entries,
		list: () => void entries.push(...hidden.splice(0)),
		got: (person) => delivered.filter((each) => each === person).length,
		texts: () => textsIn(sent),
	};
}

/** Whether a message goes to someone. */
export const isTo = (person: string, { body }: Received): boolean =>
	(body.recipients as string[]).includes(person);

/** This many people, each from {@link somebody}. */
export const some = (count: number): string[] => Array.from({ length: count }, somebody);

/** An item for each of these people, with the same text or one for each. */
export const itemsTo = (people: string[], text: string | string[]): IDataObject[] =>
	people.map((to, index) => ({ to, text: typeof text === 'string' ? text : text[index] }));

/** An answer after which nobody knows whether the message was sent. */
export const UNCLEAR: Answer = [500, {}];

/** Unclear, and nobody got it. */
export const LOST: Fate = { answer: UNCLEAR };

/** Unclear, and on record. */
export const LISTED: Fate = { answer: UNCLEAR, isDelivered: true };

/** Unclear, and on record only after {@link Deliveries.list}. */
export const UNLISTED: Fate = { ...LISTED, onRecord: false };

/** An answer that says that it was not. */
export const REFUSED: Answer = [422, { message: 'no' }];

/** A node that sends `text` to `to`, one message at a time. */
export const setup = (
	options: IDataObject = {},
	settings: Setup['settings'] = {},
	parameters: INodeParameters = {},
): Setup => {
	const given = { maxConcurrency: 1, ...options } as INodeParameters;
	return sending({ sender: SENDER, options: given, ...parameters }, settings);
};

/** The same with Skip If Sent. */
export const skipping = (...[options, ...others]: Parameters<typeof setup>): Setup =>
	setup({ skipSentWithinHours: 24, ...options }, ...others);

/** The option with which a later try sends what is unknown. */
export const sendAgain = { unknownOutcome: 'resend' };

/** The result of each item, in the order returned: `sent`, or how it failed. */
export const outcomesOf = ({ items, errorItems }: Result): unknown[] =>
	[...items, ...errorItems].map(({ json }) => (json.error as IDataObject)?.outcome ?? 'sent');

/** All that people read of what failed: of the error that ended the run, and of each item. */
export const wordsOf = ({ error, items, errorItems }: Result): string =>
	[error, ...[...items, ...errorItems].map(({ json }) => json.error as IDataObject | null)]
		.map((each) => (each ? `${String(each.message)}. ${String(each.description)}` : ''))
		.join('\n');

/** The same, by item: the text sent, or how it failed. */
export const textsOf = ({ items }: Result): unknown[] =>
	items.map(({ json }) => (json.error as IDataObject)?.outcome ?? json.body);

/** The IDs of the items returned. */
export const idsOf = ({ items }: Result): unknown[] => items.map(({ json }) => json.id);

/** How many texts each of these people got. */
export const counts = ({ got }: Deliveries, people: string[]): number[] => people.map(got);

/** What n8n has of an execution that was killed: changed as the killing left it, or without all that this node left. */
export function killed(
	{ data, ...others }: Result,
	change = (saved: Result['data']) => {
		saved.executionData!.contextData = {};
		delete saved.resultData.runData['Clerk Chat'];
	},
): Result {
	const saved = JSON.parse(JSON.stringify(data)) as Result['data'];
	change(saved);
	return { ...others, data: saved };
}

/** Time passes (ms), until the end of the test. */
export function later(ms: number): void {
	const now = Date.now.bind(Date);
	jest.spyOn(Date, 'now').mockImplementation(() => now() + ms);
}

/** The times of a message. */
export function at(time: number): IDataObject {
	const text = new Date(time).toISOString();
	return { timestamp: text, created: text };
}
