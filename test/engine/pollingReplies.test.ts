import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';
import { handOverIn, receptionBody } from '../../nodes/api/answering';
import type { HandOver, Received, Reception } from '../../nodes/api/answering';
import { ruleOn } from '../../nodes/api/replyRule';
import { signatureOf } from '../../nodes/ClerkChatPollingTrigger/answerLinks';
import { simplified } from '../../nodes/api/simplified';
import { FakeRecord } from './fakeRecord';
import { PollingHost } from './pollingHost';

/* Texts that answer questions: which question the trigger passes each one to, and what each node returns. */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const START = Date.parse('2026-05-01T12:00:00.000Z');
const ANN = '+14155550123';
const US = '+14155550100';
const RUNNING = [409, { message: 'The execution "1" is running already.' }] as const;

let clock: number;
let record: FakeRecord;
let host: PollingHost;

/** What this n8n was asked, and what it says, by the address and the text. */
let posted: Array<{ url: string; text: string }>;
let says: (url: string, text: string) => Says;

/** `taken` is what the words are worth: the rule may say otherwise. */
type Says = Reception | readonly [number, unknown] | Error;

/** Which questions were asked whether they are open, and what they say. */
let looked: string[];
let stillOpen: boolean;

/** What was handed over that is no reply. */
let failures: HandOver[];

/** A module of the node keeps what it knows of links in its process: no two tests share one. */
let execution = 1000;

beforeEach(() => {
	clock = START;
	jest.spyOn(Date, 'now').mockImplementation(() => clock);
	record = new FakeRecord(() => clock);
	host = newHost();
	posted = [];
	failures = [];
	looked = [];
	stillOpen = true;
	says = (_, text) => (/^(yes|no)$/i.test(text) ? 'taken' : 'notTaken');
});

afterEach(() => jest.restoreAllMocks());

function newHost(id = 'workflow', process?: PollingHost): PollingHost {
	const made = new PollingHost(record, id, process);
	made.elsewhere = async ({ url, body, headers, method }: IHttpRequestOptions) => {
		expect(headers?.Accept).toBe('application/json');
		if (method === 'GET') {
			looked.push(url);
			const reception = stillOpen ? 'notTaken' : 'closed';
			return { statusCode: 200, body: receptionBody({ reception }) as never, headers: {} };
		}
		expect(method).toBe('POST');
		const { handOver, fits } = handOverIn(body)!;
		expect(fits(signatureOf(url), 'a-secret-key')).toBe(true);
		const text = handOver.kind === 'reply' ? handOver.text : '(not delivered)';
		if (handOver.kind === 'reply') posted.push({ url, text });
		else failures.push(handOver);
		const said = says(url, text);
		if (said instanceof Error) throw said;
		const [statusCode, answer] =
			typeof said === 'string' ? [200, receptionBody(ruledOn(handOver, said))] : said;
		return { statusCode, body: answer as never, headers: {} };
	};
	return made;
}

const QUESTION = { text: 'Friday?', askedAt: '2026-05-01T12:00:00.000Z', expected: 'YES or NO' };

/** What a question's page responds. */
function ruledOn(handOver: HandOver, reception: Reception): Received {
	if (reception !== 'taken' && reception !== 'notTaken') return { reception };
	if (handOver.kind !== 'reply') return { reception };
	const { isBetweenTwo, isLastOut, sentAt, askedAt } = handOver;
	const ruling = ruleOn({
		question: 'open',
		isAsked: true,
		says: reception === 'taken' ? 'answer' : 'notUnderstood',
		isBetweenTwo,
		isLastOut,
		age: sentAt - askedAt,
		countsFor: 7 * DAY,
		isProven: true,
	});
	if (ruling.becomes === 'answer') return { reception: 'taken' };
	const { reason } = ruling as { reason: Received['reason'] };
	return { reception: 'notTaken', reason, question: QUESTION };
}

async function nextTick(...hosts: PollingHost[]): Promise<void> {
	clock += MINUTE;
	for (const each of hosts.length > 0 ? hosts : [host]) await each.tick();
}

const linkOf = (number: number, base = host.base) =>
	`${base}webhook-waiting/${number}/3f0c9c52?signature=${'0'.repeat(64)}`;

/** Somebody is asked. */
function asks(changes: IDataObject = {}, at = clock) {
	const link = linkOf(++execution);
	const entry = {
		inbound: false,
		sender: US,
		members: [ANN],
		body: `Friday?\n${link}`,
		...changes,
	};
	record.add(entry, { at });
	return link;
}

const writes = (body: string, changes: IDataObject = {}) => {
	clock += 1000;
	return record.add({ body, sender: ANN, members: [US], ...changes });
};

const bodies = (output: number, of = host) => of.out(output).map(({ body }) => body);
const messages = () => bodies(0);
const answers = () => bodies(1);

test('a text that waited for one question is not for another one listed later, and says so', async () => {
	await host.publish();
	asks();
	says = () => RUNNING;
	clock += 30_000;
	const at = clock;
	writes('yes');
	await nextTick();
	expect(posted).toHaveLength(1);
	says = () => 'taken';
	asks({}, at);
	await nextTick();
	expect([posted.length, answers(), messages()]).toEqual([1, [], ['yes']]);
	expect(host.out(0)[0].openQuestion).toMatchObject({ reason: 'notChecked' });
});

