/*
 * Forms that Clerk Chat's record may have. What is documented of it is little, and nobody here has seen the real one: each
 * of these is a way in which it may differ from what the node's authors imagine. The sandbox takes each of them on
 * (`npm run sandbox -- --record-form NAME`), and the tests go through all of them.
 */

type Fields = Record<string, unknown>;

/** A page as the documentation has it. */
export interface DocumentedPage {
	data: Fields[];
	total: number;
	links: Fields;
}

/** What was asked for, with the numbers filled in. */
export interface PageQuery {
	page: number;
	limit: number;
}

/**
 * What the node makes of a message that went out and is listed in this form.
 * - `same`: it is found.
 * - `perhaps`: it may be it, so it is neither sent again nor taken for sent.
 * - `closed`: the record cannot be read as a whole, and nothing is concluded from it.
 */
export type Answer = 'same' | 'perhaps' | 'closed';

/** A form of the record. */
export interface RecordForm {
	name: string;
	/** Why Clerk Chat might do so. */
	why: string;
	answer: Answer;
	/** An entry that went out as it is listed. */
	entry?: (entry: Fields) => Fields;
	/** The query as the server understands it. */
	query?: (query: PageQuery) => PageQuery;
	/** The body of the answer, or its status as well. */
	body?: (page: DocumentedPage, query: PageQuery) => unknown;
	status?: (page: DocumentedPage, query: PageQuery) => number;
	/** Whether a page after the end is the last one once more. */
	repeatsLastPage?: boolean;
	/** Whether answers tell no time. */
	hidesDate?: boolean;
	/** How far the API's clock is ahead, in ms. */
	clockOffsetMs?: number;
}

/** A text with everything in it that may change on its way. */
export const richText =
	'Hi Zoë, it’s done: “Büro & Café” – 2 boxes – ships today 🎉 and arrives by 5 pm on Friday.\nFollow it here: https://shop.example/track/4711 or ring us. Thank you for shopping with us, see you soon!';

const text =
	(change: (body: string) => unknown): RecordForm['entry'] =>
	(entry) => ({
		...entry,
		body: typeof entry.body === 'string' ? change(entry.body) : entry.body,
	});
const sender =
	(change: (number: string) => unknown): RecordForm['entry'] =>
	(entry) => ({
		...entry,
		sender: change(String(entry.sender)),
	});
const people =
	(change: (number: string) => unknown): RecordForm['entry'] =>
	(entry) => ({
		...entry,
		members: (entry.members as unknown[]).map((member) =>
			typeof member === 'string' ? change(member) : member,
		),
	});
const times =
	(change: (time: string) => unknown): RecordForm['entry'] =>
	(entry) => {
		const changed = (time: unknown) =>
			typeof time === 'string' && time.endsWith('Z') ? change(time) : time;
		const { created, updated, timestamp } = entry;
		return {
			...entry,
			created: changed(created),
			updated: changed(updated),
			timestamp: changed(timestamp),
		};
	};
const without =
	(...names: string[]): RecordForm['entry'] =>
	(entry) =>
		Object.fromEntries(Object.entries(entry).filter(([name]) => !names.includes(name)));

const national = (number: string) => number.replace(/^\+\d(?=\d{10}$)/, '');
const digits = (number: string) => number.replace(/\D/g, '');
const spaced = (number: string) =>
	number.replace(/^\+(\d)(\d{3})(\d{3})(\d{4})$/, '+$1 ($2) $3-$4');
