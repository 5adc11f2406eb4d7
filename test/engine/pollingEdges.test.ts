import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';
import { receptionBody, replyIn } from '../../nodes/api/answering';
import { FakeRecord } from './fakeRecord';
import { PollingHost } from './pollingHost';

/* Ways in which the polling trigger lost a text, gave one out twice, or answered a wrong question. */

const MINUTE = 60_000;
const START = Date.parse('2026-05-01T12:00:00.000Z');
const ANN = '+14155550123';
const US = '+14155550100';

let clock: number;
let record: FakeRecord;
let host: PollingHost;
let posted: Array<{ url: string; text: string }>;
let says: (
	url: string,
) => 'taken' | 'closed' | 'notUnderstood' | readonly [number, unknown] | Error;
let execution = 700_000;

beforeEach(() => {
	clock = START;
	jest.spyOn(Date, 'now').mockImplementation(() => clock);
	record = new FakeRecord(() => clock);
	host = new PollingHost(record);
	posted = [];
	says = () => 'taken';
	host.elsewhere = async ({ url, body }: IHttpRequestOptions) => {
		posted.push({ url, text: replyIn(body) ?? '' });
		const said = says(url);
		if (said instanceof Error) throw said;
		const [statusCode, answer] = typeof said === 'string' ? [200, receptionBody(said)] : said;
		return { statusCode, body: answer as never, headers: {} };
	};
});

afterEach(() => jest.restoreAllMocks());

async function nextTick(minutes = 1): Promise<void> {
	clock += minutes * MINUTE;
	await host.tick();
}

function asks(changes: IDataObject = {}, at = clock): string {
	const link = `${host.base}webhook-waiting/${++execution}/3f0c9c52?signature=${'0'.repeat(64)}`;
	const body = `Friday?\n${link}`;
	record.add({ inbound: false, sender: US, members: [ANN], body, ...changes }, { at });
	return link;
}

const writes = (body: string, changes: IDataObject = {}) => {
	clock += 1000;
	return record.add({ body, sender: ANN, members: [US], ...changes });
};

const bodies = (output = 0) => host.out(output).map(({ body }) => body);

describe('loses no text', () => {
	test('that came in while the polls failed, when the workflow is then published anew', async () => {
		await host.publish();
		await nextTick();
		record.fault = () => 401;
		for (let minutes = 0; minutes < 15; minutes++) await nextTick();
		record.add({ body: 'while the key was wrong' });
		await nextTick();
		record.fault = () => undefined;
		host.unpublish();
		await host.publish();
		await nextTick();
		expect(bodies()).toEqual(['while the key was wrong']);
	});

	test('that came in while n8n was down, when the workflow is published anew right after the start', async () => {
		await host.publish();
		await nextTick();
		record.add({ body: 'while n8n was down' });
		clock += 30 * MINUTE;
		await host.restart();
		host.unpublish();
		await host.publish();
		await nextTick();
		expect(bodies()).toEqual(['while n8n was down']);
	});

	// n8n 2.41 with N8N_POLLER_DURABLE_CURSORS_ENABLED: publishing saves nothing, and each poll has a context of its own.
	test('that comes in after publishing, where n8n does not save what publishing stored', async () => {
		await host.publish();
		host.saved = '{}';
		clock += 1000;
		record.add({ body: 'right after' });
		clock += MINUTE;
		await host.publish('update');
		await nextTick();
		expect(bodies()).toEqual(['right after']);
	});

	test('that comes in while the record is read for the first time', async () => {
		record.onRequest = (request) => {
			if (request > 0) return;
			clock += 5000;
			record.add({ body: 'meanwhile' });
			clock += 5000;
		};
		await host.publish();
		await nextTick();
		expect(bodies()).toEqual(['meanwhile']);
	});

	test('of a status that was watched, when another event is chosen as well', async () => {
		host.parameters = { events: ['message.delivered'] };
		await host.publish();
		clock += 1000;
		const message = record.add({ body: 'delivered', inbound: false, status: 'sent' });
		await nextTick();
		record.update(message, { status: 'delivered' });
		host.parameters = { events: ['message.delivered', 'message.failed'] };
		await host.publish('update');
		await nextTick();
		expect(bodies()).toEqual(['delivered']);
	});
});

describe('starts nothing by a text that came in while it was off', () => {
	test('where n8n does not save what publishing stored, and still has what was stored before', async () => {
		await host.publish();
		await nextTick();
		host.unpublish();
		const { saved } = host;
		clock += 30 * MINUTE;
		record.add({ body: 'while it was off' });
		clock += 30 * MINUTE;
		await host.publish();
		host.saved = saved;
		clock += 1000;
		record.add({ body: 'right after' });
		clock += MINUTE;
		await host.publish('update');
		await nextTick();
		expect(bodies()).toEqual(['right after']);
	});
});

test('gives out nothing twice when the list shows an older status for once', async () => {
	host.parameters = { events: ['message.delivered'] };
	await host.publish();
	clock += 1000;
	const message = record.add({ body: 'once', inbound: false, status: 'sent' });
	await nextTick();
	for (const status of ['delivered', 'sent', 'delivered']) {
		record.update(message, { status });
		await nextTick();
	}
	expect(bodies()).toEqual(['once']);
});

test('nor when it shows one from before the text failed', async () => {
	host.parameters = { events: ['message.sent', 'message.failed'] };
	await host.publish();
	clock += 1000;
	const message = record.add({ inbound: false, status: 'sending' });
	await nextTick();
	for (const status of ['sent', 'failed', 'sent', 'failed']) {
		record.update(message, { status });
		await nextTick();
	}
	expect(host.out().map(({ status }) => status)).toEqual(['sent', 'failed']);
});

describe('answers no older question', () => {
	test('when the newer one was asked while the trigger was off', async () => {
		await host.publish();
		const older = asks();
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
		expect(older).not.toBe(newer);
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
		await nextTick(10);
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
	])('when the newer one has taken the text, but %s before n8n said so', async (_, unclear) => {
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

	test('nor is a newer one passed over because n8n stumbles over another execution', async () => {
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

	test('that somebody answered in the same second in which a newer one was asked', async () => {
		await host.publish();
		const older = asks();
		clock += 10 * MINUTE;
		writes('yes');
		const newer = asks();
		await nextTick();
		expect(posted.map(({ url }) => url)).toEqual([older]);
		expect(newer).not.toBe(older);
	});
});
