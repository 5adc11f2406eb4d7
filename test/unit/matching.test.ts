import fc from 'fast-check';
import { candidateOf, differencesOf, messageOf } from '../../nodes/api/comparison';
import {
	addressOf,
	countFor,
	entriesOf,
	folded,
	namedIn,
	recordKey,
} from '../../nodes/api/matching';
import type { Sought } from '../../nodes/api/matching';
import type { Entry } from '../../nodes/api/record';
import { recordForms, richText } from '../recordForms';

/* Which entry on Clerk Chat's record belongs to which message. */

const NOON = Date.parse('2026-11-25T12:00:00.000Z');

const at = (seconds: number) => new Date(NOON + seconds * 1000).toISOString();

const sought: Sought = {
	sender: '+14155550100',
	recipients: ['+14155550123'],
	body: 'Your order has shipped.',
	after: NOON,
};

const entry: Entry = {
	id: 1,
	sender: '+14155550100',
	members: ['+14155550100', '+14155550123'],
	body: 'Your order has shipped.',
	inbound: false,
	status: 'sent',
	created: at(1),
	timestamp: at(1),
};

const matchesOf = (messages: Sought[], entries: Entry[], taken: unknown[] = []) =>
	entriesOf(messages, entries, ({ id }) => taken.includes(id));

const idsOf = (messages: Sought[], entries: Entry[], taken: unknown[] = []) =>
	matchesOf(messages, entries, taken).map((match) =>
		match?.answer === 'same' ? match.entry.id : undefined,
	);

describe('an entry is the message', () => {
	it.each<[string, Partial<Entry>, Partial<Sought>]>([
		['with the sender among its members', {}, {}],
		['with the recipient alone as its member', { members: ['+14155550123'] }, {}],
		[
			'with `recipients`, which real answers carry',
			{ members: null, recipients: ['+14155550123'] },
			{},
		],
		['with `recipients` that name nobody', { recipients: [] }, {}],
		['that goes out later', { timestamp: at(7200) }, { before: NOON + 60_000 }],
		['with one recipient as text', { members: null, recipients: '+14155550123' }, {}],
		[
			'with addresses written in another way',
			{ sender: '14155550100', members: ['+1 (415) 555-0123'] },
			{},
		],
		[
			'with its blanks folded',
			{ body: ' Your  order\nhas shipped. ' },
			{ body: 'Your order\thas  shipped.' },
		],
		['sent to several', { members: ['b', 'a', '+14155550100'] }, { recipients: ['a', 'b'] }],
		['whatever its status', { status: 'delivered' }, {}],
		['that Clerk Chat gave up', { status: 'failed' }, {}],
		['with `created` as its only time', { timestamp: undefined }, {}],
		['with an own member that is neither', { members: ['+14155550123', 'a colleague'] }, {}],
		['without a text', { body: '' }, { body: '' }],
		['with `recipients` before `members`', { recipients: ['+14155550123'], members: ['x'] }, {}],
		['with `recipients` that are no numbers', { recipients: ['Anna'] }, {}],
		[
			'with `recipients` that are no numbers, and a number among its members',
			{ recipients: ['Anna'], members: ['+14155550123', 'a colleague'] },
			{},
		],
		[
			'with names in both',
			{ recipients: ['Anna', 'Ben'], members: ['Cy'], sender: 'Anna' },
			{ recipients: ['Anna', 'Ben'], sender: 'Anna' },
		],
		['to a name', { members: ['Anna'] }, { recipients: ['Anna'] }],
		[
			'with several recipients as text',
			{ members: null, recipients: '+14155550123, +14155550124; ' },
			{ recipients: ['+14155550123', '+14155550124'] },
		],
		[
			'to the number that sends it',
			{ members: ['+14155550100'] },
			{ recipients: ['+14155550100'] },
		],
		[
			'to the number that sends it, and another one',
			{ recipients: ['+14155550100', '+14155550123'] },
			{ recipients: ['+14155550100', '+14155550123'] },
		],
		['to two with the same last ten digits', { members: ['+14155550123', '+444155550123'] }, {}],
		['at the last moment', { timestamp: at(60), created: at(60) }, { before: NOON + 60_000 }],
	])('%s', (_, changed, asked) => {
		expect(idsOf([{ ...sought, ...asked }], [{ ...entry, ...changed }])).toEqual([1]);
	});
});

