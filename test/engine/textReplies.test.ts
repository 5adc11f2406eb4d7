import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { receptionIn, REPLY_HEADERS, replyBody } from '../../nodes/api/answering';
import { clerkChatApi } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { runNode } from './engine';
import type { Setup } from './engine';
import { goOn, visit } from './waitingHost';
import { messageObject } from './messages';

/* A reply by text, as the polling trigger hands it to the page of a question: what comes out, and what the trigger is told. */

const single = { approvalOptions: { values: { approvalType: 'single' } } };
const double = { approvalOptions: { values: { approvalType: 'double' } } };
const freeText = { responseType: 'freeText' };

closeNetwork();
afterEach(() => jest.useRealTimers());

const headers = { accept: REPLY_HEADERS.Accept, 'content-type': 'application/json' };

/** Asks a question. */
async function asked(parameters: INodeParameters) {
	const received = clerkChatApi(() => [201, { data: messageObject(1) }]);
	const setup: Setup = {
		parameters: {
			resource: 'message',
			operation: 'sendAndWait',
			sender: '+14155550100',
			recipients: '+14155550123',
			message: 'May we deliver on Friday?',
			responseType: 'approval',
			...parameters,
		},
	};
	const result = await runNode([{}], setup);
	const link = String(received[0].body.body).split('\n').at(-1)!;
	return {
		link,
		visit: async (form: unknown, other: Partial<Parameters<typeof visit>[1]> = {}) => {
			const visited = await visit(result, { link, form, setup, headers, ...other });
			const isJson = /^\{.*\}$/.test(visited.html);
			const told = isJson ? receptionIn(JSON.parse(visited.html)) : undefined;
			return { ...visited, told };
		},
		goOn: async (data: Parameters<typeof goOn>[2]) => await goOn(result, setup, data),
	};
}

async function reply(parameters: INodeParameters, text: string) {
	const question = await asked(parameters);
	const { told, goesOn } = await question.visit(replyBody(text));
	const out = goesOn && (await question.goOn(goesOn));
	return { told, data: out?.items[0].json.data as IDataObject | undefined };
}

test.each([
	[double, 'Yes!', { approved: true, text: 'Yes!' }],
	[double, ' nope ', { approved: false, text: 'nope' }],
	[{}, '👍🏽', { approved: true, text: '👍🏽' }],
	[freeText, ' On Friday,\r\nplease\u0000 ', { text: 'On Friday,\nplease' }],
	[freeText, 'yes', { text: 'yes' }],
])('%j: "%s" is an answer, and what comes out says so', async (parameters, text, data) => {
	expect(await reply(parameters, text)).toEqual({
		told: 'taken',
		data: { ...data, respondedBy: 'text', respondedAt: expect.stringMatching(/^\d{4}-.*Z$/) },
	});
});

test.each([
	[double, 'Who is this?'],
	[double, ''],
	[single, 'no'],
	[freeText, '  '],
	[freeText, 'STOP'],
	[freeText, 'x'.repeat(2001)],
])('%j: "%s" is none, and the question stays open', async (parameters, text) => {
	expect(await reply(parameters, text)).toEqual({ told: 'notUnderstood', data: undefined });
});

test('the first answer counts; the second is told that it came late', async () => {
	const question = await asked(double);
	expect((await question.visit(replyBody('no'))).told).toBe('taken');
	const second = await question.visit(replyBody('yes'));
	expect(second).toMatchObject({ told: 'closed', status: 410, goesOn: undefined });
});

test('when the time is over, it is closed', async () => {
	const question = await asked({
		options: { limitWaitTime: { values: { resumeAmount: 1, resumeUnit: 'minutes' } } },
	} as never);
	jest.useFakeTimers({ doNotFake: ['nextTick'], now: Date.now() + 61_000 });
	expect((await question.visit(replyBody('yes'))).told).toBe('closed');
});

test('behind a forged link there is nothing', async () => {
	const { link, visit: follow } = await asked({});
	const forged = link.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
	expect(await follow(replyBody('yes'), { link: forged })).toMatchObject({
		told: 'closed',
		goesOn: undefined,
	});
});

test('an answer that n8n could not go on with is not taken', async () => {
	const question = await asked({});
	expect((await question.visit(replyBody('yes'), { fails: true })).status).toBe(500);
	expect((await question.visit(replyBody('yes'))).told).toBe('taken');
});

test('a browser sees a page, whatever it sends', async () => {
	const question = await asked({});
	const browser = { accept: 'text/html,application/xhtml+xml,application/json;q=0.9' };
	const { told, html } = await question.visit({ answer: 'maybe' }, { headers: browser });
	expect(told).toBeUndefined();
	expect(html).toContain('<!DOCTYPE html>');
});
