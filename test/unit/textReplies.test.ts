import fc from 'fast-check';
import { carrierWordIn } from '../../nodes/api/carrierWords';
import { readReply } from '../../nodes/ClerkChat/waiting/replies';
import { linkIn, Questions } from '../../nodes/ClerkChatPollingTrigger/questions';

test('a label is understood as it is written, in any letters and with any marks around', () => {
	const ask = (approve: string, decline: string) => ({
		message: 'Friday?',
		until: '3000-01-01T00:00:00.000Z',
		replyHours: 72,
		buttons: { approve, decline },
	});
	const said = (question: ReturnType<typeof ask>, text: string) => readReply(question, text).answer;
	fc.assert(
		fc.property(fc.stringMatching(/^[a-zà-ý]{3,12}( [a-zà-ý]{3,12})?$/), (label) => {
			fc.pre(!said(ask('Approve', 'Decline'), label) && !carrierWordIn(label));
			expect(said(ask(label, 'Decline'), ` ${label.toUpperCase()}!! `)).toEqual({ approved: true });
			expect(said(ask('Approve', label), `(${label})`)).toEqual({ approved: false });
		}),
	);
});

describe('links to answers', () => {
	const base = 'https://n8n.example.com/sub/';
	const signature = 'a1'.repeat(32);
	const link = `${base}webhook-waiting/17/3f0c9c52-9b0e-4b3f-a3ab-0d8a4a3f2f10?signature=${signature}`;

	test.each([
		[`Friday?\nReply YES or NO, or tap:\n${link}`, link],
		[`${link.replace('?', '?run=2&')} thanks`, link.replace('?', '?run=2&')],
	])('%s', (text, expected) => expect(linkIn(text, base)).toBe(expected));

	test.each([
		['of another n8n', link.replace('n8n.example', 'elsewhere.example')],
		['of a host that only begins like this one', link.replace('.com/', '.com.evil.test/')],
		['beside the path', link.replace('/sub/', '/other/')],
		['without a signature', link.replace(/\?.*/, '')],
		['with a signature that is none', link.slice(0, -1)],
		['with more in it', `${link}&approved=true`],
		['with two signatures', `${link}&signature=${signature}`],
		['to a webhook', link.replace('/17/', '/x/')],
		['to somewhere above', link.replace('webhook-waiting', '..')],
		['with something behind it', `${link}#x`],
	])('%s are none', (_, other) => expect(linkIn(`Hi ${other}`, base)).toBeUndefined());

	test.each([undefined, null, 7, {}])('%p holds none', (text) => {
		expect(linkIn(text, base)).toBeUndefined();
	});
});

describe('which question a text may answer', () => {
	const base = 'https://n8n.example.com/';
	const linkOf = (execution: number) =>
		`${base}webhook-waiting/${execution}/node?signature=${'0'.repeat(64)}`;
	const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
	const question = (execution: number, changes = {}) => ({
		id: execution,
		inbound: false,
		body: `Friday?\n${linkOf(execution)}`,
		conversationId: 'c1',
		sender: '+1 (415) 555-0100',
		members: ['+14155550123'],
		timestamp: at(execution),
		...changes,
	});
	const reply = (changes = {}) => ({
		id: 99,
		inbound: true,
		body: 'yes',
		conversationId: 'c1',
		sender: '+14155550123',
		members: ['+14155550100'],
		timestamp: at(30),
		...changes,
	});
	const asked = (questions: object[], answer: object) => {
		const memory = new Questions();
		memory.add(questions as never, base);
		return memory.askedBefore(answer as never).map(({ entry }) => entry.id);
	};

	test('those of its conversation that were there before it, the newest first', () => {
		const others = [
			question(5, { conversationId: 'c2' }),
			question(31),
			question(6, { inbound: true }),
			question(7, { body: 'no question' }),
		];
		expect(asked([question(1), question(3), question(2), ...others], reply())).toEqual([3, 2, 1]);
	});

	test('one of the same second', () => {
		expect(asked([question(30)], reply())).toEqual([30]);
	});

	test.each([
		['as documented', {}],
		['with our number among the members', { members: ['+14155550100', '+14155550123'] }],
		['with nobody but the sender among the members', { members: ['+14155550123'] }],
		['with recipients', { recipients: ['+14155550100'], members: undefined }],
	])('without a conversation, by the addresses: %s', (_, changes) => {
		const without = { conversationId: undefined };
		expect(asked([question(1, without)], reply(changes))).toEqual([1]);
		const elsewhere = { ...without, members: ['+14155550199'] };
		expect(asked([question(1, without)], reply({ ...elsewhere }))).toEqual([]);
		expect(asked([question(1, without)], reply({ ...without, sender: '+14155550188' }))).toEqual(
			[],
		);
	});

	test('of several people each may answer, also in a conversation of their own', () => {
		const group = question(1, { members: ['+14155550123', '+14155550124'] });
		expect(asked([group], reply())).toEqual([1]);
		expect(asked([group], reply({ sender: '+14155550124', conversationId: 'c9' }))).toEqual([1]);
		expect(asked([group], reply({ sender: '+14155550125', conversationId: 'c9' }))).toEqual([]);
	});

	test('not one that is forgotten', () => {
		const memory = new Questions();
		memory.add([question(1), question(2), question(3)] as never, base);
		memory.forgetBefore(Date.parse(at(2)));
		expect(memory.askedBefore(reply() as never).map(({ entry }) => entry.id)).toEqual([3, 2]);
	});
});
