/*
 * Forms that Clerk Chat's record may have. Little of it is documented, and nobody here has seen the real one, so each
 * form differs in one way from what the node's authors expect. The sandbox can use each of them (`npm run sandbox --
 * --record-form NAME`), and the tests cover them all.
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
 * What the node makes of a sent message listed in this form.
 * - `same`: it is found.
 * - `perhaps`: it may be it, so it is neither sent again nor treated as sent.
 * - `closed`: the record can't be read completely, and nothing is concluded from it.
 */
export type Answer = 'same' | 'perhaps' | 'closed';

/** A form of the record. */
export interface RecordForm {
	name: string;
	answer: Answer;
	/** The listed form of a sent message's entry. */
	entry?: (entry: Fields) => Fields;
	/** The query as the server understands it. */
	query?: (query: PageQuery) => PageQuery;
	/** The body of the answer, or its status as well. */
	body?: (page: DocumentedPage, query: PageQuery) => unknown;
	status?: (page: DocumentedPage, query: PageQuery) => number;
	/** Whether a page after the end is the last one once more. */
	repeatsLastPage?: boolean;
	/** Whether responses have no time. */
	hidesDate?: boolean;
	/** How far the API's clock is ahead, in ms. */
	clockOffsetMs?: number;
}

/** A text with everything that may change in transit. */
export const richText =
	'Hi Zoë, it’s done: “Büro & Café” – 2 boxes – ships today 🎉 and arrives by 5 pm on Friday.\nFollow it here: https://shop.example/track/4711 or ring us. Thank you for shopping with us, see you soon!';

/** Forms by their names, each below why Clerk Chat might have it. */
type Forms = Record<string, Omit<RecordForm, 'name'>>;

const answeredWith =
	(answer: Answer) =>
	(change: RecordForm['entry'] | Partial<RecordForm> = {}): Forms[string] => ({
		answer,
		...(typeof change === 'function' ? { entry: change } : change),
	});
const same = answeredWith('same');
const perhaps = answeredWith('perhaps');
const closed = answeredWith('closed');

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

const senders: Forms = {
	// An inbox has a name, which is what its members see.
	senderInboxName: perhaps(sender(() => 'Support')),
	// What the API sent has no user who wrote it.
	senderNull: perhaps(sender(() => null)),
	// The inbox may replace it.
	senderMissing: perhaps(without('sender')),
	// The app shows numbers without country code.
	senderNational: same(sender(national)),
	// Carriers write numbers so.
	senderWithoutPlus: same(sender(digits)),
	// Numbers are written for people.
	senderSpaced: same(sender(spaced)),
	// Twilio writes the channel before the number.
	senderWithChannel: same(sender((number) => `whatsapp:${number}`)),
	// SIP and RCS write numbers as addresses.
	senderUri: same(sender((number) => `tel:${number}`)),
	// A relation of the database may come with it.
	senderObject: same(sender(numbered)),
	// The message belongs to an inbox, which has an ID.
	senderInboxId: perhaps(sender(() => '00000000-0000-4000-8000-000000000000')),
	// Messages have numbers as IDs; inboxes may, too.
	senderNumericId: perhaps(sender(() => 812)),
	// A number without plus may be stored as one.
	senderAsJsonNumber: same(sender((number) => Number(digits(number)))),
};