describe('an entry is not the message', () => {
	it.each<[string, Partial<Entry>, Partial<Sought>]>([
		['that came in', { inbound: true }, {}],
		['that came in, as a number', { inbound: 1 }, {}],
		['that came in, as a text', { inbound: 'True' }, {}],
		['from another number', { sender: '+14155550101' }, {}],
		['to somebody else', { members: ['+14155550100', '+14155550124'] }, {}],
		['to only some of the people', { members: ['a', '+14155550100'] }, { recipients: ['a', 'b'] }],
		['with another text', { body: 'Your order has shipped!' }, {}],
		['from before it was asked for', { timestamp: at(-1) }, {}],
		[
			'from long after its request had ended',
			{ timestamp: at(90), created: at(90) },
			{ before: NOON + 60_000 },
		],
		['without people', { members: null }, {}],
		['whichever part it is', { members: ['a', '+14155550100'] }, { recipients: ['b', 'a'] }],
		[
			'to only some of the people, all of whom can be read',
			{ members: ['+14155550100', '+14155550123', '+14155550199'] },
			{ recipients: ['+14155550123', '+14155550124'] },
		],
		[
			'to only some of the people, as text',
			{ members: null, recipients: '+14155550123; ' },
			{ recipients: ['+14155550123', '+14155550124'] },
		],
		['to nobody', {}, { recipients: [''] }],
		['with nobody to nobody', { members: null }, { recipients: [''] }],
		['from another short code', { sender: '54321' }, { sender: '12345' }],
	])('%s', (_, changed, asked) => {
		expect(idsOf([{ ...sought, ...asked }], [{ ...entry, ...changed }])).toEqual([undefined]);
	});

	test('known to be another one', () => {
		expect(idsOf([sought], [entry], [1])).toEqual([undefined]);
	});
});

describe('equal messages', () => {
	const three = [sought, sought, sought];

	test('match one entry each, the earlier one first, in any order of the list', () => {
		const entries = [
			entry,
			{ ...entry, id: 3, timestamp: at(3) },
			{ ...entry, id: 2, timestamp: at(2) },
		];
		expect(idsOf(three, entries)).toEqual([1, 2, 3]);
	});

	test('are distinguished by ID at the same moment', () => {
		expect(idsOf(three, [{ ...entry, id: 10 }, entry, { ...entry, id: 9 }])).toEqual([1, 9, 10]);
		const named = ['c', 'a', 'b'].map((id) => ({ ...entry, id }));
		expect(idsOf(three, named)).toEqual(['a', 'b', 'c']);
		expect(idsOf(three, named.reverse())).toEqual(['a', 'b', 'c']);
	});

	test('are distinguished by time first, whatever their IDs', () => {
		expect(
			idsOf(three.slice(1), [
				{ ...entry, id: 5, timestamp: at(2) },
				{ ...entry, id: 9 },
			]),
		).toEqual([9, 5]);
	});

	test('match in item order if there are fewer entries', () => {
		expect(idsOf(three, [{ ...entry, id: 2 }, entry])).toEqual([1, 2, undefined]);
	});
});

test("a message to one member doesn't match the entry of the message to the group", () => {
	const toGroup = { ...sought, recipients: ['+14155550123', '+14155550124'] };
	const ofGroup = { ...entry, members: ['+14155550100', '+14155550123', '+14155550124'] };
	expect(idsOf([sought, toGroup], [ofGroup, { ...entry, id: 2 }])).toEqual([2, 1]);
	expect(idsOf([toGroup], [entry])).toEqual([undefined]);
	// In any order of recipients.
	const [first, last] = toGroup.recipients;
	const larger = { ...ofGroup, id: 3, members: [...ofGroup.members, '+14155550125'] };
	const found = idsOf(
		[{ ...toGroup, recipients: [last, first] }],
		[larger, { ...ofGroup, timestamp: at(2) }],
	);
	expect(found).toEqual([1]);
});

