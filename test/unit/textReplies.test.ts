import fc from 'fast-check';
import { handOverBody, handOverIn } from '../../nodes/api/answering';
import type { HandedReply } from '../../nodes/api/answering';
import { carrierWordIn } from '../../nodes/api/carrierWords';
import { readReply } from '../../nodes/ClerkChat/waiting/replies';
import { takeHandOver } from '../../nodes/ClerkChat/waiting/takeHandOver';
import { forgetPageAnswer, rememberPageAnswer } from '../../nodes/api/answeredOnPage';
import { rememberReplySent } from '../../nodes/api/repliesSent';
import { linkIn } from '../../nodes/ClerkChatPollingTrigger/answerLinks';
import { Questions } from '../../nodes/ClerkChatPollingTrigger/questions';
import { close, closedSince } from '../../nodes/ClerkChatPollingTrigger/remembered';

test('understands a label as written, in any case and with any surrounding punctuation', () => {
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

test.each([
	[['+14155550123'], true],
	[[], true],
	[undefined, true],
	[['+14155550199'], false],
])('asked %j: the text from +14155550123 answers (%s)', async (recipients, isTaken) => {
	const question = { message: 'Friday?', until: '3000-01-01T00:00:00.000Z', replyHours: 72 };
	const asked = {
		run: '0',
		executionId: '1',
		id: 'x',
		by: 'us',
		askedAt: '',
		recipients,
		question,
	};
	const reply: HandedReply = {
		kind: 'reply',
		id: 1,
		text: 'On Monday',
		from: '+14155550123',
		sentAt: 2000,
		askedAt: 1000,
		isBetweenTwo: false,
		isLastOut: true,
	};
	const context = { getCredentials: async () => ({ apiKey: 'a-key' }) };
	const handed = handOverIn(handOverBody(reply, 'a signature', 'a-key'))!;
	const outcome = await takeHandOver(context as never, asked as never, handed, 'a signature');
	expect('data' in outcome).toBe(isTaken);
});

describe('links to answers', () => {
	const base = 'https://n8n.example.com/sub/';
	const signature = 'a1'.repeat(32);
	const link = `${base}webhook-waiting/17/3f0c9c52-9b0e-4b3f-a3ab-0d8a4a3f2f10?signature=${signature}`;
	const withRun = link.replace('?', '?run=2&');

	test.each([
		[`Friday?\nReply YES or NO, or tap:\n${link}`, link],
		[`${withRun} thanks`, withRun],
		['&amp;', withRun.replace('&', '&amp;'), withRun],
		['&AMP;', withRun.replace('&', '&AMP;'), withRun],
		['in angle brackets', `<${link}>`, link],
		['in quotes', `“${link}”`, link],
		['in brackets, at the end of a sentence', `(see ${link}).`, link],
		['with a mark after it', `${link}!`, link],
		['with an ellipsis after all of it', `${link}…`, link],
		['with its host in capitals', link.replace('https://n8n', 'HTTPS://N8N'), link],
		['with its port, which is the usual one', link.replace('.com/', '.com:443/'), link],
		['after another address', `https://example.com/ ${link}`, link],
	])('%s', (name, text, expected = text) => {
		expect(linkIn(expected === text ? name : text, base)).toEqual({ href: expected, isOwn: true });
	});

	test.each([
		['of another n8n', link.replace('n8n.example', 'elsewhere.example')],
		['of a host that only begins like this one', link.replace('.com/', '.com.evil.test/')],
		['beside the path', link.replace('/sub/', '/other/')],
		['in a folder below it', link.replace('/sub/', '/sub/more/')],
		['on another port', link.replace('.com/', '.com:5678/')],
		['by another protocol', link.replace('https', 'http')],
	])("%s are not this n8n's", (_, other) => {
		expect(linkIn(`Hi ${other}`, base)).toEqual({ href: other, isOwn: false });
	});

	test.each([
		['without a signature', link.replace(/\?.*/, '')],
		['with an invalid signature', link.slice(0, -1)],
		['that were cut off', `${link.slice(0, -3)}…`],
		['that were cut off in the run', `${link}&run=1…`],
		['that were cut off in the run, by dots', `${link}&run=1...`],
		['with more in it', `${link}&approved=true`],
		['with two signatures', `${link}&signature=${signature}`],
		['to a run that is no number', `${link}&run=x`],
		['to a webhook', link.replace('/17/', '/x/')],
		['to somewhere above', link.replace('webhook-waiting/17', '..')],
		['with something after it', `${link}#x`],
	])('%s do not count', (_, other) => expect(linkIn(`Hi ${other}`, base)).toBeUndefined());

	test.each([undefined, null, 7, {}])('%p contains none', (text) => {
		expect(linkIn(text, base)).toBeUndefined();
	});
});

describe('which question a text may answer', () => {
	const base = 'https://n8n.example.com/';
	const linkOf = (execution: number, at = base) =>
		`${at}webhook-waiting/${execution}/node?signature=${'0'.repeat(64)}`;
	const START = Date.UTC(2026, 0, 1);
	const at = (second: number) => new Date(START + second * 1000).toISOString();
	const sent = (second: number, changes = {}) => ({
		id: second * 10,
		inbound: false,
		body: 'We are open on Friday.',
		conversationId: 'c1',
		sender: '+1 (415) 555-0100',
		members: ['+14155550123'],
		timestamp: at(second),
		...changes,
	});
	const question = (second: number, changes = {}) =>
		sent(second, { body: `Friday?\n${linkOf(second)}`, ...changes });
	const reply = (changes = {}) => ({
		id: 99_999,
		inbound: true,
		body: 'yes',
		conversationId: 'c1',
		sender: '+14155550123',
		members: ['+14155550100'],
		timestamp: at(300),
		...changes,
	});
	const situation = (entries: object[], answer: object = reply(), closed: number[] = []) => {
		const memory = new Questions();
		memory.add([...entries, answer] as never, base);
		const links = closed.map((each) => linkOf(each));
		return memory.situationOf(answer as never, (link) =>
			links.includes(link) ? -Infinity : undefined,
		);
	};
	const asked = (entries: object[], answer?: object) =>
		situation(entries, answer).question?.entry.id;

	test('the newest earlier one in its conversation, in any order of reading', () => {
		const others = [
			question(5, { conversationId: 'c2', members: ['+14155550199'] }),
			question(306),
			question(60, { inbound: true }),
			question(70, { body: 'no question' }),
		];
		expect(asked([question(1), question(3), question(2), ...others])).toBe(30);
	});

	test('by two clocks, one sent up to five seconds later, but a text from before it is no answer', () => {
		expect(asked([question(300)])).toBe(3000);
		expect(asked([question(305)])).toBe(3050);
		expect(asked([question(306)])).toBeUndefined();
		expect(situation([question(1), question(303)], reply(), [1])).toMatchObject({
			question: { link: linkOf(303) },
			isBetweenTwo: false,
			isLastOut: false,
		});
	});

	test.each([
		['as documented', {}],
		['with our number among the members', { members: ['+14155550100', '+14155550123'] }],
		['with nobody but the sender among the members', { members: ['+14155550123'] }],
		['with recipients', { recipients: ['+14155550100'], members: undefined }],
	])('without a conversation, by the addresses: %s', (_, changes) => {
		const without = { conversationId: undefined };
		expect(asked([question(1, without)], reply(changes))).toBe(10);
		const elsewhere = { ...without, members: ['+14155550199'] };
		expect(asked([question(1, without)], reply({ ...elsewhere }))).toBeUndefined();
		expect(asked([question(1, without)], reply({ ...without, sender: '+14155550188' }))).toBe(
			undefined,
		);
	});

	test.each(['0014155550123', '14155550123', 'whatsapp:+14155550123', ' +1 415-555-0123'])(
		'a person is the same when written as %s',
		(sender) => {
			const without = { conversationId: undefined };
			expect(asked([question(1, without)], reply({ ...without, sender }))).toBe(10);
		},
	);

	test('any of several people may answer, even in a separate conversation', () => {
		const group = question(1, { members: ['+14155550123', '+14155550124'] });
		expect(asked([group])).toBe(10);
		expect(asked([group], reply({ sender: '+14155550124', conversationId: 'c9' }))).toBe(10);
		expect(asked([group], reply({ sender: '+14155550125', conversationId: 'c9' }))).toBe(undefined);
	});

	test('not one that is forgotten', () => {
		const memory = new Questions();
		memory.add([question(1), question(2), reply()] as never, base);
		memory.forgetBefore(Date.parse(at(3)));
		expect(memory.situationOf(reply() as never, () => undefined).question).toBeUndefined();
	});

	test('when there is too much, forgets conversations without a question first', () => {
		const memory = new Questions();
		const campaign = Array.from({ length: 25_000 }, (_, index) =>
			sent(4, { id: 100_000 + index, conversationId: `k${index}`, members: [`+1415556${index}`] }),
		);
		memory.add([question(1), sent(2), ...campaign, reply()] as never, base);
		memory.trim(Date.parse(at(3600)));
		expect(memory.situationOf(reply() as never, () => undefined)).toMatchObject({
			question: { link: linkOf(1) },
			isLastOut: false,
		});
		const many = Array.from({ length: 25_000 }, (_, index) =>
			question(5, {
				id: 200_000 + index,
				conversationId: `q${index}`,
				members: [`+1415557${index}`],
			}),
		);
		memory.add(many as never, base);
		memory.trim(Date.parse(at(3600)));
		expect(memory.situationOf(reply() as never, () => undefined).question).toBeUndefined();
	});

	test("another n8n's question also counts as the newest", () => {
		const theirs = question(2, { body: linkOf(7, 'https://other.example.com/') });
		expect(situation([question(1), theirs]).question).toMatchObject({ isOwn: false });
		expect(situation([theirs, question(3)]).question).toMatchObject({ isOwn: true });
	});

	describe('whether it is the last message sent', () => {
		const stop = (second: number) => reply({ id: 5, body: 'HELP', timestamp: at(second) });
		const automatic = 'Reply STOP to unsubscribe. Msg&Data Rates May Apply.';
		const SPANISH = 'Responda STOP para cancelar y HELP para ayuda.';
		const ASKING = 'Sorry! Shall we call you? Reply STOP to opt out.';
		const INVITING = 'Reply YES to book a call. Reply STOP to opt out.';

		test.each<[string, object[], boolean]>([
			['nothing else', [], true],
			['before it', [sent(9)], true],
			['after the text', [sent(301)], true],
			['something by a colleague', [sent(20)], false],
			['in another conversation with the same person', [sent(20, { conversationId: 'c2' })], false],
			['to somebody else', [sent(20, { conversationId: 'c2', members: ['+14155550199'] })], true],
			['something that failed', [sent(20, { status: 'failed' })], true],
			['something that was not delivered', [sent(20, { status: 'UNDELIVERED' })], true],
			['the question, to another person', [question(20, { body: `Friday?\n${linkOf(10)}` })], true],
			["a carrier's answer to HELP", [stop(20), sent(21, { body: automatic })], true],
			['the same in Spanish', [stop(20), sent(21, { body: SPANISH })], true],
			['the same without HELP', [sent(21, { body: automatic })], false],
			['the same long after', [stop(20), sent(90, { body: automatic })], false],
			['what asks something after HELP', [stop(20), sent(21, { body: ASKING })], false],
			['what takes a YES itself after HELP', [stop(20), sent(21, { body: INVITING })], false],
			["a colleague's answer to HELP", [stop(20), sent(21, { body: 'What is it?' })], false],
		])('%s: %#', (_, others, isLastOut) => {
			expect(situation([question(10), ...others])).toMatchObject({ isLastOut });
		});

		test('a question whose link was cut off is another message', () => {
			const cutOff = sent(20, { body: `Friday?\n${linkOf(20).slice(0, -9)}…` });
			expect(situation([question(10), cutOff])).toMatchObject({
				question: { link: linkOf(10) },
				isLastOut: false,
			});
		});

		test('its link in other words is another message, not a question', () => {
			const words = `Please tap the link, we cannot read replies: ${linkOf(10)}`;
			expect(situation([question(10), sent(20, { body: words })])).toMatchObject({
				question: { entry: { id: 100 } },
				isLastOut: false,
			});
			const again = question(20, { body: `Friday?\n${linkOf(10)}` });
			expect(situation([question(10), again])).toMatchObject({ isLastOut: true });
		});

		test('nor is a question sent after the text: it may respond to it', () => {
			expect(situation([question(303)])).toMatchObject({ isLastOut: false });
			expect(situation([sent(200), question(300, { id: 1 })])).toMatchObject({ isLastOut: true });
		});

		test("this n8n's own message about the question isn't another message", () => {
			rememberReplySent('200', START + 15_000);
			expect(situation([question(10), sent(20)])).toMatchObject({ isLastOut: true });
			expect(situation([question(10), sent(21)])).toMatchObject({ isLastOut: false });
			// Nor is one to a text from before the question, by any clock: that may be what made a workflow ask.
			rememberReplySent('400', START + 9_000);
			expect(situation([question(10), sent(40)])).toMatchObject({ isLastOut: false });
			// It is about the question before: a reply to a text received before this one.
			rememberReplySent('300', START + 15_000);
			expect(situation([question(10), question(25), sent(30)])).toMatchObject({
				question: { link: linkOf(25) },
				isLastOut: false,
			});
		});

		test("a failed question isn't a question, and the one before it is the newest", () => {
			const failed = question(20, { status: 'failed' });
			expect(situation([question(10), failed])).toMatchObject({
				question: { link: linkOf(10) },
				isLastOut: true,
			});
		});
	});

	test('a text soon after a newer question may be for the older one, while that is open', () => {
		const two = [question(10), question(290)];
		expect(situation(two)).toMatchObject({ isBetweenTwo: true });
		// A text with an unknown result may have answered it.
		const before = (second: number) => reply({ id: 5, timestamp: at(second) });
		expect(situation([...two, before(200)], reply(), [10])).toMatchObject({ isBetweenTwo: true });
		expect(situation([...two, before(170)], reply(), [10])).toMatchObject({ isBetweenTwo: false });
		// Nothing else was written that may have answered the older one.
		const memory = new Questions();
		memory.add([...two, reply()] as never, base);
		expect(memory.situationOf(reply() as never, () => -Infinity)).toMatchObject({
			isBetweenTwo: false,
		});
		expect(situation([question(10), sent(25), question(290)])).toMatchObject({
			isBetweenTwo: false,
		});
		expect(situation([question(10), question(285)])).toMatchObject({ isBetweenTwo: true });
		expect(situation([question(10), question(284)])).toMatchObject({ isBetweenTwo: false });
	});

	test('so may one that arrives around the time when the older one was answered on its page', () => {
		const closedAt = (second: number) => {
			const memory = new Questions();
			memory.add([question(10), question(290), reply()] as never, base);
			return memory.situationOf(reply() as never, (link) =>
				link === linkOf(10) ? Date.parse(at(second)) : undefined,
			);
		};
		expect(closedAt(289)).toMatchObject({ isBetweenTwo: true });
		expect(closedAt(301)).toMatchObject({ isBetweenTwo: true });
		expect(closedAt(180)).toMatchObject({ isBetweenTwo: true });
		expect(closedAt(179)).toMatchObject({ isBetweenTwo: false });
	});

	test('a question answered on its page is closed from then on', () => {
		const link = linkOf(10).replace('0'.repeat(64), 'b'.repeat(64));
		expect(closedSince(link)).toBeUndefined();
		const before = Date.now();
		rememberPageAnswer('b'.repeat(64));
		expect(closedSince(link)).toBeGreaterThanOrEqual(before);
		forgetPageAnswer('b'.repeat(64));
		expect(closedSince(link)).toBeUndefined();
		close(link);
		expect(closedSince(link)).toBe(-Infinity);
	});

	test('in a conversation with an open question, a text may be for that, not for a newer one to a group', () => {
		const group = question(100, {
			conversationId: 'c2',
			members: ['+14155550123', '+14155550124'],
		});
		expect(situation([question(10), group])).toMatchObject({
			question: { link: linkOf(100) },
			isBetweenTwo: true,
		});
		expect(situation([question(10), group], reply(), [10])).toMatchObject({ isBetweenTwo: false });
		const inGroup = reply({ conversationId: 'c2', members: ['+14155550100', '+14155550124'] });
		expect(situation([question(10), group], inGroup)).toMatchObject({ isBetweenTwo: false });
		expect(situation([group])).toMatchObject({ isBetweenTwo: false });
	});

	test("in a group, a text isn't for a newer question to one member alone, and says so", () => {
		const members = ['+14155550123', '+14155550124'];
		const group = question(10, { conversationId: 'c2', members });
		const inGroup = reply({ conversationId: 'c2', members: ['+14155550100', '+14155550124'] });
		expect(situation([group, question(100)], inGroup)).toMatchObject({
			question: { link: linkOf(10) },
			isLastOut: false,
		});
	});

	test('a text without a receiving number may be for a question from either', () => {
		const without = { conversationId: undefined };
		const two = [question(1, without), question(50, { ...without, sender: '+14155550177' })];
		const nameless = reply({ ...without, members: undefined });
		expect(situation(two, nameless)).toMatchObject({ isBetweenTwo: true });
		expect(situation(two, nameless, [1])).toMatchObject({ isBetweenTwo: false });
		expect(situation(two, reply(without))).toMatchObject({
			question: { link: linkOf(1) },
			isBetweenTwo: false,
		});
		expect(situation([question(1, without), question(50, without)], nameless)).toMatchObject({
			isBetweenTwo: false,
		});
	});

	test('distinguishes people that the record lists as objects', () => {
		const as = (phone: string) => ({ phone, name: 'Somebody' });
		const without = { conversationId: undefined };
		const ask = question(1, {
			...without,
			sender: as('+14155550100'),
			members: [as('+14155550123')],
		});
		const from = (phone: string) =>
			asked([ask], reply({ ...without, sender: as(phone), members: [as('+14155550100')] }));
		expect(from('+14155550123')).toBe(10);
		expect(from('+14155550124')).toBeUndefined();
	});
});