describe('a text that made a workflow ask is not the answer, although the clocks may differ', () => {
	beforeEach(() => {
		says = () => 'taken';
	});

	test('where the Clerk Chat Trigger started it at once', async () => {
		await host.publish();
		writes('Hi, I need a quote');
		asks({}, clock + 2000);
		await nextTick();
		expect([answers(), messages()]).toEqual([[], ['Hi, I need a quote']]);
		expect(host.out(0)[0]).toMatchObject({ openQuestion: { reason: 'notLastMessage' } });
	});

	test('where another polling trigger started it', async () => {
		const second = newHost('second', host);
		await host.publish();
		await second.publish();
		writes('Hi, I need a quote');
		await host.tick();
		clock += 2000;
		asks();
		await nextTick(second);
		for (const each of [host, second]) {
			expect([bodies(0, each), bodies(1, each)]).toEqual([['Hi, I need a quote'], []]);
		}
	});
});

test('an accepted reply is returned by Answer, any other text by Message', async () => {
	await host.publish();
	const link = asks();
	writes('Who is this?');
	const reply = writes('Yes');
	writes('Thanks');
	await nextTick();
	expect(host.executions).toHaveLength(1);
	expect(messages()).toEqual(['Who is this?', 'Thanks']);
	expect(host.out(1)).toEqual([expect.objectContaining({ id: reply.id, body: reply.body })]);
	expect(posted).toEqual([
		{ url: link, text: 'Who is this?' },
		{ url: link, text: 'Yes' },
	]);
	await nextTick();
	expect(host.executions).toHaveLength(1);
});

test('a single answer also starts the workflow, so that n8n saves that it was one', async () => {
	await host.publish();
	asks();
	writes('yes');
	await nextTick();
	expect(host.executions).toEqual([[[], [{ json: expect.anything() }]]]);
	await host.restart();
	await nextTick();
	expect([messages(), answers()]).toEqual([[], ['yes']]);
});

test('switched off, passes nothing on', async () => {
	host.parameters = { options: { answerQuestions: false } };
	await host.publish();
	asks();
	writes('yes');
	await nextTick();
	expect([messages(), posted]).toEqual([['yes'], []]);
});

test("answers are returned even if received texts aren't selected", async () => {
	host.parameters = { events: ['message.failed'] };
	await host.publish();
	asks();
	writes('hello');
	writes('yes');
	await nextTick();
	expect([messages(), answers()]).toEqual([[], ['yes']]);
});

describe('several questions', () => {
	test('only the newest one accepts texts, and none once it is closed', async () => {
		await host.publish();
		const [, second] = [asks(), asks({}, clock + 1000)];
		clock += MINUTE;
		writes('yes');
		clock += 3 * MINUTE;
		writes('no');
		await nextTick();
		expect(posted).toEqual([{ url: second, text: 'yes' }]);
		expect([messages(), answers()]).toEqual([['no'], ['yes']]);
		expect(host.out(0)[0]).not.toHaveProperty('openQuestion');
	});

	test("a text that the newest doesn't understand isn't passed to an older one", async () => {
		await host.publish();
		asks();
		const second = asks({}, clock + 1000);
		clock += MINUTE;
		writes('maybe');
		await nextTick();
		expect(posted.map(({ url }) => url)).toEqual([second]);
		expect(messages()).toEqual(['maybe']);
	});

	test.each<[string, Reception | readonly [number, unknown]]>([
		['by its page', 'closed'],
		['by n8n, when the execution has ended', [200, '<html><title>No action required</title>']],
		['by n8n, when it failed', [409, { message: 'The execution "1" has finished with error.' }]],
		['by n8n, when it was removed', [404, { message: 'The execution "1" does not exist.' }]],
		['by n8n, when another n8n made the link', [401, { error: 'Invalid token' }]],
		['by n8n, the same on a page', [401, '<title>Invalid Form Link</title>']],
	])('a closed one (%s) closes the conversation for texts', async (_, closed) => {
		await host.publish();
		const [, second] = [asks(), asks({}, clock + 1000)];
		clock += MINUTE;
		says = (url) => (url === second ? closed : 'taken');
		writes('yes');
		await nextTick();
		writes('ok');
		await nextTick();
		expect(posted.map(({ url }) => url)).toEqual([second]);
		expect([messages(), answers()]).toEqual([['yes', 'ok'], []]);
	});

	test('one question sent as separate texts: any of the people can answer', async () => {
		await host.publish();
		const link = asks();
		const body = `Friday?\n${link}`;
		record.add({
			inbound: false,
			sender: US,
			members: ['+14155550124'],
			conversationId: '8',
			body,
		});
		writes('yes', { sender: '+14155550124', conversationId: '8' });
		await nextTick();
		expect([messages(), answers()]).toEqual([[], ['yes']]);
	});
});