test('an entry to several people counts once for each, if counted per person', () => {
	const toGroup = { ...entry, members: ['+14155550100', '+14155550123', '+14155550124'] };
	const [one, other] = ['+14155550123', '+14155550124'].map((to) => ({
		...sought,
		recipients: [to],
	}));
	const given = new Map<string, Set<string>>();
	const found = (messages: Sought[]) =>
		entriesOf(messages, [toGroup], () => false, given).map((match) => match?.entry.id);
	expect(found([one, one, other])).toEqual([1, undefined, 1]);
	expect(found([other, one])).toEqual([undefined, undefined]);
	expect(given.get('1')?.size).toBe(2);
	given.clear();
	for (const to of ['1 (415) 555-0123', '+14155550125', '']) countFor(given, toGroup, to);
	expect(found([one, other])).toEqual([undefined, 1]);
	// A message to both belongs to neither.
	given.clear();
	countFor(given, toGroup, '+14155550124');
	expect(found([{ ...sought, recipients: ['+14155550123', '+14155550124'] }])).toEqual([undefined]);
	// Without that count, the first one gets it.
	expect(idsOf([one, other], [toGroup])).toEqual([1, undefined]);
});

test.each<[string, Partial<Entry>, unknown[]]>([
	['its recipients', { recipients: ['a'], members: ['b'] }, ['a']],
	['one recipient', { recipients: 'a', members: ['b'] }, ['a']],
	['its members, where it names no recipients', { recipients: [], members: ['b'] }, ['b']],
	['one member', { recipients: null, members: 'b' }, ['b']],
	['members in one text', { members: 'b;c' }, ['b', 'c']],
	['members by number', { recipients: ['c_1'], members: ['+14155550123'] }, ['+14155550123']],
	['nobody', {}, []],
])('an entry names %s', (_, changes, named) => {
	expect(namedIn(changes as Entry)).toEqual(named);
});

/* The comparison alone also rejects what the indexes leave out: they only save time. */
describe('a comparison by itself', () => {
	const two = { recipients: ['+14155550123', '+14155550124'] };
	test.each<[string, Partial<Entry>, Partial<Sought>, string[] | undefined]>([
		['the same', {}, {}, []],
		['from that very moment', { timestamp: at(0) }, {}, []],
		['from before', { timestamp: at(-1) }, {}, undefined],
		['recorded at the last moment', {}, { before: NOON + 1000 }, []],
		['recorded later', {}, { before: NOON + 999 }, undefined],
		['another number', { sender: '+14155550101' }, {}, undefined],
		['one of two, and a third', { members: ['+14155550123', '+14155550199'] }, two, undefined],
		['one of two, as text', { members: null, recipients: '+14155550123; ' }, two, undefined],
		['a name in place of the number', { members: ['Anna'] }, {}, undefined],
		['two names in place of one', { members: ['Anna', 'Ben'] }, {}, undefined],
		[
			'one of two, and a name',
			{ members: ['+14155550123', 'Anna'] },
			two,
			['not all of its recipients can be read'],
		],
		['another text', { body: 'Your table is ready.' }, {}, undefined],
	])('%s', (_, changed, asked, differences) => {
		const message = messageOf({ ...sought, ...asked }, 0);
		expect(differencesOf(message, candidateOf({ ...entry, ...changed }))).toEqual(differences);
	});

	test('equality ignores only the order of recipients', () => {
		const asked = (changes: Partial<Sought>) => messageOf({ ...sought, ...changes }, 0).asked;
		expect(asked({ recipients: [...two.recipients].reverse() })).toBe(asked(two));
		expect(asked({ recipients: two.recipients.slice(1) })).not.toBe(asked({}));
		expect(asked({ body: 'Another' })).not.toBe(asked({}));
		expect(asked({ sender: 'Support' })).not.toBe(asked({}));
	});
});

test("isn't slow if thousands of others got the same text", () => {
	const people = Array.from({ length: 500 }, (_, index) => String(4_155_551_000 + index));
	const others = people.map((person, id) => ({ ...entry, id, members: [`+1${person}0`] }));
	const messages = people.map((person) => ({ ...sought, recipients: [`+1${person}`] }));
	const compared = jest.spyOn(Set.prototype, 'has');
	const found = entriesOf(messages, others);
	const count = compared.mock.calls.length;
	compared.mockRestore();
	expect(found.filter(Boolean)).toEqual([]);
	expect(count).toBeLessThan(5_000);
});

