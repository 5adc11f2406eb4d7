import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { clerkChatApi } from './clerkChatApi';
import type { Answer, Received } from './clerkChatApi';
import type { Result, Setup } from './engine';
import { messageObject, setup as sending } from './messages';

export { toContinue } from './messages';

/* For tests of the promise as the people see it who are texted: how many texts each of them got, whatever was answered. */

/** The number that all of them get their texts from. */
export const SENDER = '+14155550100';

let people = 7_000_000;

/** Somebody whom no other test of this process knows: the node remembers for a while what went out. */
export const somebody = (): string => `+1415${++people}`;

/** What becomes of a request, of which nothing else is said: it is answered with the message, and reaches its people. */
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
	/** How many texts somebody got. */
	got: (person: string) => number;
}

let ids = 900_000;

/** A message as it stands on record, or in an answer. */
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
 * Clerk Chat that writes down who really got what.
 * @param fateOf what becomes of each request, numbered from 0
 * @param options `closed`: the status that looks at the record are answered with, when there is one
 */
export function clerkChat(
	fateOf: (request: Received, index: number) => Fate | Promise<Fate> = () => ({}),
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
		const fate = await fateOf(request, index);
		const { isDelivered = !fate.answer || fate.answer[0] < 300, onRecord = {} } = fate;
		if (isDelivered) {
			delivered.push(...to);
			if (onRecord === false) hidden.push(message);
			else entries.push({ ...message, ...onRecord });
		}
		return fate.answer ?? [201, { data: { ...message, ...fate.says } }];
	};
	return {
		sent: clerkChatApi(answer, { ...others, record }),
		looks,
		entries,
		list: () => void entries.push(...hidden.splice(0)),
		got: (person) => delivered.filter((each) => each === person).length,
	};
}

/** An answer after which nobody knows whether the message was sent. */
export const UNCLEAR: Answer = [500, {}];

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

/** The option with which a later try sends what is unknown. */
export const sendAgain = { unknownOutcome: 'resend' };

/** What came of each item, in the order in which they came out: `sent`, or how it failed. */
export const outcomesOf = ({ items, errorItems }: Result): unknown[] =>
	[...items, ...errorItems].map(({ json }) => (json.error as IDataObject)?.outcome ?? 'sent');

/** All that people read of what failed: of the error that ended the run, and of each item. */
export const wordsOf = ({ error, items, errorItems }: Result): string =>
	[error, ...[...items, ...errorItems].map(({ json }) => json.error as IDataObject | null)]
		.map((each) => (each ? `${String(each.message)}. ${String(each.description)}` : ''))
		.join('\n');