describe('where Message Received is not chosen', () => {
	beforeEach(() => {
		host.parameters = { events: ['message.failed'] };
	});

	test("a text that wasn't an answer isn't passed on again after a restart", async () => {
		await host.publish();
		const older = asks();
		clock += MINUTE;
		asks();
		clock += 5000;
		writes('yes');
		await nextTick();
		expect([posted.length, answers()]).toEqual([1, []]);
		// By then nothing else speaks against it.
		says = (url) => (url === older ? 'closed' : 'taken');
		stillOpen = false;
		await host.restart();
		await nextTick();
		writes('hello', { conversationId: 'other', sender: '+14155550199' });
		await nextTick();
		expect([posted.length, messages(), answers()]).toEqual([1, [], []]);
	});

	test('other texts do not start the workflow', async () => {
		await host.publish();
		writes('hello');
		await nextTick();
		expect(host.executions).toEqual([]);
	});
});

describe('after a restart', () => {
	test("a question is found again, once and up to a week later, and an idle n8n doesn't search", async () => {
		await host.publish();
		asks();
		for (let days = 0; days < 6; days++) {
			record.add({ inbound: false, conversationId: 'other' });
			await nextTick();
			clock += DAY;
		}
		await host.restart();
		const before = record.requests.length;
		await nextTick();
		expect(record.requests).toHaveLength(before + 1);
		writes('yes');
		await nextTick();
		expect(answers()).toEqual(['yes']);
		const after = record.requests.length;
		writes('yes');
		await nextTick();
		expect(record.requests).toHaveLength(after + 1);
		expect(messages()).toEqual(['yes']);
	});

	test.each([
		['just before', -MINUTE, ['yes'], []],
		['just after', 5 * MINUTE, [], ['yes']],
	])('a week is seven days: %s they are over', async (_, more, asAnswers, asMessages) => {
		await host.publish();
		asks();
		await nextTick();
		clock = START + 7 * DAY + more - 1000;
		await host.restart();
		writes('yes');
		await host.tick();
		await nextTick();
		expect([answers(), messages()]).toEqual([asAnswers, asMessages]);
	});

	describe("when the record's history can't be read", () => {
		const elsewhere = { conversationId: 'other', sender: '+14155550124' };

		beforeEach(async () => {
			await host.publish();
			asks();
			clock += 2 * 60 * MINUTE;
			asks({ conversationId: 'other', members: ['+14155550124'] });
			writes('hello', elsewhere);
			await nextTick();
			await host.restart();
			// Reading it again never ends.
			record.fault = (request) => (record.requests[request].end ? 500 : undefined);
		});

		test("a text waits for the next poll, those in other conversations don't", async () => {
			writes('yes', elsewhere);
			writes('yes');
			await nextTick();
			expect([messages(), answers()]).toEqual([['hello'], ['yes']]);
			record.fault = () => undefined;
			await nextTick();
			expect([messages(), answers()]).toEqual([['hello'], ['yes', 'yes']]);
		});

		test.each<[string, IDataObject]>([
			['soon after a newer one', {}],
			['in a conversation of its own', { conversationId: 'g', members: [ANN, '+14155550125'] }],
		])(
			'nor is one for a newer question if it may be for one not read yet: %s',
			async (_, newer) => {
				asks(newer);
				clock += newer.members ? MINUTE : 0;
				writes('yes');
				await nextTick();
				record.fault = () => undefined;
				await nextTick();
				expect([answers(), messages()]).toEqual([[], ['hello', 'yes']]);
				expect(host.out(0)[1]).toMatchObject({ openQuestion: { reason: 'twoQuestions' } });
			},
		);

		test('nor is one that may be for a question from another number', async () => {
			const dan = { sender: '+14155550127', members: [], conversationId: undefined };
			const toDan = { members: [dan.sender], conversationId: undefined };
			record.fault = () => undefined;
			asks({ ...toDan, sender: '+14155550199' });
			await nextTick();
			clock += 2 * 60 * MINUTE;
			writes('hello', { ...dan, sender: ANN });
			await nextTick();
			await host.restart();
			record.fault = (request) => (record.requests[request].end ? 500 : undefined);
			asks(toDan);
			clock += MINUTE;
			writes('yes', dan);
			await nextTick();
			expect(answers()).toEqual([]);
			record.fault = () => undefined;
			await nextTick();
			expect(host.out(0).at(-1)).toMatchObject({ openQuestion: { reason: 'twoQuestions' } });
		});

		test('a later text does not overtake one that waits', async () => {
			const cat = { sender: '+14155550126', conversationId: 'cat' };
			asks({ ...cat, sender: US, members: [cat.sender] });
			writes('no', cat);
			clock += 20_000;
			writes('yes', cat);
			await nextTick();
			expect(answers()).toEqual([]);
			record.fault = () => undefined;
			await nextTick();
			expect([answers(), messages()]).toEqual([['no'], ['hello', 'yes']]);
			expect(host.out(0)[1]).toMatchObject({ followUp: true });
		});

		test('but not forever', async () => {
			writes('yes');
			for (let polls = 0; polls < 3; polls++) await nextTick();
			expect(messages()).toEqual(['hello']);
			for (let polls = 0; polls < 3; polls++) await nextTick();
			expect(messages()).toEqual(['hello', 'yes']);
			expect(host.out(0)[1].openQuestion).toEqual({
				text: null,
				askedAt: null,
				expected: null,
				understood: false,
				reason: 'notChecked',
			});
		});
	});
});