test('matches no entry twice, and each sent message to its own, in any order', () => {
	const message = fc.record({
		to: fc.constantFrom('+14155550121', '+14155550122', '+14155550123'),
		text: fc.constantFrom('a', 'b'),
		isSent: fc.boolean(),
		second: fc.integer({ min: 0, max: 3 }),
	});
	const record = fc.array(message, { maxLength: 12 }).chain((messages) =>
		fc.record({
			messages: fc.constant(messages),
			order: fc.shuffledSubarray(
				messages.map((_, index) => index),
				{ minLength: messages.length },
			),
		}),
	);
	fc.assert(
		fc.property(record, ({ messages, order }) => {
			const asked = messages.map(({ to, text, second }) => ({
				...sought,
				recipients: [to],
				body: text,
				after: NOON + second * 1000,
			}));
			const entries = order
				.filter((index) => messages[index].isSent)
				.map((index) => ({
					...entry,
					id: index,
					members: [messages[index].to],
					body: messages[index].text,
					timestamp: at(messages[index].second),
				}));
			const found = entriesOf(asked, entries).map((match) => match?.entry);
			const given = found.filter((each) => each !== undefined);
			expect(new Set(given).size).toBe(given.length);
			found.forEach((each, index) => {
				if (!each) return;
				expect(each.members).toEqual([messages[index].to]);
				expect(each.body).toBe(messages[index].text);
				expect(Date.parse(String(each.timestamp))).toBeGreaterThanOrEqual(asked[index].after);
			});
			// Nothing is left over for a message that could have it.
			const left = entries.filter((each) => !given.includes(each));
			asked.forEach((each, index) => {
				if (!found[index]) expect(idsOf([each], left)).toEqual([undefined]);
			});
		}),
	);
});

test('ignores differences in format in addresses and texts', () => {
	expect(addressOf(' +1 (415) 555-0123 ')).toBe('14155550123');
	expect(addressOf('Order Desk')).toBe('Order Desk');
	expect(addressOf(undefined)).toBe('');
	expect(folded(' a \n\t b ')).toBe('a b');
});

describe('an entry may be the message', () => {
	it.each<[string, Partial<Entry>, Partial<Sought>, string]>([
		[
			'with a sentence added',
			{ body: `${sought.body} STOP to opt out` },
			{},
			'its text has extra characters at the end',
		],
		[
			'with the brand before it',
			{ body: `Shop: ${sought.body}` },
			{},
			'its text has extra characters at the beginning',
		],
		['with its beginning alone', { body: 'Your order has shipped' }, {}, 'its text ends earlier'],
		[
			'from a named inbox',
			{ sender: 'Support' },
			{},
			'its sender is written as “Support” instead of +14155550100',
		],
		['from nobody', { sender: null }, {}, 'its sender cannot be read'],
		[
			'from another inbox',
			{ sender: 'Sales' },
			{ sender: 'Support' },
			'its sender is written as “Sales” instead of Support',
		],
		['without a time', { timestamp: undefined, created: 'today' }, {}, 'its time cannot be read'],
		[
			'without a time zone',
			{ timestamp: '2026-11-25 12:00:01', created: null },
			{},
			'its time has no time zone',
		],
		['without a text', { body: null }, {}, 'its text cannot be read'],
		[
			'with a local number',
			{ members: ['5550123'] },
			{},
			'a recipient is written as “5550123” instead of +14155550123',
		],
		[
			'with one of two people by name',
			{ members: ['+14155550123', 'Anna'] },
			{ recipients: ['+14155550123', '+14155550124'] },
			'not all of its recipients can be read',
		],
		[
			'with several of these',
			{ sender: null, body: `${sought.body} STOP to opt out` },
			{},
			'its sender cannot be read and its text has extra characters at the end',
		],
	])('%s', (_, changed, asked, difference) => {
		const found = { ...entry, ...changed };
		expect(matchesOf([{ ...sought, ...asked }], [found])).toEqual([
			{ answer: 'perhaps', entry: found, difference },
		]);
	});

	it.each<[string, Partial<Entry>, Partial<Sought>]>([
		[
			'a text that is too short to tell',
			{ body: 'See you. STOP to opt out' },
			{ body: 'See you.' },
		],
		['more than 160 characters added', { body: `${sought.body} ${'x'.repeat(160)}` }, {}],
		[
			'a number that goes on',
			{ body: 'Your code for today is 123' },
			{ body: 'Your code for today is 12' },
		],
		['another number in another country', { members: ['+444155550123'] }, {}],
		['another text, whatever the sender', { sender: null, body: 'Your order is late, sorry.' }, {}],
		['other people, whatever the text', { body: null, members: ['+14155550199'] }, {}],
		[
			'another link to the same server',
			{ body: 'Your link for today: https://a.test/2' },
			{ body: 'Your link for today: https://a.test/1' },
		],
		['an entry from before it was asked for', { sender: null, timestamp: at(-1) }, {}],
		['a time without zone that is too old in every zone', { timestamp: '2026-11-24T12:00:00' }, {}],
	])('is not: %s', (_, changed, asked) => {
		expect(matchesOf([{ ...sought, ...asked }], [{ ...entry, ...changed }])).toEqual([undefined]);
	});

	test('matches one of several equal messages, but never before an exact match', () => {
		const withFooter = { ...entry, body: `${sought.body} STOP to opt out` };
		const answers = (entries: Entry[]) =>
			matchesOf([sought, sought], entries).map((match) => match?.answer);
		expect(answers([withFooter])).toEqual(['perhaps', undefined]);
		expect(answers([withFooter, { ...entry, id: 2 }])).toEqual(['same', 'perhaps']);
	});

	test("matches all of them if its text can't be read", () => {
		const answers = matchesOf([sought, sought], [{ ...entry, body: null }]);
		expect(answers.map((match) => match?.answer)).toEqual(['perhaps', 'perhaps']);
	});
});

