import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { WAIT_INDEFINITELY } from 'n8n-workflow';
import { clerkChatApi } from './clerkChatApi';
import type { Received } from './clerkChatApi';
import { answeredOnPageAt } from '../../nodes/api/answeredOnPage';
import { startProcess } from '../random/process';
import { closeNetwork } from './closeNetwork';
import { asTool, hintsOf, retry, runNode } from './engine';
import type { Setup } from './engine';
import { ask, goOn, visit } from './waitingHost';
import { messageObject } from './messages';

const setup = (parameters: INodeParameters = {}, settings: Setup['settings'] = {}): Setup => ({
	parameters: {
		resource: 'message',
		operation: 'sendAndWait',
		sender: '+14155550100',
		recipients: '={{ $json.to }}',
		message: '={{ $json.question }}',
		responseType: 'approval',
		...parameters,
	},
	settings: { waitBetweenTries: 1, ...settings },
});

const both = { approvalOptions: { values: { approvalType: 'double' } } };
const freeText = { responseType: 'freeText' };
const limit = (values: IDataObject) => ({ options: { limitWaitTime: { values } } as never });

const friday = { to: '+14155550123', question: 'May we deliver on Friday?' };

const accepted = () => clerkChatApi((_request, index) => [201, { data: messageObject(index + 1) }]);
/** Clerk Chat that takes a message at the second try only. */
const takenSecond = (first: number) =>
	clerkChatApi((_request, index) => (index ? [201, { data: messageObject(1) }] : [first, {}]));

/** The link in a text. */
const linkIn = ({ body }: Received) => String(body.body).split('\n').at(-1)!;

/** Asks, and returns what tests do with the link. */
async function asked(parameters: INodeParameters = {}, items: IDataObject[] = [friday]) {
	const received = accepted();
	const used = setup(parameters);
	const result = await runNode(items, used);
	const link = linkIn(received[0]);
	return {
		received,
		result,
		link,
		open: async (other = link) => await visit(result, { link: other, setup: used }),
		send: async (form: unknown, other = link) =>
			await visit(result, { link: other, form, setup: used }),
		sendInVain: async (form: unknown) =>
			await visit(result, { link, form, setup: used, fails: true }),
		goOn: async (data?: Parameters<typeof goOn>[2]) => await goOn(result, used, data),
	};
}

closeNetwork();
afterEach(() => jest.useRealTimers());

describe('the text', () => {
	test('is the message and, on its own line, the signed link; then the execution waits', async () => {
		const received = accepted();
		const result = await runNode([friday], setup());
		expect(received).toMatchObject([
			{
				method: 'POST',
				path: '/public/messages',
				body: { sender: '+14155550100', recipients: ['+14155550123'], mediaUrls: [] },
				violations: [],
			},
		]);
		expect(received[0].body.body).toMatch(
			/^May we deliver on Friday\?\nTap to answer:\nhttp:\/\/n8n\.test\/\S*\?signature=[0-9a-f]{64}$/,
		);
		expect(result.status).toBe('waiting');
		expect(result.data.waitTill).toEqual(WAIT_INDEFINITELY);
	});

	test.each([
		['Reply YES or NO, or tap:', /^May we deliver on Friday\?\nReply YES or NO, or tap:\nhttp/],
		['', /^May we deliver on Friday\?\nhttp/],
	])("with the option 'Answer Line': %p precedes the link", async (answerLine, text) => {
		const { received } = await asked({ options: { answerLine } });
		expect(received[0].body.body).toMatch(text);
	});

	test.each([
		['http://localhost:5678/webhook-waiting', 1],
		['https://n8n.example.com/webhook-waiting', 0],
	])("with a link to %s: a hint says if phones can't open it", async (address, hints) => {
		accepted();
		const result = await ask([friday], setup(), { webhookWaitingBaseUrl: address });
		const hint = "Phones can't open the link in this text";
		expect(hintsOf(result)).toEqual(Array(hints).fill(expect.stringContaining(hint)));
	});

	test('has the send fields, too', async () => {
		const { received } = await asked(
			{
				additionalFields: {
					mediaUrls: ['https://example.com/a.jpg'],
					sentByName: 'Desk',
					templateId: { __rl: true, mode: 'id', value: '7' },
				},
				options: { defaultCountryCode: '+1' },
			},
			[{ ...friday, to: '415 555 0123' }],
		);
		expect(received[0].body).toMatchObject({
			recipients: ['+14155550123'],
			mediaUrls: ['https://example.com/a.jpg'],
			sentByName: 'Desk',
			templateId: 7,
		});
	});

	test("sends only the first item's question, as built-in nodes do, and a hint says so", async () => {
		const received = accepted();
		const result = await runNode([friday, { ...friday, question: 'Really?' }], setup());
		expect(received).toHaveLength(1);
		expect(result.status).toBe('waiting');
		expect(hintsOf(result)).toEqual([
			expect.stringContaining("the first item's question was sent. To send all 2 questions"),
		]);
		expect(hintsOf(await runNode([friday], setup()))).toEqual([]);
	});

	test("in the variant that asks before an agent uses a tool, shows the tool's arguments", async () => {
		const call = { tool: 'refund', toolParameters: { order: 'A1', amount: 5 } };
		const message = '=Do it? {{ $tool.name }} with {{ $tool.parameters }}';
		const { received, open } = await asked({ message }, [{ to: '+14155550123', ...call }]);
		expect(received[0].body.body).toMatch(
			/^Do it\? refund with {"order":"A1","amount":5}\nTap to answer:\nhttp/,
		);
		const { html } = await open();
		expect(html).toContain('refund with {&quot;order&quot;:&quot;A1&quot;,&quot;amount&quot;:5}');
	});
});

