import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { HAND_OVER_HEADERS, handOverBody, receptionIn } from '../../nodes/api/answering';
import type { HandedReply, HandOver } from '../../nodes/api/answering';
import { clerkChatApi } from './clerkChatApi';
import type { Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { API_KEY, runNode } from './engine';
import type { Setup } from './engine';
import { goOn, visit } from './waitingHost';
import { messageObject } from './messages';

/*
 * A reply by text that the polling trigger passes to a question's page: what the node returns, and what the page
 * responds.
 */

const single = { approvalOptions: { values: { approvalType: 'single' } } };
const double = { approvalOptions: { values: { approvalType: 'double' } } };
const freeText = { responseType: 'freeText' };

closeNetwork();
afterEach(() => jest.useRealTimers());

const headers = { accept: HAND_OVER_HEADERS.Accept, 'content-type': 'application/json' };

const ASKED_AT = Date.parse('2026-05-01T12:00:00.000Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ANN = '+14155550123';

/** Asks a question. @param record responses to searches of the record, on which the question was sent at a time (ms) */
async function asked(
	parameters: INodeParameters,
	record?: { record: (question: IDataObject) => [number, unknown]; at?: number },
) {
	const received: Received[] = clerkChatApi(
		() => [201, { data: messageObject(1) }],
		record && {
			record: () => {
				const timestamp = new Date(record.at ?? ASKED_AT).toISOString();
				const body = received.at(0)?.body.body ?? 'nothing yet';
				return record.record(messageObject(76, { body, timestamp }));
			},
		},
	);
	const setup: Setup = {
		parameters: {
			resource: 'message',
			operation: 'sendAndWait',
			sender: '+14155550100',
			recipients: ANN,
			message: 'May we deliver on Friday?',
			responseType: 'approval',
			...parameters,
		},
	};
	const result = await runNode([{}], setup);
	const link = String(received[0].body.body).split('\n').at(-1)!;
	const signature = new URL(link).searchParams.get('signature')!;
	return {
		link,
		/** What the polling trigger hands over. */
		handOver: (handOver: HandOver, apiKey = API_KEY) => handOverBody(handOver, signature, apiKey),
		visit: async (form: unknown, other: Partial<Parameters<typeof visit>[1]> = {}) => {
			const visited = await visit(result, { link, form, setup, headers, ...other });
			const isJson = /^\{.*\}$/.test(visited.html);
			const told = isJson ? receptionIn(JSON.parse(visited.html)) : undefined;
			return { ...visited, told };
		},
		goOn: async (data: Parameters<typeof goOn>[2]) => await goOn(result, setup, data),
	};
}

/** A text ten minutes after the question, with nothing in between. */
const texted = (text: string, changes: Partial<HandedReply> = {}): HandedReply => ({
	kind: 'reply',
	id: 77,
	text,
	from: ANN,
	sentAt: ASKED_AT + 10 * MINUTE,
	askedAt: ASKED_AT,
	isBetweenTwo: false,
	isLastOut: true,
	...changes,
});

async function reply(parameters: INodeParameters, text: string | HandedReply) {
	const question = await asked(parameters);
	const told = typeof text === 'string' ? texted(text) : text;
	const visited = await question.visit(question.handOver(told));
	const out = visited.goesOn && (await question.goOn(visited.goesOn));
	return { ...visited.told, data: out?.items[0].json.data as IDataObject | undefined };
}

test.each([
	[double, 'Yes!', { approved: true, text: 'Yes!' }],
	[double, ' nope ', { approved: false, text: 'nope' }],
	[{}, '👍🏽', { approved: true, text: '👍🏽' }],
	[freeText, ' On Friday,\r\nplease\u0000 ', { text: 'On Friday,\nplease' }],
	[freeText, 'yes', { text: 'yes' }],
])('%j: "%s" is an answer, and the output says whose', async (parameters, text, data) => {
	expect(await reply(parameters, text)).toEqual({
		reception: 'taken',
		data: {
			...data,
			respondedBy: 'text',
			from: ANN,
			id: 77,
			respondedAt: expect.stringMatching(/^\d{4}-.*Z$/),
		},
	});
});

test.each<[INodeParameters, string | HandedReply, string]>([
	[double, 'Who is this?', 'notUnderstood'],
	[double, '', 'empty'],
	[single, 'no', 'notUnderstood'],
	[freeText, '  ', 'empty'],
	[freeText, 'STOP', 'carrierWord'],
	[freeText, 'Liked “May we deliver on Friday?”', 'reaction'],
	[freeText, 'x'.repeat(2001), 'notUnderstood'],
	[double, texted('yes', { isLastOut: false }), 'notLastMessage'],
	[double, texted('yes', { isBetweenTwo: true }), 'twoQuestions'],
	[double, texted('yes', { sentAt: ASKED_AT + 72 * HOUR + 1 }), 'tooLate'],
	[freeText, texted('My basement is flooding', { sentAt: ASKED_AT + 25 * HOUR }), 'tooLate'],
	[
		{ ...double, options: { replyHours: 1 } } as never,
		texted('yes', { sentAt: ASKED_AT + 61 * MINUTE }),
		'tooLate',
	],
])(
	"%j: %j isn't one, the question stays open, and the trigger learns why",
	async (parameters, text, reason) => {
		const { reception, question, data, ...told } = await reply(parameters, text);
		expect([reception, told.reason, data]).toEqual(['notTaken', reason, undefined]);
		expect(question).toMatchObject({
			text: 'May we deliver on Friday?',
			askedAt: expect.stringMatching(/^\d{4}-.*Z$/),
		});
	},
);

test.each([
	[double, 'YES or NO'],
	[single, 'YES'],
	[freeText, 'in your own words'],
	[
		{ approvalOptions: { values: { approveLabel: 'Morning', disapproveLabel: 'Afternoon' } } },
		'Morning or Afternoon',
	],
	[
		{
			repliesByText: true,
			approvalOptions: { values: { approveLabel: 'Morning', disapproveLabel: 'Afternoon' } },
		},
		'1 for Morning or 2 for Afternoon',
	],
])('%j expects %s', async (parameters, expected) => {
	const { question } = await reply(parameters as never, '?');
	expect(question?.expected).toBe(expected);
});

test('the first answer counts; the second one gets "too late"', async () => {
	const question = await asked(double);
	const first = await question.visit(question.handOver(texted('no')));
	expect(first.told).toEqual({ reception: 'taken' });
	const second = await question.visit(question.handOver(texted('yes', { id: 78 })));
	expect(second).toMatchObject({
		told: { reception: 'closed' },
		status: 410,
		goesOn: undefined,
	});
});

test('when time is up, it is closed', async () => {
	const question = await asked({
		options: { limitWaitTime: { values: { resumeAmount: 1, resumeUnit: 'minutes' } } },
	} as never);
	jest.useFakeTimers({ doNotFake: ['nextTick'], now: Date.now() + 61_000 });
	expect((await question.visit(question.handOver(texted('yes')))).told).toEqual({
		reception: 'closed',
	});
});

test('a forged link leads nowhere', async () => {
	const { link, handOver, visit: follow } = await asked({});
	const forged = link.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
	expect(await follow(handOver(texted('yes')), { link: forged })).toMatchObject({
		told: { reception: 'notHere' },
		goesOn: undefined,
	});
});

test("an answer that n8n couldn't continue with isn't accepted", async () => {
	const question = await asked({});
	const yes = question.handOver(texted('yes'));
	expect((await question.visit(yes, { fails: true })).status).toBe(500);
	expect((await question.visit(yes)).told).toEqual({ reception: 'taken' });
});

test('a browser sees a page, whatever it sends', async () => {
	const question = await asked({});
	const browser = { accept: 'text/html,application/xhtml+xml,application/json;q=0.9' };
	const { told, html } = await question.visit({ answer: 'maybe' }, { headers: browser });
	expect(told).toBeUndefined();
	expect(html).toContain('<!DOCTYPE html>');
});

describe('requires proof that the person texted it', () => {
	const onRecord = (changes: IDataObject = {}, at?: number) => ({
		at,
		record: (question: IDataObject): [number, unknown] => [
			200,
			{
				data: [
					question,
					messageObject(77, {
						inbound: true,
						body: 'yes',
						sender: ANN,
						members: ['+14155550100'],
						timestamp: new Date(ASKED_AT + 10 * MINUTE).toISOString(),
						...changes,
					}),
				],
				total: 2,
				links: {},
			},
		],
	});

	test.each<[string, Parameters<typeof asked>[1], object]>([
		['by the record, where the key was changed meanwhile', onRecord(), { reception: 'taken' }],
		[
			'however the record writes the number',
			onRecord({ sender: 'whatsapp:+1 415 555 0123' }),
			{ reception: 'taken' },
		],
		['not by another message', onRecord({ id: 78 }), { reason: 'notProven' }],
		['not by another text', onRecord({ body: 'no' }), { reason: 'notProven' }],
		["not by somebody else's", onRecord({ sender: '+14155550199' }), { reason: 'notProven' }],
		['not by one of ours', onRecord({ inbound: false }), { reason: 'notProven' }],
		[
			'not by one of another time',
			onRecord({ timestamp: new Date(ASKED_AT - MINUTE).toISOString() }),
			{ reason: 'notProven' },
		],
		[
			'not if the question was sent later than stated',
			onRecord({}, ASKED_AT + 15 * MINUTE),
			{ reason: 'notProven' },
		],
		['not where nothing can be looked up', undefined, { reason: 'notProven' }],
	])('%s', async (_, record, told) => {
		const question = await asked(double, record);
		const visited = await question.visit(question.handOver(texted('yes'), 'another key'));
		expect(visited.told).toMatchObject(told);
	});

	// Others mustn't be texted "Please answer YES or NO".
	test.each(['yes', 'Who is this for?'])('only from those who were asked: %s', async (text) => {
		const passedOn = await reply(double, texted(text, { from: '+14155550199' }));
		expect(passedOn).toMatchObject({ reception: 'notTaken', reason: 'notProven' });
	});

	test.each(['14155550123', '(415) 555-0123', 'whatsapp:+14155550123'])(
		'however they are written: %s',
		async (from) => {
			expect(await reply(double, texted('yes', { from }))).toMatchObject({ reception: 'taken' });
		},
	);

	test('for a question to an inbox or a contact, from everyone in its conversation', async () => {
		const recipients = '9c3b1c1e-7f6e-4a55-9c0e-0123456789ab';
		expect(await reply({ ...double, recipients }, 'yes')).toMatchObject({ reception: 'taken' });
	});

	test('not with an empty key, which anyone has', async () => {
		const question = await asked(double);
		const visited = await question.visit(question.handOver(texted('yes'), ''));
		expect(visited.told).toMatchObject({ reason: 'notProven' });
	});

	test('nor with the MAC of another text, or of another question', async () => {
		const question = await asked(double);
		const { mac } = question.handOver(texted('no'));
		const { clerkChat } = question.handOver(texted('yes'));
		expect((await question.visit({ clerkChat, mac })).told).toMatchObject({ reason: 'notProven' });
		const elsewhere = handOverBody(texted('yes'), 'a'.repeat(64), API_KEY);
		expect((await question.visit(elsewhere)).told).toMatchObject({ reason: 'notProven' });
	});

	test.each([
		{ reply: 'yes' },
		{ clerkChat: 'yes' },
		{ clerkChat: '{"kind":"reply"}' },
		{ clerkChat: 'null' },
		{ clerkChat: { kind: 'reply' } },
	])('%j passes nothing on', async (body) => {
		const question = await asked(double);
		const visited = await question.visit(body);
		expect(visited).toMatchObject({ told: { reception: 'notTaken' }, goesOn: undefined });
	});
});

describe('a question that was not delivered', () => {
	const failure = (to: string[]): HandOver => ({
		kind: 'notDelivered',
		id: 1,
		to,
		askedAt: ASKED_AT,
		reason: 'Unreachable handset',
	});

	test('continues its workflow at once', async () => {
		const question = await asked(double);
		const visited = await question.visit(question.handOver(failure(['+1 415 555 0123'])));
		expect(visited.told).toEqual({ reception: 'taken' });
		const out = await question.goOn(visited.goesOn);
		expect(out.items[0].json).toEqual({
			data: { delivered: false, reason: 'Unreachable handset' },
			recipients: [ANN],
		});
	});

	test.each([
		['it reached one of several people', '+14155550123, +14155550124', [ANN]],
		['it was somebody else who was not reached', ANN, ['+14155550199']],
	])('but not if %s', async (_, recipients, to) => {
		const question = await asked({ ...double, recipients });
		const { told } = await question.visit(question.handOver(failure(to)));
		expect(told).toMatchObject({ reception: 'notTaken' });
	});

	test('nor without proof', async () => {
		const question = await asked(double);
		const { told } = await question.visit(question.handOver(failure([ANN]), 'another key'));
		expect(told).toMatchObject({ reception: 'notTaken', reason: 'notProven' });
	});
});