describe("thousands of texts to one person don't slow n8n down", () => {
	const MANY = 8_000;
	const each = Array.from({ length: MANY }, (_, index) => index);
	const text = 'Your order has shipped today and arrives soon';
	it.each<
		[string, (index: number) => string, (index: number) => Partial<Entry>, string | undefined]
	>([
		['equal ones', () => text, () => ({ body: text }), 'same'],
		[
			'equal ones from another number',
			() => text,
			() => ({ body: text, sender: '+14155550199' }),
			undefined,
		],
		[
			'equal ones without a time',
			() => text,
			() => ({ body: text, timestamp: null, created: null }),
			'perhaps',
		],
		[
			'equal ones with a footer',
			() => text,
			() => ({ body: `${text}. STOP to opt out` }),
			'perhaps',
		],
		[
			'different ones',
			(index) => `${text} ${index}.`,
			(index) => ({ body: `${text} ${MANY + index}.` }),
			undefined,
		],
		[
			'with links',
			(index) => `${text} https://a.test/${index}`,
			(index) => ({ body: `${text} https://a.test/x${index}` }),
			undefined,
		],
		[
			'in groups with one in common',
			() => text,
			(index) => ({ body: text, members: ['+14155550123', `+1415666${1000 + index}`] }),
			'same',
		],
	])('%s', (_, textOf, changed, answer) => {
		const messages = each.map((index) => ({ ...sought, body: textOf(index) }));
		const entries = each.map((id) => ({ ...entry, id, ...changed(id) }));
		// Comparing all with all takes a minute, and more than any test may take.
		const answers = new Set(entriesOf(messages, entries).map((match) => match?.answer));
		expect([...answers]).toEqual([answer]);
	});
});

test('messages to one person that match have the same key', () => {
	const key = (changes: Partial<Sought>, to = '+14155550123') =>
		recordKey('https://api.test', { ...sought, ...changes }, to);
	expect(key({ body: ' Your  order\nhas shipped. ' })).toBe(key({}));
	expect(key({ sender: '1 (415) 555-0100' }, 'tel:+1-415-555-0123')).toBe(key({}));
	expect(key({ body: 'Your order has shipped!' })).not.toBe(key({}));
	expect(key({}, '+444155550123')).not.toBe(key({}));
	expect(key({ sender: 'Support' })).not.toBe(key({}));
});

test('indexes find the same as comparing every entry, in every form and pair of forms', () => {
	const forms = recordForms.filter((form) => form.entry);
	const form = fc.constantFrom(...forms);
	fc.assert(
		fc.property(form, form, fc.boolean(), (one, other, isOther) => {
			const message = { ...sought, body: richText };
			const documented = { ...entry, body: isOther ? sought.body : richText };
			const found = one.entry!(documented);
			const both = (Array.isArray(found.members) ? other.entry!(found) : found) as Entry;
			const differences = differencesOf(messageOf(message, 0), candidateOf(both));
			const [match] = entriesOf([message], [both]);
			expect(match?.answer).toBe(differences && (differences.length > 0 ? 'perhaps' : 'same'));
		}),
		{ numRuns: 1_000 },
	);
});