describe("a text that answered a question doesn't answer an older one, either", () => {
	let open: Set<string>;

	const asksTwice = () => {
		const first = asks();
		const second = asks({}, clock + 1000);
		clock += MINUTE;
		open = new Set([first, second]);
		says = (url) => (open.delete(url) ? 'taken' : 'closed');
		return first;
	};

	test('when n8n was killed before it had saved that', async () => {
		await host.publish();
		const first = asksTwice();
		writes('yes');
		clock += MINUTE;
		await host.tick('saving');
		await nextTick();
		expect([...open]).toEqual([first]);
		expect(messages()).toEqual(['yes']);
	});

	test('when n8n was restarted before an infrequent trigger polled', async () => {
		const seldom = newHost('seldom', host);
		await host.publish();
		await seldom.publish();
		const first = asksTwice();
		writes('yes');
		await nextTick(host);
		await seldom.restart();
		await nextTick(seldom);
		expect([...open]).toEqual([first]);
		expect(bodies(0, seldom)).toEqual(['yes']);
	});

	test('and only the first of two texts from before the start answers', async () => {
		await host.publish();
		const first = asksTwice();
		await nextTick();
		writes('yes');
		writes('no');
		clock += 1000;
		await host.restart();
		await nextTick();
		expect([messages(), answers(), [...open]]).toEqual([['no'], ['yes'], [first]]);
		expect(host.out(0)[0]).toMatchObject({ followUp: true });
	});

	test('nor does a new text after a restart', async () => {
		await host.publish();
		const first = asksTwice();
		writes('yes');
		await nextTick();
		await host.restart();
		await nextTick();
		writes('no');
		await nextTick();
		expect([[...open], answers(), messages()]).toEqual([[first], ['yes'], ['no']]);
	});
});

describe("doesn't answer an older question", () => {
	test('when the newer one was asked while the trigger was off', async () => {
		await host.publish();
		asks();
		await nextTick();
		writes('hello', { conversationId: 'x' });
		await nextTick();
		host.unpublish();
		clock += 30 * MINUTE;
		const newer = asks();
		clock += 30 * MINUTE;
		await host.publish();
		await nextTick();
		writes('yes');
		await nextTick();
		expect(posted.map(({ url }) => url)).toEqual([newer]);
	});

	test('when the newer one was asked while Answer Questions was off', async () => {
		await host.publish();
		asks();
		writes('hello', { conversationId: 'x' });
		await nextTick();
		host.parameters = { options: { answerQuestions: false } };
		await host.publish('update');
		const newer = asks();
		await nextTick();
		clock += 9 * MINUTE;
		await nextTick();
		writes('hello', { conversationId: 'x' });
		await nextTick();
		host.parameters = {};
		await host.publish('update');
		clock += 10 * MINUTE;
		writes('yes');
		await nextTick();
		expect(posted.map(({ url }) => url)).toEqual([newer]);
	});

	test.each([
		['the connection ended', new Error('socket hang up')],
		['a proxy gave up waiting', [504, '<html>Gateway Time-out</html>'] as const],
	])('when the newer one accepted the text, but %s before n8n said so', async (_, unclear) => {
		await host.publish();
		const older = asks();
		const newer = asks({}, clock + 1000);
		clock += 2000;
		let isTaken = false;
		says = (url) => {
			if (!url.endsWith(newer.slice(host.base.length))) return 'taken';
			if (isTaken) return 'closed';
			isTaken = true;
			return unclear;
		};
		writes('yes');
		await nextTick();
		await nextTick();
		const pathOf = (url: string) => new URL(url).pathname;
		expect(posted.map(({ url }) => pathOf(url))).not.toContain(pathOf(older));
		expect([bodies(0), bodies(1)]).toEqual([['yes'], []]);
	});

	test('nor is a newer one skipped because n8n fails on another execution', async () => {
		await host.publish();
		const broken = asks({ conversationId: '8', members: ['+14155550124'] });
		const fine = asks();
		const pathOf = (url: string) => new URL(url).pathname;
		says = (url) =>
			pathOf(url) === pathOf(broken) ? ([500, { message: 'boom' }] as const) : 'taken';
		clock += 1000;
		writes('yes', { conversationId: '8', sender: '+14155550124' });
		writes('yes');
		for (let minutes = 0; minutes < 6; minutes++) await nextTick();
		expect(bodies(1)).toEqual(['yes']);
		expect(posted.map(({ url }) => pathOf(url))).toContain(pathOf(fine));
	});

	test.each([
		['in the second before', 0, 1000],
		['a quarter of a minute after', 15_000, 1000],
	])(
		'nor the newer one, %s which the text was received: it may be for either',
		async (_, later, wait) => {
			await host.publish();
			asks();
			clock += 10 * MINUTE;
			const at = later ? clock : clock + 2000;
			clock += later - (later ? wait : 0);
			const entry = writes('yes');
			const newer = asks({}, at);
			await nextTick();
			expect(posted).toEqual([{ url: newer, text: 'yes' }]);
			const openQuestion = { ...QUESTION, understood: false, reason: 'twoQuestions' };
			expect(host.out(0)).toEqual([{ ...simplified(entry), openQuestion }]);
		},
	);

	test('but answers the newer one at once if the older one says that it is closed', async () => {
		await host.publish();
		const older = asks();
		clock += 10 * MINUTE;
		const newer = asks();
		clock += 5000;
		writes('yes');
		stillOpen = false;
		await nextTick();
		expect([looked, posted]).toEqual([[older], [{ url: newer, text: 'yes' }]]);
		expect(answers()).toEqual(['yes']);
	});

	test('more than a quarter of a minute after a newer question, a text is for that one', async () => {
		await host.publish();
		asks();
		clock += 10 * MINUTE;
		const newer = asks();
		clock += 14_001;
		writes('yes');
		await nextTick();
		expect([posted, answers()]).toEqual([[{ url: newer, text: 'yes' }], ['yes']]);
	});
});

