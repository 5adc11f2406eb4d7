import type { IDataObject, IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';
import { entriesOf } from '../../nodes/api/matching';
import { readSpan } from '../../nodes/api/record';
import { Requester } from '../../nodes/api/requester';
import { wholeFor } from '../../nodes/api/unreadable';
import { limits } from '../../nodes/api/limits';
import { listedAs, recordForms, richText } from '../recordForms';
import type { RecordForm } from '../recordForms';

/* Whatever form the record has: what went out is never taken for not sent, and what did not is never taken for sent. */

const HOUR = 3_600_000;

const OURS = '+14155550100';
const sent = ['+14155550121', '+14155550122', '+442079460123'];
const notSent = '+14155550129';

const entry = (id: number, to: string, body: string, time: number, more: IDataObject = {}) => ({
	id,
	sender: OURS,
	members: [to],
	body,
	inbound: false,
	status: 'sent',
	created: new Date(time).toISOString(),
	updated: new Date(time).toISOString(),
	timestamp: new Date(time).toISOString(),
	...more,
});

/** The record of a team, newest first: what we sent is the oldest, so that it is on the second page. */
function entriesAt(clock: number) {
	const others = Array.from({ length: 60 }, (_, index) =>
		entry(100 + index, `+1415555${2000 + index}`, `Another text, number ${index}`, clock - index),
	);
	const ours = sent.map((to, index) =>
		entry(10 + index, to, richText, clock - HOUR - index * 1000),
	);
	const reply = { id: 1, sender: sent[0], members: [OURS], body: 'Thank you', inbound: true };
	return [...others, reply, ...ours];
}

async function requesterFor(form: RecordForm) {
	const clock = Date.now() + (form.clockOffsetMs ?? 0);
	const request = async ({ qs = {} }: IHttpRequestOptions): Promise<IN8nHttpFullResponse> => {
		const asked = { page: Number(qs.page), limit: Number(qs.limit) };
		const { status, body } = listedAs(form, entriesAt(clock), asked);
		const headers = form.hidesDate ? {} : { date: new Date(clock).toUTCString() };
		return { statusCode: status, body: JSON.parse(JSON.stringify(body)), headers };
	};
	return await Requester.create(
		{
			node: {} as never,
			connect: async () => ({
				credential: {
					apiKey: 'key',
					baseUrl: 'https://api.test',
					allowedHttpRequestDomains: 'all',
				},
				request,
			}),
		},
		{ transport: {} },
	);
}

/** What is said of each message when Skip If Sent looks for it. */
async function answersIn(form: RecordForm) {
	const requester = await requesterFor(form);
	const since = Date.now() - 12 * HOUR;
	const after = requester.apiTime(since);
	const messages = [...sent, notSent].map((to) => ({
		sender: OURS,
		recipients: [to],
		body: richText,
		after,
	}));
	const reading = wholeFor(messages, (await readSpan(requester, { since }))!);
	if (reading.kind === 'failed') return messages.map(() => 'closed');
	if (!reading.isWhole) {
		expect(reading.reason).toMatch(/^\w.*\w|\)$/);
		return messages.map(() => 'closed');
	}
	return entriesOf(messages, reading.entries).map((match) => {
		if (match?.answer === 'perhaps') expect(match.difference).toMatch(/^\w.{8,}/);
		return match?.answer;
	});
}

const wait = limits.firstRepeatWait;
beforeAll(() => void (limits.firstRepeatWait = 1));
afterAll(() => void (limits.firstRepeatWait = wait));

test('there are at least 60, each with a reason and a name of its own', () => {
	expect(recordForms.length).toBeGreaterThanOrEqual(60);
	expect(new Set(recordForms.map(({ name }) => name)).size).toBe(recordForms.length);
	for (const { why } of recordForms) expect(why).toMatch(/^\S.*\.$/);
});

test.each(recordForms.map((form) => [form.name, form] as const))('%s', async (_, form) => {
	const answers = await answersIn(form);
	const other = answers.pop();
	expect(answers).toEqual(sent.map(() => form.answer));
	expect(other).toBe(form.answer === 'closed' ? 'closed' : undefined);
});