const members: Forms = {
	// A list may say less than a single message.
	membersMissing: closed(without('members')),
	// They may be loaded on demand only.
	membersNull: closed((entry) => ({ ...entry, members: null })),
	// The same, as an empty list.
	membersEmpty: closed((entry) => ({ ...entry, members: [] })),
	// Members may be those of the inbox.
	membersSenderOnly: closed((entry) => ({ ...entry, members: [entry.sender] })),
	// Who takes part in a conversation includes the sender.
	membersWithSender: same((entry) => ({
		...entry,
		members: [entry.sender, ...(entry.members as string[])],
	})),
	// A shared inbox has users, who may be members.
	membersWithColleague: same((entry) => ({
		...entry,
		members: [...(entry.members as string[]), 'Olive Owner'],
	})),
	// Carriers write numbers so.
	membersWithoutPlus: same(people(digits)),
	// The app shows numbers without country code.
	membersNational: same(people(national)),
	// Numbers of one area may come without its code.
	membersLocal: perhaps(people((number) => number.slice(-7))),
	// Numbers are written for people.
	membersSpaced: same(people(spaced)),
	// Twilio writes the channel before the number.
	membersWithChannel: same(people((number) => `whatsapp:${number}`)),
	// A relation of the database may come with it.
	membersObjects: same(people(numbered)),
	// Mail writes people so.
	membersNamedNumbers: same(people((number) => `Anna <${number}>`)),
	// One column holds them all.
	membersText: same((entry) => ({ ...entry, members: (entry.members as string[]).join(', ') })),
	// Contacts have names.
	membersNames: closed(people(() => 'Anna Example')),
	// Contacts have IDs.
	membersContactIds: closed(people(() => 'c_812')),
	// Numbers may be hidden from keys with few rights.
	membersMasked: closed(people((number) => `${number.slice(0, 5)}•••${number.slice(-4)}`)),
	// A real answer to sending had `recipients`.
	recipientsInTheirPlace: same(({ members: all, ...entry }) => ({ ...entry, recipients: all })),
	// `recipients` may be filled for groups only.
	recipientsEmpty: same((entry) => ({ ...entry, recipients: [] })),
	// Their field may have another name.
	recipientsOtherName: closed(({ members: all, ...entry }) => ({ ...entry, participants: all })),
};

const texts: Forms = {
	// Services add how to opt out.
	textFooter: perhaps(text((body) => `${body} Reply STOP to opt out.`)),
	// Carriers ask for the name of the brand.
	textHeader: perhaps(text((body) => `Example Shop: ${body}`)),
	// Both of these.
	textBothEnds: perhaps(text((body) => `Example Shop: ${body}\nReply STOP to opt out.`)),
	// Gateways make runs of blanks one.
	textFoldedBlanks: same(text((body) => body.replace(/\s+/g, ' '))),
	// Lines end so in Windows and in mail.
	textWindowsLines: same(text((body) => body.replace(/\n/g, '\r\n'))),
	// The app shows texts in a browser.
	textHtmlLines: same(text((body) => body.replace(/\n/g, '<br />'))),
	// Texts are made safe for the browser when they are stored.
	textEntities: same(text(escape)),
	// Twice, by two services.
	textEntitiesTwice: same(text((body) => escape(escape(body)))),
	// Apple stores accents as characters of their own.
	textDecomposed: same(text((body) => body.normalize('NFD'))),
	// Smart encoding saves segments.
	textPlainQuotes: same(
		text((body) => body.replace(/[“”]/g, '"').replace(/’/g, "'").replace(/–/g, '-')),
	),
	// Editors put them around dashes.
	textNoBreakSpaces: same(text((body) => body.replace(/ –/g, '\u00a0–'))),
	// Links are broken by characters that nobody sees.
	textInvisible: same(text((body) => body.replace('://', ':\u200b//'))),
	// A decoder replaces what it does not know.
	textEmojiLost: same(text((body) => body.replace('🎉', '\ufffd'))),
	// A text is cut into segments in the middle of an emoji.
	textHalfEmoji: same(text((body) => body.replace('🎉', '\ud83c\ufffd'))),
	// A decoder replaces each byte that it does not know.
	textBytesLost: same(
		text((body) => body.replace('🎉', '\ufffd'.repeat(4)).replace(/[ëüé]/g, '\ufffd\ufffd')),
	),
	// Databases with three bytes a character drop them.
	textEmojiGone: perhaps(text((body) => body.replace('🎉', ''))),
	// Databases with three bytes a character replace them.
	textEmojiQuestionMark: perhaps(text((body) => body.replace('🎉', '?'))),
	// GSM has few characters.
	textQuestionMarks: perhaps(text((body) => body.replace(/[^\n -~]/gu, '?'))),
	// Transliteration saves segments.
	textAccentsGone: perhaps(text((body) => body.normalize('NFD').replace(/\p{M}|\p{So}/gu, ''))),
	// A list shows previews.
	textPreview: perhaps(text((body) => `${body.slice(0, 80)}…`)),
	// A column has a length.
	textCut: perhaps(text((body) => body.slice(0, 160))),
	// Links are made short to count clicks.
	textShortLinks: perhaps(text((body) => body.replace(/https:\S+/, 'https://clk.example/aB3x'))),
	// The text may lie elsewhere for rich messages.
	textNull: perhaps(text(() => null)),
	// A list may say less than a single message.
	textMissing: perhaps(without('body')),
	// Rich messages are objects.
	textObject: perhaps(text((body) => ({ type: 'text', text: body }))),
};