describe('while the execution that asked is not waiting yet', () => {
	test('holds the reply, but not other texts, and loses nothing', async () => {
		await host.publish();
		asks();
		says = () => RUNNING;
		writes('yes');
		writes('from somebody else', { conversationId: 'other', sender: '+14155550199' });
		await nextTick();
		expect([messages(), answers()]).toEqual([['from somebody else'], []]);
		await host.restart();
		says = () => 'taken';
		await nextTick();
		expect([messages(), answers()]).toEqual([['from somebody else'], ['yes']]);
	});

	test('a later text does not overtake it', async () => {
		await host.publish();
		asks();
		let asked = 0;
		says = () => (asked++ === 0 ? RUNNING : 'taken');
		writes('yes');
		writes('no');
		await nextTick();
		expect(posted.map(({ text }) => text)).toEqual(['yes']);
		await nextTick();
		expect(posted.map(({ text }) => text).slice(0, 2)).toEqual(['yes', 'yes']);
		expect(answers()[0]).toBe('yes');
	});

	test('but not forever: then it counts like any other text', async () => {
		await host.publish();
		asks();
		says = () => RUNNING;
		writes('yes');
		for (let polls = 0; polls < 3; polls++) await nextTick();
		expect(messages()).toEqual([]);
		for (let polls = 0; polls < 3; polls++) await nextTick();
		expect(messages()).toEqual(['yes']);
	});
});

test("a credential that can't be read for a moment holds the reply, and nothing else", async () => {
	await host.publish();
	asks();
	await nextTick();
	writes('yes');
	writes('hello', { sender: '+14155550177', conversationId: 'other' });
	record.onRequest = () => {
		host.credentialError = new Error('The database is away');
	};
	await nextTick();
	expect([posted, messages()]).toEqual([[], ['hello']]);
	record.onRequest = () => {};
	host.credentialError = undefined;
	await nextTick();
	expect([host.failures, messages(), answers()]).toEqual([[], ['hello'], ['yes']]);
});

describe('how this n8n is reached', () => {
	const local = (link: string, origin: string) => link.replace('https://n8n.example.com', origin);

	test("if its public address doesn't work, on the usual port; tries what worked before first", async () => {
		await host.publish();
		says = (url) => (url.startsWith('http://localhost:5678/') ? 'taken' : new Error('timeout'));
		const bob = { conversationId: 'other', members: ['+14155550124'] };
		const links = [asks(), asks(bob)];
		writes('yes');
		writes('yes', { conversationId: 'other', sender: '+14155550124' });
		await nextTick();
		expect(answers()).toEqual(['yes', 'yes']);
		expect(posted.map(({ url }) => url)).toEqual([
			links[0],
			local(links[0], 'http://localhost:5678'),
			local(links[1], 'http://localhost:5678'),
		]);
	});

	test.each([' http://n8n:5679/ ', 'n8n:5679'])(
		"only at 'Address of This n8n', if filled in: %s",
		async (ownAddress) => {
			host.parameters = { options: { ownAddress } };
			await host.publish();
			const link = asks();
			writes('yes');
			await nextTick();
			expect(posted.map(({ url }) => url)).toEqual([local(link, 'http://n8n:5679')]);
		},
	);

	test.each<[string, readonly [number, unknown] | Error]>([
		['nobody answers', new Error('connect ECONNREFUSED')],
		['a page to sign in is in the way', [200, '<html>Sign in</html>']],
		['a proxy wants a password', [401, '<html>Authorization Required</html>']],
		['a proxy knows no such page', [404, 'Not found']],
		['n8n cannot go on', [500, { message: 'There was a problem' }]],
	])(
		'%s: held for a while, then counts like any other text, and the log says what to do',
		async (_, answer) => {
			await host.publish();
			asks();
			says = () => answer;
			writes('yes');
			await nextTick();
			expect(messages()).toEqual([]);
			for (let polls = 0; polls < 5; polls++) await nextTick();
			expect([messages(), answers()]).toEqual([['yes'], []]);
			expect(host.logged.at(-1)).toContain("Enter where n8n listens as 'Address of This n8n'");
			// The question is still open; the next text is not held again for the same reason.
			writes('no');
			await nextTick();
			expect(messages()).toEqual(['yes', 'no']);
			says = () => 'taken';
			writes('yes');
			await nextTick();
			expect(answers()).toEqual(['yes']);
		},
	);

	test('posts nothing to links that lead elsewhere', async () => {
		await host.publish();
		const link = linkOf(++execution);
		record.add({ inbound: false, body: local(link, 'https://evil.example.com') });
		record.add({ inbound: true, body: link });
		writes('yes');
		await nextTick();
		expect(posted).toEqual([]);
		expect(messages()).toEqual([link, 'yes']);
	});
});

