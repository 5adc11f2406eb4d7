import fc from 'fast-check';
import { addressOf, entriesOf, folded } from '../../nodes/api/matching';
import type { Sought } from '../../nodes/api/matching';
import type { Entry } from '../../nodes/api/record';

/* Which entry of Clerk Chat's record is which message. */

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
	])('%s', (_, changed, asked) => {
		expect(idsOf([{ ...sought, ...asked }], [{ ...entry, ...changed }])).toEqual([1]);
	});
});

describe('an entry is not the message', () => {
	it.each<[string, Partial<Entry>, Partial<Sought>]>([
		['that came in', { inbound: true }, {}],
		['from another number', { sender: '+14155550101' }, {}],
		['to somebody else', { members: ['+14155550100', '+14155550124'] }, {}],
		[
			'to only a part of the people',
			{ members: ['a', '+14155550100'] },
			{ recipients: ['a', 'b'] },
		],
		['with another text', { body: 'Your order has shipped!' }, {}],
		['from before it was asked for', { timestamp: at(-1) }, {}],
		[
			'from long after its request had ended',
			{ timestamp: at(90), created: at(90) },
			{ before: NOON + 60_000 },
		],
		['without a time', { timestamp: undefined, created: 'today' }, {}],
		['without people', { members: null }, {}],
	])('%s', (_, changed, asked) => {
		expect(idsOf([{ ...sought, ...asked }], [{ ...entry, ...changed }])).toEqual([undefined]);
	});

	test('that is known to be another one', () => {
		expect(idsOf([sought], [entry], [1])).toEqual([undefined]);
	});
});

describe('equal messages', () => {
	const three = [sought, sought, sought];

	test('get an entry each, the earlier one first, whatever the order of the list', () => {
		const entries = [
			entry,
			{ ...entry, id: 3, timestamp: at(3) },
			{ ...entry, id: 2, timestamp: at(2) },
		];
		expect(idsOf(three, entries)).toEqual([1, 2, 3]);
	});

	test('are told apart by their IDs at the same moment', () => {
		expect(idsOf(three, [{ ...entry, id: 10 }, entry, { ...entry, id: 9 }])).toEqual([1, 9, 10]);
	});

	test('in item order when there are fewer entries', () => {
		expect(idsOf(three, [{ ...entry, id: 2 }, entry])).toEqual([1, 2, undefined]);
	});
});

test('a message to one of a group does not take the entry of the message to the group', () => {
	const toGroup = { ...sought, recipients: ['+14155550123', '+14155550124'] };
	const ofGroup = { ...entry, members: ['+14155550100', '+14155550123', '+14155550124'] };
	expect(idsOf([sought, toGroup], [ofGroup, { ...entry, id: 2 }])).toEqual([2, 1]);
	expect(idsOf([toGroup], [entry])).toEqual([undefined]);
});

test('is not slow when thousands of others got the same text', () => {
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

test('gives no entry twice, and each message that went out its own, in every order', () => {
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

test('reads addresses and texts as people mean them', () => {
	expect(addressOf(' +1 (415) 555-0123 ')).toBe('14155550123');
	expect(addressOf('Order Desk')).toBe('Order Desk');
	expect(addressOf(undefined)).toBe('');
	expect(folded(' a \n\t b ')).toBe('a b');
});