describe('the page of an approval', () => {
	test('opens any number of times without answering', async () => {
		const { open } = await asked();
		for (const page of [await open(), await open()]) {
			expect(page.status).toBe(200);
			expect(page.goesOn).toBeUndefined();
			expect(page.html).toContain('May we deliver on Friday?');
			expect(page.html.match(/<button/g)).toHaveLength(2);
		}
	});

	test("has no scripts, makes no other requests, and isn't cached", async () => {
		const { html, headers } = await (await asked()).open();
		expect(html).not.toMatch(/<script|javascript:|\son\w+=|src=|href=/i);
		expect(headers['Content-Security-Policy']).toContain("default-src 'none'");
		expect(headers).toMatchObject({
			'Content-Type': 'text/html; charset=utf-8',
			'Cache-Control': 'no-store',
			'Referrer-Policy': 'no-referrer',
		});
	});

	test('shows message and labels as text, never as HTML', async () => {
		const values = { approvalType: 'double', approveLabel: '"><b>Yes', disapproveLabel: "<i>No'" };
		const question = 'Two < three & "four"\n<script>alert(1)</script>';
		const { html } = await (
			await asked({ approvalOptions: { values } }, [{ ...friday, question }])
		).open();
		expect(html).toContain('Two &lt; three &amp; &quot;four&quot;\n&lt;script&gt;');
		expect(html).toContain('&quot;&gt;&lt;b&gt;Yes</button>');
		expect(html).toContain('&lt;i&gt;No&#39;</button>');
		expect(html).not.toMatch(/<script|<b>|<i>/);
	});

	test("has the heading from 'Page Title', as text", async () => {
		const { open } = await asked({ options: { pageTitle: '={{ "Tom & Jerry <b>" }}' } });
		const { html } = await open();
		expect(html).toContain('<title>Tom &amp; Jerry &lt;b&gt;</title>');
		expect(html).toMatch(/<h1[^>]*>Tom &amp; Jerry &lt;b&gt;<\/h1>/);
	});

	test.each([
		['approve', true, 'Approve'],
		['decline', false, 'Decline'],
	])('%s: the item returned, linked to its input', async (answer, approved, label) => {
		const waiting = await asked(both);
		const { html, goesOn, status } = await waiting.send({ answer });
		expect(status).toBe(200);
		expect(html).toContain('Thank you');
		expect(html).toContain(`>${label}</p>`);
		const done = await waiting.goOn(goesOn);
		expect(done.status).toBe('success');
		expect(done.items).toEqual([
			{
				json: {
					data: {
						approved,
						respondedAt: expect.stringMatching(/^\d{4}-.*Z$/),
						respondedBy: 'page',
					},
					recipients: ['+14155550123'],
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	test("an answer that n8n couldn't continue with can be given again", async () => {
		const { sendInVain, open, send } = await asked();
		expect(await sendInVain({ answer: 'approve' })).toMatchObject({ status: 500 });
		expect(await open()).toMatchObject({ status: 200 });
		expect((await send({ answer: 'approve' })).goesOn).toHaveLength(1);
	});

	test.each(['Ask {{x}}', 'Ask {x', '"Ask" \\ `it` ${x}'])(
		'opens if the node has the name %s',
		async (name) => {
			const received = accepted();
			const used = { ...setup(), name };
			const result = await runNode([friday], used);
			const { html } = await visit(result, { link: linkIn(received[0]), setup: used });
			expect(html).toContain('May we deliver on Friday?');
		},
	);

	test.each([
		['nothing', {}],
		['something else', { answer: 'maybe' }],
		['a list', { answer: ['approve'] }],
		['a text', 'approve'],
	])('%s is not an answer', async (_name, form) => {
		const { status, html, goesOn } = await (await asked()).send(form);
		expect(goesOn).toBeUndefined();
		expect(status).toBe(422);
		expect(html).toContain('Please use a button below.');
		expect(html).toContain('value="approve"');
	});

	test('with Approve Only there is one button, and Decline is not an answer', async () => {
		const values = { approvalType: 'single' };
		const { open, send } = await asked({ approvalOptions: { values } });
		expect((await open()).html.match(/<button/g)).toHaveLength(1);
		expect(await send({ answer: 'decline' })).toMatchObject({ status: 422, goesOn: undefined });
	});
});

describe('the page of a free text', () => {
	test('has a labelled field, and returns the answer as written', async () => {
		const waiting = await asked(freeText);
		const { html } = await waiting.open();
		expect(html).toContain('<label for="text">Your answer</label>');
		expect(html).toMatch(/<textarea id="text" name="text" [^>]*maxlength="2000"/);
		const text = ' On <b>Friday</b>\r\nafter 5\u0000 😀 ';
		const { goesOn } = await waiting.send({ text });
		const done = await waiting.goOn(goesOn);
		expect(done.items).toMatchObject([
			{ json: { data: { text: 'On <b>Friday</b>\nafter 5 😀' } } },
		]);
		expect(Object.keys(done.items[0].json.data as object)).toEqual([
			'text',
			'respondedAt',
			'respondedBy',
		]);
	});

	test.each([
		['nothing', {}, /Please write an answer/],
		['blanks', { text: ' \n\u0007 ' }, /Please write an answer/],
		['a list', { text: ['a'] }, /Please write an answer/],
		['too much', { text: 'x'.repeat(2001) }, /too long by 1 character\./],
	])('%s is not an answer', async (_name, form, complaint) => {
		const { status, html, goesOn } = await (await asked(freeText)).send(form);
		expect(goesOn).toBeUndefined();
		expect(status).toBe(422);
		expect(html).toMatch(complaint);
	});

	test('a text that is too long is shown again to be shortened, escaped', async () => {
		const text = `</textarea><script>alert(1)</script>${'x'.repeat(2000)}`;
		const { html } = await (await asked(freeText)).send({ text });
		expect(html).toContain('&lt;/textarea&gt;&lt;script&gt;');
		expect(html).not.toContain('<script');
	});
});

describe('links that do not answer', () => {
	const tampered = (link: string) => link.replace(/.$/, (last) => (last === '0' ? '1' : '0'));

	test.each([
		['forged', tampered],
		['without a signature', (link: string) => link.replace(/\?.*/, '')],
		['with a short signature', (link: string) => link.slice(0, -1)],
		['for another run', (link: string) => link.replace('?', '?run=1&')],
	])('%s', async (_name, change) => {
		const { link, open, send } = await asked();
		for (const page of [
			await open(change(link)),
			await send({ answer: 'approve' }, change(link)),
		]) {
			expect(page.status).toBe(403);
			expect(page.html).toContain('This link does not work');
			expect(page.html).not.toContain('Friday');
			expect(page.goesOn).toBeUndefined();
		}
	});

	test('a second one, before n8n has continued', async () => {
		const { send } = await asked(both);
		expect((await send({ answer: 'decline' })).goesOn).toHaveLength(1);
		const second = await send({ answer: 'approve' });
		expect(second.status).toBe(410);
		expect(second.goesOn).toBeUndefined();
	});

	type Waiting = Awaited<ReturnType<typeof asked>>;
	const contextOf = ({ result }: Waiting) => result.data.executionData!;

	test.each<[string, (waiting: Waiting) => unknown]>([
		[
			'when the time is over, but n8n has not gone on yet',
			() => jest.useFakeTimers({ doNotFake: ['nextTick'], now: Date.now() + 61_000 }),
		],
		[
			'of an earlier question of the same execution',
			(waiting) => {
				const { asked: kept } = contextOf(waiting).contextData['node:Clerk Chat'];
				(kept as IDataObject).run = '1';
			},
		],
		['when nothing was asked', (waiting) => (contextOf(waiting).contextData = {})],
	])('%s', async (_name, change) => {
		const minute = { limitType: 'afterTimeInterval', resumeAmount: 1, resumeUnit: 'minutes' };
		const waiting = await asked(limit(minute));
		change(waiting);
		for (const page of [await waiting.open(), await waiting.send({ answer: 'approve' })]) {
			expect(page.status).toBe(410);
			expect(page.html).toContain('This question is closed');
			expect(page.goesOn).toBeUndefined();
		}
	});
});

describe('the limit of the wait', () => {
	const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);

	const after = (resumeAmount: number, resumeUnit: string) => ({
		limitType: 'afterTimeInterval',
		resumeAmount,
		resumeUnit,
	});
	const at = (maxDateAndTime: string) => ({ limitType: 'atSpecifiedTime', maxDateAndTime });
	const tomorrow = inHours(30);

	test.each<[IDataObject, () => Date]>([
		[after(90, 'minutes'), () => inHours(1.5)],
		[after(1.5, 'hours'), () => inHours(1.5)],
		[after(0.0625, 'days'), () => inHours(1.5)],
		[at(tomorrow.toISOString()), () => tomorrow],
		// Longer than n8n waits is for ever.
		[at('9999-12-31T00:00:00Z'), () => WAIT_INDEFINITELY],
		[after(1e15, 'days'), () => WAIT_INDEFINITELY],
	])('%j', async (values, until) => {
		const { result } = await asked(limit(values));
		const off = result.data.waitTill!.getTime() - until().getTime();
		expect(Math.abs(off)).toBeLessThan(10_000);
	});

	test('returns the input items when it expires, as built-in nodes do', async () => {
		const waiting = await asked({}, [friday, { other: true }]);
		const done = await waiting.goOn();
		expect(done.status).toBe('success');
		expect(done.items.map(({ json }) => json)).toEqual([friday, { other: true }]);
	});

	test.each([
		[after(0, 'hours'), /Limit Wait Time/],
		[after(1, 'weeks'), /Limit Wait Time/],
		[at('2020-01-01T00:00:00'), /has passed/],
		[at('soon'), /Max Date and Time/],
	])('%j is refused before anything is sent', async (values, message) => {
		const received = accepted();
		const { error, status } = await runNode([friday], setup(limit(values)));
		expect(status).toBe('error');
		expect(error?.message).toMatch(message);
		expect(received).toHaveLength(0);
	});
});

describe('sent once, whatever is retried', () => {
	test('Retry On Fail sends a refused question again, and then waits', async () => {
		const received = takenSecond(422);
		const result = await runNode([friday], setup({}, { retryOnFail: true }));
		expect(received).toHaveLength(2);
		expect(result.status).toBe('waiting');
	});

	test("a sent text isn't sent again if only the waiting fails", async () => {
		const received = accepted();
		let failures = 0;
		const result = await ask([friday], setup({}, { retryOnFail: true }), {
			setExecutionStatus: () => {
				if (failures++ === 0) throw new Error('The database is away');
			},
		});
		expect(failures).toBe(2);
		expect(received).toHaveLength(1);
		expect(result.status).toBe('waiting');
	});

	test("a question that may have been sent isn't sent again, even by an execution with another link", async () => {
		const received = clerkChatApi(() => [500, {}]);
		const used = setup({}, { retryOnFail: true });
		const failed = await ask([friday], used, { executionId: '77' });
		expect(failed.status).toBe('error');
		expect(failed.error?.description).toContain('unclear whether the message was sent');
		const retried = await retry(failed, [friday], used);
		expect(retried.status).toBe('error');
		expect(received).toHaveLength(1);
	});

	test("except with 'Send Again'", async () => {
		const received = takenSecond(500);
		const options = { unknownOutcome: 'resend' };
		const result = await runNode([friday], setup({ options }, { retryOnFail: true }));
		expect(received).toHaveLength(2);
		expect(received[0].body.body).toBe(received[1].body.body);
		expect(result.status).toBe('waiting');
	});

	test.each([false, true])(
		'after a failed wait in another execution, asks again, because the first link is dead: Retry On Fail = %s',
		async (retryOnFail) => {
			const received = accepted();
			const used = setup({}, { retryOnFail });
			const failed = await ask([friday], used, {
				executionId: '77',
				setExecutionStatus: () => {
					throw new Error('The database is away');
				},
			});
			expect(failed.status).toBe('error');
			delete failed.data.waitTill;
			const retried = await retry(failed, [friday], used);
			expect(retried.status).toBe('waiting');
			expect(received.map(linkIn)).toEqual([
				expect.stringContaining('/77/'),
				expect.stringContaining('/retry-'),
			]);
		},
	);

	test('after a restart of n8n, with a key that may not read messages, asks', async () => {
		const received = takenSecond(422);
		const failed = await runNode([friday], setup());
		const retried = await retry(failed, [friday], { ...setup(), node: startProcess(1) });
		expect(retried.status).toBe('waiting');
		expect(received).toHaveLength(2);
	});

	test('Retry on the first execution while a retry waits or was stopped: asks again for the same reason', async () => {
		const received = takenSecond(422);
		const failed = await runNode([friday], setup());
		await retry(failed, [friday], setup());
		const again = await retry(failed, [friday], setup());
		expect(again.status).toBe('waiting');
		expect(received).toHaveLength(3);
	});
});

describe('no waiting', () => {
	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		"a text that wasn't sent, with On Error = %s",
		async (onError) => {
			clerkChatApi(() => [422, { message: 'no' }]);
			const result = await runNode([friday], setup({}, { onError }));
			expect(result.status).toBe('success');
			const [item] = onError === 'continueErrorOutput' ? result.errorItems : result.items;
			expect(item).toMatchObject({ json: { error: { outcome: 'refused' } } });
		},
	);

	test('a credential that cannot be read, with On Error = Continue: no item looks like an answer', async () => {
		const received = accepted();
		const result = await runNode([friday, friday], {
			...setup({}, { onError: 'continueRegularOutput' }),
			onCredentials: () => {
				throw new Error('the credential is gone');
			},
		});
		expect(received).toHaveLength(0);
		expect(result.items).toMatchObject([{ json: { error: { outcome: 'notTried' } } }]);
	});

	test('a text that Clerk Chat accepts and marks as failed', async () => {
		clerkChatApi(() => [201, { data: messageObject(1, { status: 'failed' }) }]);
		const { status, error } = await runNode([friday], setup());
		expect(status).toBe('error');
		expect(error?.message).toBe('The message was not sent');
	});

	test.each([
		['no message', { ...friday, question: ' ' }, {}, /'Message' is empty/],
		['no recipient', { question: 'x' }, {}, /'To' is empty/],
		['a response type of other nodes', friday, { responseType: 'customForm' }, /'Response Type'/],
	])('%s is refused before anything is sent', async (_name, item, parameters, message) => {
		const received = accepted();
		const { error } = await runNode([item], setup(parameters));
		expect(error?.message).toMatch(message);
		expect(error?.context.itemIndex).toBe(0);
		expect(received).toHaveLength(0);
	});

	test('a tool that n8n calls without its engine: says so, and sends nothing', async () => {
		const received = accepted();
		const call = asTool(setup({ recipients: '+14155550123', message: 'Shall I?' }));
		await expect(call({})).rejects.toThrow(/Waiting is not possible here[^]*'Send'/);
		expect(received).toHaveLength(0);
	});
});

test('reads the question once: waits on exactly what was texted', async () => {
	const received = clerkChatApi(() => [201, { data: messageObject(1) }]);
	const { data } = await runNode([friday], setup({ message: '=Code {{ Math.random() }}' }));
	const { asked } = data.executionData!.contextData['node:Clerk Chat'] as {
		asked: { question: { message: string } };
	};
	expect(String(received[0].body.body)).toContain(`${asked.question.message}\n`);
});

describe('a reply by text', () => {
	const buttons = (approveLabel: string, disapproveLabel?: string) => ({
		approvalOptions: {
			values: disapproveLabel
				? { approvalType: 'double', approveLabel, disapproveLabel }
				: { approvalType: 'single', approveLabel },
		},
	});

	test.each<[INodeParameters, string]>([
		[{}, 'Reply YES or NO, or tap:'],
		[buttons('Approve'), 'Reply YES, or tap:'],
		[buttons('Yes, deliver', 'No, thanks'), 'Reply YES or NO, or tap:'],
		[buttons('Morning', 'Afternoon'), 'Reply 1 for Morning or 2 for Afternoon, or tap:'],
		[buttons('Got it'), 'Reply 1 for Got it, or tap:'],
		[buttons('Keep', 'Cancel'), 'Reply 1 for Keep or 2 for Cancel, or tap:'],
		[buttons('1 hour', '2 hours'), 'Reply 1 hour or 2 hours, or tap:'],
		[freeText, 'Reply, or tap:'],
	])('%j: the text offers it if selected, with matching words: %s', async (parameters, line) => {
		const { received } = await asked({ ...parameters, repliesByText: true });
		expect(String(received[0].body.body).split('\n')[1]).toBe(line);
	});

	test('your own words take precedence', async () => {
		const options = { answerLine: 'Ja oder nein?' };
		const { received } = await asked({ repliesByText: true, options });
		expect(String(received[0].body.body).split('\n')[1]).toBe('Ja oder nein?');
	});

	test("no warning about a link that phones can't open if the text offers a reply", async () => {
		accepted();
		const result = await ask([friday], setup({ repliesByText: true }), {
			webhookWaitingBaseUrl: 'http://localhost:5678/webhook-waiting',
		});
		expect(hintsOf(result)).toEqual([]);
	});

	test.each([0, -1, 169, 'soon', null])('counts for %p hours: refused', async (replyHours) => {
		const received = accepted();
		const result = await runNode([friday], setup({ options: { replyHours } } as never));
		expect(result.error?.message).toContain("'Reply Counts For (Hours)'");
		expect(received).toEqual([]);
	});
});

test('lets the polling trigger know when a question was answered on its page', async () => {
	const { link, send, sendInVain } = await asked({});
	const signature = new URL(link).searchParams.get('signature')!;
	await sendInVain({ answer: 'approve' });
	expect(answeredOnPageAt(signature)).toBeUndefined();
	const before = Date.now();
	await send({ answer: 'approve' });
	expect(answeredOnPageAt(signature)).toBeGreaterThanOrEqual(before);
});

describe('in test runs', () => {
	const run = async (options: IDataObject, mode: Setup['mode'] = 'manual') => {
		const received = accepted();
		const result = await runNode([friday], { ...setup({ options } as never), mode });
		return { received, result };
	};

	test("only shows the question, with everything that would be sent, and doesn't wait", async () => {
		const { received, result } = await run({ testRuns: 'preview' });
		expect(received).toEqual([]);
		expect(result.status).toBe('success');
		expect(result.items[0].json).toMatchObject({
			status: 'preview',
			recipients: ['+14155550123'],
			body: expect.stringMatching(/^May we deliver on Friday\?\nTap to answer:\nhttp/),
			segments: expect.any(Number),
		});
	});

	test('or sends it to someone else, and waits for the answer', async () => {
		const testRecipient = '+14155550199';
		const { received, result } = await run({ testRuns: 'redirect', testRecipient });
		expect(received[0].body.recipients).toEqual([testRecipient]);
		expect(result.status).toBe('waiting');
		const form = { answer: 'approve' };
		const used = { ...setup({ options: { testRuns: 'redirect', testRecipient } }) };
		const { goesOn } = await visit(result, { link: linkIn(received[0]), form, setup: used });
		expect(goesOn![0][0].json).toMatchObject({ recipients: [testRecipient] });
	});

	test('a published workflow asks', async () => {
		const { received, result } = await run({ testRuns: 'preview' }, 'trigger');
		expect(received).toHaveLength(1);
		expect(result.status).toBe('waiting');
	});
});

describe('who asks', () => {
	test.each([
		[{}, '+14155550100'],
		[{ additionalFields: { sentByName: 'Desk <1>' } }, 'Desk &lt;1&gt;'],
	])(
		"%j: appears on the page after an answer, and on a closed question's page",
		async (fields, by) => {
			const { send, open } = await asked({
				...fields,
				...limit({ resumeAmount: 1, resumeUnit: 'minutes' }),
			});
			const { html } = await send({ answer: 'approve' });
			expect(html).toContain(`Your answer has been sent to <bdi>${by}</bdi>:`);
			jest.useFakeTimers({ doNotFake: ['nextTick'], now: Date.now() + 61_000 });
			expect((await open()).html).toContain(`Asked by <bdi>${by}</bdi>.`);
		},
	);
});