describe('two triggers in one n8n', () => {
	test('both know that a text was an answer, and it is passed on once', async () => {
		const other = newHost('other', host);
		await host.publish();
		await other.publish();
		asks();
		writes('yes');
		writes('hello');
		await nextTick(host, other);
		for (const each of [host, other]) {
			expect([bodies(0, each), bodies(1, each)]).toEqual([['hello'], ['yes']]);
		}
		expect(posted).toHaveLength(1);
	});

	test('even if both poll at the same moment', async () => {
		const other = newHost('other', host);
		await host.publish();
		await other.publish();
		asks();
		writes('yes');
		clock += MINUTE;
		await Promise.all([host.tick(), other.tick()]);
		for (const each of [host, other]) expect(bodies(1, each)).toEqual(['yes']);
		expect(posted).toHaveLength(1);
	});
});

describe('what Message returns besides the text', () => {
	test('the open question, so that a workflow can reply', async () => {
		await host.publish();
		asks();
		const entry = writes('maybe');
		await nextTick();
		expect(host.out(0)).toEqual([
			{
				...simplified(entry),
				openQuestion: { ...QUESTION, understood: false, reason: 'notUnderstood' },
			},
		]);
	});

	test('whether another message followed the question, whoever sent it', async () => {
		await host.publish();
		asks();
		record.add({ inbound: false, sender: US, members: [ANN], body: 'We are closed tomorrow' });
		writes('Ok');
		await nextTick();
		expect(answers()).toEqual([]);
		expect(host.out(0)[0].openQuestion).toMatchObject({ reason: 'notLastMessage' });
	});

	test("when the question's page couldn't be reached", async () => {
		await host.publish();
		asks();
		says = () => new Error('connect ECONNREFUSED');
		writes('yes');
		for (let polls = 0; polls < 5; polls++) await nextTick();
		expect(host.out(0)[0].openQuestion).toEqual({
			text: 'Friday?',
			askedAt: new Date(START).toISOString(),
			expected: null,
			understood: false,
			reason: 'notChecked',
		});
	});

	test('for a text that follows an answer: that it does', async () => {
		await host.publish();
		asks();
		writes('Yes');
		const [one, two] = [writes('yes please'), writes('👍')].map(simplified);
		clock += 2 * MINUTE;
		const later = writes('Thanks');
		await nextTick();
		expect(answers()).toEqual(['Yes']);
		const followUp = true;
		expect(host.out(0)).toEqual([{ ...one, followUp }, { ...two, followUp }, simplified(later)]);
		expect(posted).toHaveLength(1);
	});

	test('even after the next question was sent, for a quarter of a minute', async () => {
		await host.publish();
		asks();
		writes('Yes');
		await nextTick();
		const next = asks({}, clock);
		clock += 14_000;
		writes('yes');
		clock += 1000;
		writes('no');
		await nextTick();
		expect(messages()).toEqual(['yes']);
		expect(host.out(0)[0]).toMatchObject({ followUp: true });
		expect(answers()).toEqual(['Yes', 'no']);
		expect(posted.at(-1)?.url).toBe(next);
	});

	test('but only from the same person', async () => {
		await host.publish();
		const both = { members: [ANN, '+14155550124'] };
		asks(both);
		writes('Yes');
		writes('no', { sender: '+14155550124', members: [US, ANN] });
		await nextTick();
		expect([messages(), answers()]).toEqual([['no'], ['Yes']]);
		expect(host.out(0)[0]).not.toHaveProperty('followUp');
	});
});