const moments: Forms = {
	// A list may say less than a single message.
	timesMissing: perhaps(without('created', 'updated', 'timestamp')),
	// Unknown until the carrier reports.
	timesNull: perhaps(times(() => null)),
	// Unix counts so.
	timesSeconds: same(times((time) => Math.floor(Date.parse(time) / 1000))),
	// JavaScript counts so.
	timesMilliseconds: same(times((time) => Date.parse(time))),
	// Large numbers come as texts.
	timesMillisecondsText: same(times((time) => String(Date.parse(time)))),
	// Databases have columns without a zone.
	timesWithoutZone: perhaps(times((time) => time.replace('Z', ''))),
	// PostgreSQL writes them so.
	timesOfDatabase: same(times((time) => time.replace('T', ' ').replace('Z', '+00'))),
	// The team has a time zone.
	timesWithOffset: same(
		times((time) =>
			new Date(Date.parse(time) - 5 * 3_600_000).toISOString().replace('Z', '-05:00'),
		),
	),
	// HTTP and mail write them so.
	timesOfMail: same(
		times((time) => new Date(Math.ceil(Date.parse(time) / 1000) * 1000).toUTCString()),
	),
	// A list shows days.
	timesDaysOnly: perhaps(times((time) => time.slice(0, 10))),
	// A list shows how long ago it was.
	timesForPeople: perhaps(times(() => '2 minutes ago')),
	// `timestamp` may be that of the carrier.
	timesCreatedOnly: same((entry) => ({ ...entry, timestamp: null })),
};

const states: Forms = {
	// False may be left out.
	inboundMissing: same(without('inbound')),
	// A view of the database has texts.
	inboundText: same((entry) => ({ ...entry, inbound: 'false' })),
	// Enums are written so.
	statusUpperCase: same((entry) => ({ ...entry, status: String(entry.status).toUpperCase() })),
	// Carriers say 0 for no error.
	errorCodeZero: same((entry) => ({ ...entry, errorCode: '0', error: '' })),
	// Large numbers come as texts.
	idText: same((entry) => ({ ...entry, id: String(entry.id) })),
	// It may have another name, and then an equal message known by its ID can't be told apart.
	idMissing: perhaps(({ id, ...entry }) => ({ ...entry, messageId: id })),
};