const escape = (body: string) =>
	body
		.replace(/&/g, '&amp;')
		.replace(/'/g, '&#39;')
		.replace(/[“”]/g, '&quot;')
		.replace(/’/g, '&rsquo;')
		.replace(/–/g, '&ndash;');
const numbered = (number: string) => ({ id: 812, name: 'Anna', phoneNumber: number });

const senders: RecordForm[] = [
	{
		name: 'senderInboxName',
		why: 'An inbox has a name, which is what its members see.',
		answer: 'perhaps',
		entry: sender(() => 'Support'),
	},
	{
		name: 'senderNull',
		why: 'What the API sent has no user who wrote it.',
		answer: 'perhaps',
		entry: sender(() => null),
	},
	{
		name: 'senderMissing',
		why: 'The inbox may stand for it.',
		answer: 'perhaps',
		entry: without('sender'),
	},
	{
		name: 'senderNational',
		why: 'The app shows numbers without country code.',
		answer: 'same',
		entry: sender(national),
	},
	{
		name: 'senderWithoutPlus',
		why: 'Carriers write numbers so.',
		answer: 'same',
		entry: sender(digits),
	},
	{
		name: 'senderSpaced',
		why: 'Numbers are written for people.',
		answer: 'same',
		entry: sender(spaced),
	},
	{
		name: 'senderWithChannel',
		why: 'Twilio writes the channel before the number.',
		answer: 'same',
		entry: sender((number) => `whatsapp:${number}`),
	},
	{
		name: 'senderUri',
		why: 'SIP and RCS write numbers as addresses.',
		answer: 'same',
		entry: sender((number) => `tel:${number}`),
	},
	{
		name: 'senderObject',
		why: 'A relation of the database may come with it.',
		answer: 'same',
		entry: sender(numbered),
	},
	{
		name: 'senderInboxId',
		why: 'The message belongs to an inbox, which has an ID.',
		answer: 'perhaps',
		entry: sender(() => '00000000-0000-4000-8000-000000000000'),
	},
	{
		name: 'senderNumericId',
		why: 'Messages have numbers as IDs; inboxes may, too.',
		answer: 'perhaps',
		entry: sender(() => 812),
	},
	{
		name: 'senderAsJsonNumber',
		why: 'A number without plus may be stored as one.',
		answer: 'same',
		entry: sender((number) => Number(digits(number))),
	},
];

const members: RecordForm[] = [
	{
		name: 'membersMissing',
		why: 'A list may say less than a single message.',
		answer: 'closed',
		entry: without('members'),
	},
	{
		name: 'membersNull',
		why: 'They may be loaded on demand only.',
		answer: 'closed',
		entry: (entry) => ({ ...entry, members: null }),
	},
	{
		name: 'membersEmpty',
		why: 'The same, as an empty list.',
		answer: 'closed',
		entry: (entry) => ({ ...entry, members: [] }),
	},
	{
		name: 'membersSenderOnly',
		why: 'Members may be those of the inbox.',
		answer: 'closed',
		entry: (entry) => ({ ...entry, members: [entry.sender] }),
	},
	{
		name: 'membersWithSender',
		why: 'Who takes part in a conversation includes the sender.',
		answer: 'same',
		entry: (entry) => ({ ...entry, members: [entry.sender, ...(entry.members as string[])] }),
	},
	{
		name: 'membersWithColleague',
		why: 'A shared inbox has users, who may be members.',
		answer: 'same',
		entry: (entry) => ({ ...entry, members: [...(entry.members as string[]), 'Olive Owner'] }),
	},
	{
		name: 'membersWithoutPlus',
		why: 'Carriers write numbers so.',
		answer: 'same',
		entry: people(digits),
	},
	{
		name: 'membersNational',
		why: 'The app shows numbers without country code.',
		answer: 'same',
		entry: people(national),
	},
	{
		name: 'membersLocal',
		why: 'Numbers of one area may come without its code.',
		answer: 'perhaps',
		entry: people((number) => number.slice(-7)),
	},
	{
		name: 'membersSpaced',
		why: 'Numbers are written for people.',
		answer: 'same',
		entry: people(spaced),
	},
	{
		name: 'membersWithChannel',
		why: 'Twilio writes the channel before the number.',
		answer: 'same',
		entry: people((number) => `whatsapp:${number}`),
	},
	{
		name: 'membersObjects',
		why: 'A relation of the database may come with it.',
		answer: 'same',
		entry: people(numbered),
	},
	{
		name: 'membersNamedNumbers',
		why: 'Mail writes people so.',
		answer: 'same',
		entry: people((number) => `Anna <${number}>`),
	},
	{
		name: 'membersText',
		why: 'One column holds them all.',
		answer: 'same',
		entry: (entry) => ({ ...entry, members: (entry.members as string[]).join(', ') }),
	},
	{
		name: 'membersNames',
		why: 'Contacts have names.',
		answer: 'closed',
		entry: people(() => 'Anna Example'),
	},
	{
		name: 'membersContactIds',
		why: 'Contacts have IDs.',
		answer: 'closed',
		entry: people(() => 'c_812'),
	},
	{
		name: 'membersMasked',
		why: 'Numbers may be hidden from keys with few rights.',
		answer: 'closed',
		entry: people((number) => `${number.slice(0, 5)}•••${number.slice(-4)}`),
	},
	{
		name: 'recipientsInTheirPlace',
		why: 'A real answer to sending had `recipients`.',
		answer: 'same',
		entry: ({ members: all, ...entry }) => ({ ...entry, recipients: all }),
	},
	{
		name: 'recipientsEmpty',
		why: '`recipients` may be filled for groups only.',
		answer: 'same',
		entry: (entry) => ({ ...entry, recipients: [] }),
	},
	{
		name: 'recipientsOtherName',
		why: 'Their field may have another name.',
		answer: 'closed',
		entry: ({ members: all, ...entry }) => ({ ...entry, participants: all }),
	},
];

const texts: RecordForm[] = [
	{
		name: 'textFooter',
		why: 'Services add how to opt out.',
		answer: 'perhaps',
		entry: text((body) => `${body} Reply STOP to opt out.`),
	},
	{
		name: 'textHeader',
		why: 'Carriers ask for the name of the brand.',
		answer: 'perhaps',
		entry: text((body) => `Example Shop: ${body}`),
	},
	{
		name: 'textBothEnds',
		why: 'Both of these.',
		answer: 'perhaps',
		entry: text((body) => `Example Shop: ${body}\nReply STOP to opt out.`),
	},
	{
		name: 'textFoldedBlanks',
		why: 'Gateways make runs of blanks one.',
		answer: 'same',
		entry: text((body) => body.replace(/\s+/g, ' ')),
	},
	{
		name: 'textWindowsLines',
		why: 'Lines end so in Windows and in mail.',
		answer: 'same',
		entry: text((body) => body.replace(/\n/g, '\r\n')),
	},
	{
		name: 'textHtmlLines',
		why: 'The app shows texts in a browser.',
		answer: 'same',
		entry: text((body) => body.replace(/\n/g, '<br />')),
	},
	{
		name: 'textEntities',
		why: 'Texts are made safe for the browser when they are stored.',
		answer: 'same',
		entry: text(escape),
	},
	{
		name: 'textEntitiesTwice',
		why: 'Twice, by two services.',
		answer: 'same',
		entry: text((body) => escape(escape(body))),
	},
	{
		name: 'textDecomposed',
		why: 'Apple stores accents as characters of their own.',
		answer: 'same',
		entry: text((body) => body.normalize('NFD')),
	},
	{
		name: 'textPlainQuotes',
		why: 'Smart encoding saves segments.',
		answer: 'same',
		entry: text((body) => body.replace(/[“”]/g, '"').replace(/’/g, "'").replace(/–/g, '-')),
	},
	{
		name: 'textNoBreakSpaces',
		why: 'Editors put them around dashes.',
		answer: 'same',
		entry: text((body) => body.replace(/ –/g, '\u00a0–')),
	},
	{
		name: 'textInvisible',
		why: 'Links are broken by characters that nobody sees.',
		answer: 'same',
		entry: text((body) => body.replace('://', ':\u200b//')),
	},
	{
		name: 'textEmojiLost',
		why: 'A decoder replaces what it does not know.',
		answer: 'same',
		entry: text((body) => body.replace('🎉', '\ufffd')),
	},
	{
		name: 'textHalfEmoji',
		why: 'A text is cut into segments in the middle of an emoji.',
		answer: 'same',
		entry: text((body) => body.replace('🎉', '\ud83c\ufffd')),
	},
	{
		name: 'textBytesLost',
		why: 'A decoder replaces each byte that it does not know.',
		answer: 'same',
		entry: text((body) => body.replace('🎉', '\ufffd'.repeat(4)).replace(/[ëüé]/g, '\ufffd\ufffd')),
	},
	{
		name: 'textEmojiGone',
		why: 'Databases with three bytes a character drop them.',
		answer: 'perhaps',
		entry: text((body) => body.replace('🎉', '')),
	},
	{
		name: 'textEmojiQuestionMark',
		why: 'Databases with three bytes a character replace them.',
		answer: 'perhaps',
		entry: text((body) => body.replace('🎉', '?')),
	},
	{
		name: 'textQuestionMarks',
		why: 'GSM has few characters.',
		answer: 'perhaps',
		entry: text((body) => body.replace(/[^\n -~]/gu, '?')),
	},
	{
		name: 'textAccentsGone',
		why: 'Transliteration saves segments.',
		answer: 'perhaps',
		entry: text((body) => body.normalize('NFD').replace(/\p{M}|\p{So}/gu, '')),
	},
	{
		name: 'textPreview',
		why: 'A list shows previews.',
		answer: 'perhaps',
		entry: text((body) => `${body.slice(0, 80)}…`),
	},
	{
		name: 'textCut',
		why: 'A column has a length.',
		answer: 'perhaps',
		entry: text((body) => body.slice(0, 160)),
	},
	{
		name: 'textShortLinks',
		why: 'Links are made short to count clicks.',
		answer: 'perhaps',
		entry: text((body) => body.replace(/https:\S+/, 'https://clk.example/aB3x')),
	},
	{
		name: 'textNull',
		why: 'The text may lie elsewhere for rich messages.',
		answer: 'perhaps',
		entry: text(() => null),
	},
	{
		name: 'textMissing',
		why: 'A list may say less than a single message.',
		answer: 'perhaps',
		entry: without('body'),
	},
	{
		name: 'textObject',
		why: 'Rich messages are objects.',
		answer: 'perhaps',
		entry: text((body) => ({ type: 'text', text: body })),
	},
];

const moments: RecordForm[] = [
	{
		name: 'timesMissing',
		why: 'A list may say less than a single message.',
		answer: 'perhaps',
		entry: without('created', 'updated', 'timestamp'),
	},
	{
		name: 'timesNull',
		why: 'Not known before the carrier tells.',
		answer: 'perhaps',
		entry: times(() => null),
	},
	{
		name: 'timesSeconds',
		why: 'Unix counts so.',
		answer: 'same',
		entry: times((time) => Math.floor(Date.parse(time) / 1000)),
	},
	{
		name: 'timesMilliseconds',
		why: 'JavaScript counts so.',
		answer: 'same',
		entry: times((time) => Date.parse(time)),
	},
	{
		name: 'timesMillisecondsText',
		why: 'Large numbers come as texts.',
		answer: 'same',
		entry: times((time) => String(Date.parse(time))),
	},
	{
		name: 'timesWithoutZone',
		why: 'Databases have columns without a zone.',
		answer: 'perhaps',
		entry: times((time) => time.replace('Z', '')),
	},
	{
		name: 'timesOfDatabase',
		why: 'PostgreSQL writes them so.',
		answer: 'same',
		entry: times((time) => time.replace('T', ' ').replace('Z', '+00')),
	},
	{
		name: 'timesWithOffset',
		why: 'The team has a time zone.',
		answer: 'same',
		entry: times((time) =>
			new Date(Date.parse(time) - 5 * 3_600_000).toISOString().replace('Z', '-05:00'),
		),
	},
	{
		name: 'timesOfMail',
		why: 'HTTP and mail write them so.',
		answer: 'same',
		entry: times((time) => new Date(Math.ceil(Date.parse(time) / 1000) * 1000).toUTCString()),
	},
	{
		name: 'timesDaysOnly',
		why: 'A list shows days.',
		answer: 'perhaps',
		entry: times((time) => time.slice(0, 10)),
	},
	{
		name: 'timesForPeople',
		why: 'A list shows how long ago it was.',
		answer: 'perhaps',
		entry: times(() => '2 minutes ago'),
	},
	{
		name: 'timesCreatedOnly',
		why: '`timestamp` may be that of the carrier.',
		answer: 'same',
		entry: (entry) => ({ ...entry, timestamp: null }),
	},
];

const states: RecordForm[] = [
	{
		name: 'inboundMissing',
		why: 'False may be left out.',
		answer: 'same',
		entry: without('inbound'),
	},
	{
		name: 'inboundText',
		why: 'A view of the database has texts.',
		answer: 'same',
		entry: (entry) => ({ ...entry, inbound: 'false' }),
	},
	{
		name: 'statusUpperCase',
		why: 'Enums are written so.',
		answer: 'same',
		entry: (entry) => ({ ...entry, status: String(entry.status).toUpperCase() }),
	},
	{
		name: 'errorCodeZero',
		why: 'Carriers say 0 for no error.',
		answer: 'same',
		entry: (entry) => ({ ...entry, errorCode: '0', error: '' }),
	},
	{
		name: 'idText',
		why: 'Large numbers come as texts.',
		answer: 'same',
		entry: (entry) => ({ ...entry, id: String(entry.id) }),
	},
	{
		name: 'idMissing',
		why: 'It may have another name, and then nobody can tell it from an equal message that is known by its ID.',
		answer: 'perhaps',
		entry: ({ id, ...entry }) => ({ ...entry, messageId: id }),
	},
];

const lists: RecordForm[] = [
	{ name: 'documented', why: 'Just as the documentation has it.', answer: 'same' },
	{
		name: 'totalOfPage',
		why: '`total` may count the page.',
		answer: 'same',
		body: (page) => ({ ...page, total: page.data.length, links: {} }),
	},
	{
		name: 'totalZero',
		why: 'Counting is expensive, and may be left out.',
		answer: 'same',
		body: (page) => ({ ...page, total: 0, links: {} }),
	},
	{
		name: 'totalOfPages',
		why: '`total` may count pages.',
		answer: 'same',
		body: (page, { limit }) => ({ ...page, total: Math.ceil(page.total / limit), links: {} }),
	},
	{
		name: 'totalMissing',
		why: 'Counting is expensive.',
		answer: 'same',
		body: ({ data }) => ({ data }),
	},
	{
		name: 'totalText',
		why: 'PostgreSQL counts in texts.',
		answer: 'same',
		body: (page) => ({ ...page, total: String(page.total) }),
	},
	{
		name: 'totalOfTeam',
		why: '`total` may count without the window.',
		answer: 'same',
		body: (page) => ({ ...page, total: page.total + 500 }),
	},
	{
		name: 'linksNull',
		why: 'Links may be null.',
		answer: 'same',
		body: (page) => ({ ...page, links: null }),
	},
	{
		name: 'nextAlways',
		why: 'The next page may be computed blindly.',
		answer: 'same',
		body: (page, query) => ({
			...page,
			links: { next: `/public/messages?page=${query.page + 1}` },
		}),
	},
	{
		name: 'nextNever',
		why: 'Links may be for show.',
		answer: 'same',
		body: (page) => ({ ...page, links: { next: '' } }),
	},
	{
		name: 'pageIgnored',
		why: 'The list may go on by `start` alone.',
		answer: 'closed',
		query: (query) => ({ ...query, page: 1 }),
	},
	{
		name: 'pageIgnoredTotalOfPage',
		why: 'The same, with a `total` that says that this is all.',
		answer: 'closed',
		query: (query) => ({ ...query, page: 1 }),
		body: (page) => ({ ...page, total: page.data.length, links: {} }),
	},
	{
		name: 'pageIgnoredWithoutTotal',
		why: 'The same without `total`.',
		answer: 'closed',
		query: (query) => ({ ...query, page: 1 }),
		body: ({ data }) => ({ data }),
	},
	{
		name: 'limitIgnored',
		why: 'A list may be given as a whole.',
		answer: 'same',
		query: () => ({ page: 1, limit: 100_000 }),
	},
	{
		name: 'limitOf20',
		why: 'Servers have a largest page.',
		answer: 'same',
		query: (query) => ({ ...query, limit: 20 }),
	},
	{
		name: 'limitOf25TotalOfPage',
		why: 'Both at once.',
		answer: 'same',
		query: (query) => ({ ...query, limit: 25 }),
		body: (page) => ({ ...page, total: page.data.length, links: {} }),
	},
	{
		name: 'limitOf20WithoutTotal',
		why: 'Nothing tells of more.',
		answer: 'same',
		query: (query) => ({ ...query, limit: 20 }),
		body: ({ data }) => ({ data }),
	},
	{
		name: 'pageFromZero',
		why: 'Programmers count from 0.',
		answer: 'same',
		query: (query) => ({ ...query, page: query.page + 1 }),
	},
	{
		name: 'lastPageAgain',
		why: 'A page behind the end may be taken for the last one.',
		answer: 'same',
		repeatsLastPage: true,
	},
	{
		name: 'refusedBehindTheEnd',
		why: 'A page behind the end does not exist.',
		answer: 'closed',
		query: (query) => ({ ...query, limit: 1 }),
		status: (page, query) => (query.page > 1 && page.data.length === 0 ? 404 : 200),
	},
	{
		name: 'emptyAsNull',
		why: 'An empty list may be null.',
		answer: 'same',
		body: (page) => (page.data.length > 0 ? page : { ...page, data: null }),
	},
	{
		name: 'emptyAsNothing',
		why: 'What is empty may be left out.',
		answer: 'same',
		body: (page) => (page.data.length > 0 ? page : {}),
	},
	{
		name: 'emptyAsNoContent',
		why: 'HTTP has a status for it.',
		answer: 'same',
		status: (page) => (page.data.length > 0 ? 200 : 204),
	},
	{
		name: 'bareList',
		why: 'The list may come without a wrapper.',
		answer: 'closed',
		body: ({ data }) => data,
	},
	{
		name: 'wrappedTwice',
		why: 'The list may lie one deeper.',
		answer: 'closed',
		body: ({ data, total }) => ({ data: { items: data, total } }),
	},
	{
		name: 'listOfIds',
		why: 'The list may hold IDs, to be asked for one by one.',
		answer: 'closed',
		body: (page) => ({ ...page, data: page.data.map(({ id }) => id) }),
	},
	{
		name: 'htmlPage',
		why: 'A firewall may answer in its place.',
		answer: 'closed',
		body: () => '<!doctype html><title>Wait</title>',
	},
	{ name: 'notFound', why: 'A 404 is not an empty record.', answer: 'closed', status: () => 404 },
	{ name: 'notAllowed', why: 'A key may send and not read.', answer: 'closed', status: () => 403 },
	{ name: 'broken', why: 'It may be down.', answer: 'closed', status: () => 500 },
	{
		name: 'noDateAndBehind',
		why: 'A proxy takes the header away, and clocks differ.',
		answer: 'same',
		hidesDate: true,
		clockOffsetMs: -10 * 60_000,
	},
	{
		name: 'noDateAndAhead',
		why: 'The same the other way round.',
		answer: 'same',
		hidesDate: true,
		clockOffsetMs: 10 * 60_000,
	},
];

/** All of them. */
export const recordForms: RecordForm[] = [
	...senders,
	...members,
	...texts,
	...moments,
	...states,
	...lists,
];

/** A form by its name. @throws when there is none */
export function recordFormOf(name: string): RecordForm {
	const form = recordForms.find((each) => each.name === name);
	if (!form) {
		throw new RangeError(
			`There is no form ${name}. There are: ${recordForms.map((each) => each.name).join(', ')}`,
		);
	}
	return form;
}

/**
 * What a record of this form answers.
 * @param entries all entries of the window, as documented, in the order of the list
 */
export function listedAs(
	form: RecordForm,
	entries: Fields[],
	asked: PageQuery,
): { status: number; body: unknown } {
	const { page, limit } = form.query?.(asked) ?? asked;
	const shown = entries.map((entry) =>
		entry.inbound === true ? entry : (form.entry?.(entry) ?? entry),
	);
	const last = Math.max(1, Math.ceil(shown.length / limit));
	const number = form.repeatsLastPage ? Math.min(page, last) : page;
	const start = (number - 1) * limit;
	const data = start < 0 ? [] : shown.slice(start, start + limit);
	const isMore = start + limit < shown.length;
	const documented: DocumentedPage = {
		data,
		total: shown.length,
		links: isMore ? { next: `/public/messages?page=${page + 1}&limit=${limit}` } : {},
	};
	const query = { page: number, limit };
	const status = form.status?.(documented, query) ?? 200;
	if (status !== 200) return { status, body: status === 204 ? '' : { message: 'No' } };
	return { status, body: form.body ? form.body(documented, query) : documented };
}