describe('two n8n of one team', () => {
	test("leave each other's questions alone, and a text answers the newest one only", async () => {
		const other = newHost('theirs');
		other.base = 'https://other.example.com/';
		await host.publish();
		await other.publish();
		asks();
		clock += MINUTE;
		const theirs = linkOf(++execution, other.base);
		record.add({ inbound: false, sender: US, members: [ANN], body: `Saturday? ${theirs}` });
		clock += MINUTE;
		writes('yes');
		await nextTick(host, other);
		expect(posted).toEqual([{ url: theirs, text: 'yes' }]);
		expect([bodies(0), bodies(1)]).toEqual([['yes'], []]);
		expect([bodies(0, other), bodies(1, other)]).toEqual([[], ['yes']]);
	});

	test.each<[string, Says]>([
		['knows no such link', [401, { error: 'Invalid token' }]],
		['knows no such execution', [404, { message: 'The execution "1" does not exist.' }]],
		['has another execution of that number', [409, { message: 'The execution "1" has finished.' }]],
		['shows a page for that', [200, '<html><title>No action required</title>']],
		['has this node, and did not make the link', 'notHere'],
	])(
		'one on the usual port that %s is a wrong address, not a closed question',
		async (_, theirs) => {
			await host.publish();
			asks();
			says = (url) => (url.startsWith('http://localhost:5678/') ? theirs : new Error('timeout'));
			writes('yes');
			for (let polls = 0; polls < 5; polls++) await nextTick();
			expect(messages()).toEqual(['yes']);
			expect(host.logged.at(-1)).toContain("Enter where n8n listens as 'Address of This n8n'");
			says = () => 'taken';
			clock += 3 * MINUTE;
			writes('yes');
			await nextTick();
			expect(answers()).toEqual(['yes']);
		},
	);
});

describe('a question that was not delivered', () => {
	const failing = { status: 'failed', error: 'Unreachable handset', errorCode: 30003 };

	test.each([[['message.received']], [['message.delivered']]])(
		'is notified once, whatever events the trigger listens to: %j',
		async (events) => {
			host.parameters = { events };
			await host.publish();
			const link = asks();
			await nextTick();
			clock += 20 * MINUTE;
			await nextTick();
			record.update(record.entry(-1), failing);
			says = () => 'taken';
			await nextTick();
			await nextTick();
			expect(failures).toEqual([
				{
					kind: 'notDelivered',
					id: record.entry(-1).id,
					to: [ANN],
					askedAt: START,
					reason: 'Unreachable handset, code 30003',
				},
			]);
			writes('yes');
			await nextTick();
			expect(posted).toEqual([]);
			expect(link).toContain('signature');
		},
	);

	test('not if only a copy that a colleague forwarded failed', async () => {
		await host.publish();
		const link = asks({ status: 'delivered' });
		await nextTick();
		record.add({
			inbound: false,
			sender: US,
			members: [ANN],
			body: `Please tap ${link}`,
			status: 'failed',
		});
		await nextTick();
		expect(failures).toEqual([]);
		writes('yes');
		await nextTick();
		expect(answers()).toEqual(['yes']);
	});

	test('is notified again if that failed', async () => {
		await host.publish();
		asks(failing);
		let isUp = false;
		says = () => (isUp ? 'taken' : new Error('connect ECONNREFUSED'));
		await nextTick();
		isUp = true;
		await nextTick();
		await nextTick();
		expect(new Set(failures).size).toBe(3);
	});

	test('is searched for for an hour, and not once it was delivered', async () => {
		await host.publish();
		asks();
		asks({ status: 'delivered', conversationId: '8', members: ['+14155550124'] });
		const looks = async () => {
			const before = record.requests.length;
			await nextTick();
			return record.requests.slice(before).filter(({ end }) => end).length;
		};
		record.add({ conversationId: 'other', sender: '+14155550199' });
		await nextTick();
		clock += 10 * MINUTE;
		record.add({ conversationId: 'other', sender: '+14155550199' });
		await nextTick();
		expect(await looks()).toBe(1);
		clock += 60 * MINUTE;
		expect(await looks()).toBe(0);
	});
});

describe('a question that failed after more than an hour', () => {
	let older: string;
	let newest: IDataObject;

	beforeEach(async () => {
		await host.publish();
		older = asks();
		clock += MINUTE;
		asks();
		await nextTick();
		clock += 2 * 60 * MINUTE;
		newest = record.entry(-1);
		record.add({ conversationId: 'other', sender: '+14155550199', body: 'hello' });
		await nextTick();
		record.update(newest, { status: 'failed' });
	});

	test('accepts no answer: the text is for the one before, which was delivered', async () => {
		writes('yes');
		await nextTick();
		expect(posted).toEqual([{ url: older, text: 'yes' }]);
		expect(answers()).toEqual(['yes']);
		expect(failures).toHaveLength(1);
	});

	test("accepts none while it can't be looked up: the text waits, and then answers nothing", async () => {
		record.fault = (request) => (record.requests[request].end ? 500 : undefined);
		writes('yes');
		await nextTick();
		expect([posted, messages()]).toEqual([[], ['hello']]);
		for (let polls = 0; polls < 4; polls++) await nextTick();
		expect([posted, messages()]).toEqual([[], ['hello', 'yes']]);
		expect(host.out(0)[1].openQuestion).toMatchObject({ reason: 'notChecked' });
	});

	test('one that was delivered is not looked up', async () => {
		record.update(newest, { status: 'delivered' });
		writes('maybe');
		await nextTick();
		const before = record.requests.length;
		writes('yes');
		await nextTick();
		expect(record.requests).toHaveLength(before + 1);
		expect(answers()).toEqual(['yes']);
	});
});