const lists: Forms = {
	// Just as the documentation has it.
	documented: same(),
	// `total` may count the page.
	totalOfPage: same({ body: (page) => ({ ...page, total: page.data.length, links: {} }) }),
	// Counting is expensive, and may be left out.
	totalZero: same({ body: (page) => ({ ...page, total: 0, links: {} }) }),
	// `total` may count pages.
	totalOfPages: same({
		body: (page, { limit }) => ({ ...page, total: Math.ceil(page.total / limit), links: {} }),
	}),
	// Counting is expensive.
	totalMissing: same({ body: ({ data }) => ({ data }) }),
	// PostgreSQL counts in texts.
	totalText: same({ body: (page) => ({ ...page, total: String(page.total) }) }),
	// `total` may count without the window.
	totalOfTeam: same({ body: (page) => ({ ...page, total: page.total + 500 }) }),
	// Links may be null.
	linksNull: same({ body: (page) => ({ ...page, links: null }) }),
	// The next page may be computed blindly.
	nextAlways: same({
		body: (page, query) => ({
			...page,
			links: { next: `/public/messages?page=${query.page + 1}` },
		}),
	}),
	// Links may be for show.
	nextNever: same({ body: (page) => ({ ...page, links: { next: '' } }) }),
	// The list may go on by `start` alone.
	pageIgnored: closed({ query: (query) => ({ ...query, page: 1 }) }),
	// The same, with a `total` that says that this is all.
	pageIgnoredTotalOfPage: closed({
		query: (query) => ({ ...query, page: 1 }),
		body: (page) => ({ ...page, total: page.data.length, links: {} }),
	}),
	// The same without `total`.
	pageIgnoredWithoutTotal: closed({
		query: (query) => ({ ...query, page: 1 }),
		body: ({ data }) => ({ data }),
	}),
	// A list may be given as a whole.
	limitIgnored: same({ query: () => ({ page: 1, limit: 100_000 }) }),
	// Servers have a largest page.
	limitOf20: same({ query: (query) => ({ ...query, limit: 20 }) }),
	// Both at once.
	limitOf25TotalOfPage: same({
		query: (query) => ({ ...query, limit: 25 }),
		body: (page) => ({ ...page, total: page.data.length, links: {} }),
	}),
	// Nothing says that there are more.
	limitOf20WithoutTotal: same({
		query: (query) => ({ ...query, limit: 20 }),
		body: ({ data }) => ({ data }),
	}),
	// Programmers count from 0.
	pageFromZero: same({ query: (query) => ({ ...query, page: query.page + 1 }) }),
	// A page beyond the end may look like the last one.
	lastPageAgain: same({ repeatsLastPage: true }),
	// A page beyond the end doesn't exist.
	refusedBehindTheEnd: closed({
		query: (query) => ({ ...query, limit: 1 }),
		status: (page, query) => (query.page > 1 && page.data.length === 0 ? 404 : 200),
	}),
	// An empty list may be null.
	emptyAsNull: same({ body: (page) => (page.data.length > 0 ? page : { ...page, data: null }) }),
	// What is empty may be left out.
	emptyAsNothing: same({ body: (page) => (page.data.length > 0 ? page : {}) }),
	// HTTP has a status for it.
	emptyAsNoContent: same({ status: (page) => (page.data.length > 0 ? 200 : 204) }),
	// The list may come without a wrapper.
	bareList: closed({ body: ({ data }) => data }),
	// The list may lie one deeper.
	wrappedTwice: closed({ body: ({ data, total }) => ({ data: { items: data, total } }) }),
	// The list may hold IDs, to be asked for one by one.
	listOfIds: closed({ body: (page) => ({ ...page, data: page.data.map(({ id }) => id) }) }),
	// A firewall may answer in its place.
	htmlPage: closed({ body: () => '<!doctype html><title>Wait</title>' }),
	// A 404 is not an empty record.
	notFound: closed({ status: () => 404 }),
	// A key may send and not read.
	notAllowed: closed({ status: () => 403 }),
	// It may be down.
	broken: closed({ status: () => 500 }),
	// A proxy takes the header away, and clocks differ.
	noDateAndBehind: same({ hidesDate: true, clockOffsetMs: -10 * 60_000 }),
	// The same the other way round.
	noDateAndAhead: same({ hidesDate: true, clockOffsetMs: 10 * 60_000 }),
};

/** All of them. */
export const recordForms: RecordForm[] = Object.entries<Forms[string]>({
	...senders,
	...members,
	...texts,
	...moments,
	...states,
	...lists,
}).map(([name, form]) => ({ name, ...form }));

/** Returns a form by name. @throws if there is none */
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