test('a leader that returns knows that others may have passed on what it reads again', async () => {
	const other = newHost('workflow');
	await host.publish();
	asks();
	clock += MINUTE;
	writes('yes');
	let isOpen = true;
	says = () => (isOpen ? 'taken' : 'closed');
	// The other process took the answer, and was killed before it saved that.
	other.saved = host.saved;
	await other.publish('leadershipChange');
	clock += 1000;
	await other.tick('saving');
	isOpen = false;
	clock += 10_000;
	const next = asks();
	says = (url) => (url === next ? 'taken' : 'closed');
	clock += 5000;
	writes('👍');
	await host.publish('leadershipChange');
	await nextTick();
	expect(posted.filter(({ url }) => url === next)).toHaveLength(1);
	expect([messages(), answers()]).toEqual([['yes', '👍'], []]);
	expect(host.out(0)[1].openQuestion).toMatchObject({ reason: 'twoQuestions' });
});

describe("filters for texts don't apply to answers", () => {
	test.each<IDataObject>([
		{ options: { quietSeconds: 600 } },
		{ options: { firstOnlyHours: 24 } },
		{ options: { oldestHours: 0.001 } },
		{ filters: { from: ['+14155550199'] } },
		{ filters: { containsWords: ['refund'] } },
		{ events: ['message.failed'] },
		{ events: ['message.optOut'] },
	])('%j', async (parameters) => {
		host.parameters = parameters as never;
		await host.publish();
		asks();
		writes('yes');
		await nextTick();
		expect(answers()).toEqual(['yes']);
		expect(messages()).toEqual([]);
	});
});

test("a reply waiting for its poll isn't lost when Message Received is chosen", async () => {
	host.parameters = { events: ['message.failed'] };
	await host.publish();
	asks();
	await nextTick();
	writes('yes');
	clock += 1000;
	host.parameters = { events: ['message.failed', 'message.received'] };
	await host.publish('update');
	await nextTick();
	expect(answers()).toEqual(['yes']);
	expect(messages()).toEqual([]);
});

describe("what this process hasn't read", () => {
	const others = (count: number, at: (number: number) => number) => {
		for (let number = 0; number < count; number++) {
			const away = { sender: US, members: [`+1415556${1000 + number}`], conversationId: null };
			record.add({ ...away, inbound: false, body: 'News' }, { at: at(number) });
		}
	};

	test('may contain the question that a text answers: the text waits until its page was read', async () => {
		await host.publish();
		await nextTick();
		asks();
		await nextTick();
		clock += MINUTE;
		// All at one moment, so that it is read page by page, and the end of it first.
		record.add({ inbound: false, sender: US, members: [ANN], body: 'We are closed tomorrow' });
		for (let count = 0; count < 5_100; count++) {
			record.add({ sender: `+1415557${1000 + count}`, members: [US], conversationId: null });
		}
		record.add({ body: 'yes', sender: ANN, members: [US] });
		clock += 20 * MINUTE;
		await host.tick();
		expect(host.out(0).length).toBeGreaterThan(1_000);
		expect(messages()).not.toContain('yes');
		for (let polls = 0; polls < 3; polls++) await nextTick();
		expect(answers()).toEqual([]);
		const [reply] = host.out(0).filter(({ body }) => body === 'yes');
		expect(reply.openQuestion).toMatchObject({ reason: 'notLastMessage' });
	}, 60_000);

	test('may be older than the search for earlier questions reaches', async () => {
		const other = newHost('workflow');
		await host.publish();
		asks();
		await nextTick();
		other.saved = host.saved;
		await other.publish('leadershipChange');
		clock += MINUTE;
		record.add({ inbound: false, sender: US, members: [ANN], body: 'We are closed tomorrow' });
		const since = clock;
		others(8_000, (number) => since + (number + 1) * 3_000);
		clock += 8 * 60 * MINUTE;
		record.add({ sender: '+14155570000', members: [US], conversationId: null });
		for (let polls = 0; polls < 6; polls++) await nextTick(other);
		writes('yes');
		host.saved = other.saved;
		await host.publish('leadershipChange');
		await nextTick();
		expect(answers()).toEqual([]);
		expect(messages()).toEqual(['yes']);
	}, 60_000);
});

test('an open question is still reported when more was written after it, and all texts are returned together', async () => {
	host.parameters = { options: { quietSeconds: 60 } };
	await host.publish();
	asks();
	const first = writes('maybe');
	const second = writes('STOP by any time');
	await nextTick();
	await nextTick();
	const openQuestion = { ...QUESTION, understood: false, reason: 'notUnderstood' };
	const parts = [first, second].map((entry) => ({ ...simplified(entry), openQuestion }));
	expect(host.out(0)).toEqual([{ ...parts[1], body: 'maybe\nSTOP by any time', messages: parts }]);
});

test('a burst follows an answer only if all of its texts do', async () => {
	host.parameters = { options: { quietSeconds: 60 } };
	await host.publish();
	asks();
	writes('yes');
	writes('yes please');
	clock += 3 * MINUTE;
	await nextTick();
	expect(answers()).toEqual(['yes']);
	expect(host.out(0)).toMatchObject([{ body: 'yes please', followUp: true }]);
});
