/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { createServer, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import { startSandbox } from '../sandbox/sandbox';
import { credentialFor, failureOf, itemsFrom, type Execution } from './n8n';
import {
	asked,
	countsOf,
	DROPPED,
	edit,
	KEPT,
	LOST,
	n8n,
	NODE,
	REFUSED,
	restart,
	sandbox,
	sendAgain,
	texting,
	toContinue,
	useN8n,
} from './running';

/*
 * An execution failed, someone changes something (the node, the credential, Clerk Chat's record) and presses Retry, in a
 * real n8n: nobody is texted twice, what was sent is returned, and what was not sent is not said to be sent.
 */

useN8n();

const [ANN, BEN, CAT] = ['+14155550101', '+14155550102', '+14155550103'];

const oneByOne = { options: { maxConcurrency: 1 } };

/** Ends what a test has started. */
const ends: Array<() => unknown> = [];
afterEach(async () => {
	for (const end of ends.splice(0)) await end();
});

/** Texts these people one by one until one fails; by default, only the first has the message then. */
async function stopped(people = [ANN, REFUSED, CAT], parameters: IDataObject = {}) {
	const id = await texting(people, {}, { ...oneByOne, ...parameters });
	const failed = await n8n.runWorkflow(id);
	expect(failed.status).toBe('error');
	return { id, failed };
}

/** Texts them while Clerk Chat's record can't be read: what is unclear stays unclear. */
async function unclear(people: string[], parameters: IDataObject = {}) {
	sandbox.settings({ record: { access: 'forbidden' } });
	const { id, failed } = await stopped(people, parameters);
	expect(failureOf(failed)?.message).toContain('may have been sent');
	// That would be a second copy.
	expect(wordsOf(failed)).not.toMatch(/separately|by hand/);
	return { id, failed };
}

const retry = async ({ id }: { id: string }) =>
	await n8n.retryExecution(id, { loadWorkflow: true });

const errorIn = ({ error }: IDataObject) => error as IDataObject | null | undefined;

/** What each item came out as. */
const outcomesOf = (execution: Execution) =>
	itemsFrom(execution, NODE).map(({ json }) => errorIn(json)?.outcome ?? 'sent');

/** All that people read of what failed. */
const wordsOf = (execution: Execution) =>
	[failureOf(execution), ...itemsFrom(execution, NODE).map(({ json }) => errorIn(json))]
		.map((error) => (error ? `${String(error.message)}. ${String(error.description)}` : ''))
		.join('\n');

/** The IDs of the messages that came out. */
const idsOf = (execution: Execution) => itemsFrom(execution, NODE).map(({ json }) => json.id);

/** The ID of the message that someone got. */
const idTo = (person: string) =>
	sandbox.messages().find(({ request }) => request.recipients.includes(person))?.message.id;

describe.each([false, true])('Send Again (n8n restarted: %s)', (isRestarted) => {
	test.each([{ errorCode: 30007 }, { error: 'carrier trouble' }])(
		'does not repeat a message that is on record as sent, with %j',
		async (odd) => {
			const { id, failed } = await unclear([KEPT]);
			sandbox.setStatus({ id: idTo(KEPT)!, status: 'sent', ...odd });
			sandbox.settings({ record: { access: 'allowed' } });
			await edit(id, sendAgain, { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 });
			if (isRestarted) await restart();
			const again = await retry(failed);
			expect(again.status).toBe('error');
			await edit(id, sendAgain, { retryOnFail: false, ...toContinue });
			const last = await retry(failed);
			expect(outcomesOf(last)).toEqual(['unknown']);
			expect(asked()).toEqual([KEPT]);
			for (const each of [again, last]) {
				expect(wordsOf(each)).toContain('may have been sent');
				expect(wordsOf(each)).not.toContain("history doesn't show");
			}
		},
	);

	test.each(['the newest', 'the first'])(
		'sends at most one more copy, with five tries and the button at %s execution',
		async (which) => {
			sandbox.settings({ record: { access: 'forbidden' } });
			const eager = { retryOnFail: true, maxTries: 5, waitBetweenTries: 100 };
			const first = await n8n.runWorkflow(await texting([DROPPED], eager, sendAgain));
			expect(asked()).toEqual([DROPPED, DROPPED]);
			if (isRestarted) await restart();
			let newest = first;
			for (let times = 0; times < 2; times++) {
				newest = await retry(which === 'the first' ? first : newest);
				expect(wordsOf(newest)).toContain('may have been sent');
				expect(wordsOf(newest)).not.toMatch(/(not sent|not send it) again/);
			}
			expect(asked()).toEqual([DROPPED, DROPPED]);
		},
	);
});

describe('what was sent comes out as sent', () => {
	test.each<[string, IDataObject]>([
		["'Messages at the Same Time'", { options: { maxConcurrency: '={{ "many" }}' } }],
		["'Skip If Sent'", { options: { skipSentWithinHours: '={{ "soon" }}' } }],
		['the proxy', { requestOptions: { proxy: 'no address' } }],
	])('although %s can no longer be used', async (_, unusable) => {
		const { id, failed } = await stopped();
		const lost = await unclear([LOST]);
		for (const each of [id, lost.id]) await edit(each, unusable, toContinue);
		const retried = await retry(failed);
		expect(outcomesOf(retried)).toEqual(['sent', 'notTried', 'notTried']);
		expect(idsOf(retried)[0]).toBe(idTo(ANN));
		expect(outcomesOf(await retry(lost.failed))).toEqual(['unknown']);
		await edit(id, {}, { onError: 'continueErrorOutput' });
		const split = await retry(failed);
		expect(idsOf(split)).toEqual([idTo(ANN)]);
		expect(itemsFrom(split, NODE, { output: 1 })).toHaveLength(2);
		expect(asked()).toEqual([ANN, REFUSED, LOST]);
	});

	const odd = { toString: 1 };
	test.each<[string, object, string?]>([
		['text', { body: odd }],
		['people', { members: [odd], recipients: [odd] }],
		['sender', { sender: odd }],
		['time', { timestamp: odd, created: odd }],
		['status', { status: odd }],
		['error code', { errorCode: odd }],
		['ID', { id: odd }],
		['direction', { inbound: odd }],
	])('although an entry of the record has an object for its %s', async (_, changes) => {
		const entry = sandbox.receive({ from: LOST, body: 'x' });
		Object.assign(entry, { inbound: false, sender: entry.members[1], members: [LOST] }, changes);
		const id = await texting([ANN, LOST, CAT], toContinue, oneByOne);
		const execution = await n8n.runWorkflow(id);
		expect([wordsOf(execution), outcomesOf(execution)]).toEqual([
			'\n\n\n',
			['sent', 'sent', 'sent'],
		]);
		expect(idsOf(execution)).toEqual([ANN, LOST, CAT].map(idTo));
		expect(asked()).toEqual([ANN, LOST, CAT]);
	});
});

describe("an edit that doesn't say who gets what", () => {
	test.each<[string, IDataObject]>([
		['Sent By Name', { additionalFields: { sentByName: 'Order Desk' } }],
		['From', { sender: '+14155550999' }],
		['the expression of To', { recipients: '={{ ($json.to) }}' }],
		['the expression of Message', { body: '={{ "Hello " + $json.to }}' }],
	])('%s: texts nobody again', async (_, parameters) => {
		const { id, failed } = await stopped();
		const lost = await unclear([LOST]);
		for (const each of [id, lost.id]) await edit(each, parameters, toContinue);
		const retried = await retry(failed);
		expect(outcomesOf(retried)).toEqual(['sent', 'refused', 'sent']);
		expect(idsOf(retried)[0]).toBe(idTo(ANN));
		expect(outcomesOf(await retry(lost.failed))).toEqual(['unknown']);
		expect(countsOf(asked())).toEqual({ [ANN]: 1, [REFUSED]: 2, [CAT]: 1, [LOST]: 1 });
	});

	test('Sent By Name, and n8n is restarted', async () => {
		const { id, failed } = await stopped();
		await edit(id, { additionalFields: { sentByName: 'Order Desk' } }, toContinue);
		await restart();
		expect(outcomesOf(await retry(failed))).toEqual(['sent', 'refused', 'sent']);
		expect(countsOf(asked())).toEqual({ [ANN]: 1, [REFUSED]: 2, [CAT]: 1 });
	});

	test('unlike another text, which is another message', async () => {
		const { id, failed } = await stopped();
		await edit(id, { body: '=Good morning {{ $json.to }}' }, toContinue);
		await retry(failed);
		expect(countsOf(asked())).toEqual({ [ANN]: 2, [REFUSED]: 2, [CAT]: 1 });
	});
});

describe('an edit of the order or the number of items', () => {
	const all = '$input.all().map((item) => item.json.to)';
	const mended = `${all}.map((to) => to === "${REFUSED}" ? "${BEN}" : to)`;
	const greeting = { body: 'Hello' };
	const separately = { options: { severalNumbers: 'separately', maxConcurrency: 1 } };

	test.each([
		['a text for each', '=Hello {{ $input.all()[2 - $itemIndex].json.to }}'],
		['one text for all', 'Hello'],
	])('reversed, with %s: each result stays with its item', async (_, body) => {
		const { id, failed } = await stopped(undefined, body === 'Hello' ? greeting : {});
		await edit(id, { recipients: `={{ ${all}[2 - $itemIndex] }}`, body }, toContinue);
		const retried = await retry(failed);
		expect(outcomesOf(retried)).toEqual(['sent', 'refused', 'sent']);
		expect(idsOf(retried)).toEqual([idTo(CAT), undefined, idTo(ANN)]);
		expect(errorIn(itemsFrom(retried, NODE)[1].json)?.to).toBe(REFUSED);
		expect(countsOf(asked())).toEqual({ [ANN]: 1, [REFUSED]: 2, [CAT]: 1 });
	});

	test('an unclear result moves along', async () => {
		const { id, failed } = await unclear([LOST, CAT]);
		const other = `{{ ${all}[1 - $itemIndex] }}`;
		await edit(id, { recipients: `=${other}`, body: `=Hello ${other}` }, toContinue);
		const retried = await retry(failed);
		expect(outcomesOf(retried)).toEqual(['sent', 'unknown']);
		expect(errorIn(itemsFrom(retried, NODE)[1].json)?.to).toBe(LOST);
		expect(asked()).toEqual([LOST, CAT]);
	});

	test('joined into one item, Separately: only those without the text get it', async () => {
		const { id, failed } = await stopped([ANN, CAT, REFUSED], greeting);
		const recipients = `={{ ${mended}.join(', ') }}`;
		await edit(id, { recipients, ...separately }, { executeOnce: true });
		const retried = await retry(failed);
		expect(failureOf(retried)).toBeUndefined();
		expect(idsOf(retried)).toEqual([ANN, CAT, BEN].map(idTo));
		expect(asked()).toEqual([ANN, CAT, REFUSED, BEN]);
	});

	test('joined into one item, together: refused, naming who has it', async () => {
		const { id, failed } = await stopped([ANN, CAT, REFUSED], greeting);
		const recipients = `={{ ${mended}.join(', ') }}`;
		await edit(id, { recipients }, { executeOnce: true });
		const retried = await retry(failed);
		expect(retried.status).toBe('error');
		for (const person of [ANN, CAT]) expect(wordsOf(retried)).toContain(person);
		expect(asked()).toEqual([ANN, CAT, REFUSED]);
	});

	test('split into an item for each', async () => {
		const group = { ...greeting, ...separately };
		const { id, failed } = await stopped([`${ANN}, ${REFUSED}`, CAT], group);
		const recipients = `={{ [${JSON.stringify(CAT)}, ${JSON.stringify(ANN)}][$itemIndex] }}`;
		await edit(id, { recipients });
		const retried = await retry(failed);
		expect(failureOf(retried)).toBeUndefined();
		expect(idsOf(retried)).toEqual([CAT, ANN].map(idTo));
		expect(asked()).toEqual([ANN, REFUSED, CAT]);
	});

	// `$execution.mode` is "test" in the editor's run, and "production" in a retry.
	test.each([
		[
			'an expression returns another number',
			`={{ $execution.mode === "test" ? "${LOST}" : "${DROPPED}" }}`,
		],
		['it is edited', DROPPED],
		['it is empty', '={{ "" }}'],
	])('To, and %s: an error names nobody who was not texted', async (_, recipients) => {
		const isEdited = !recipients.includes('test');
		const { id, failed } = await unclear([LOST], isEdited ? {} : { recipients });
		await edit(id, isEdited ? { recipients } : {}, toContinue);
		const retried = await retry(failed);
		expect(outcomesOf(retried)).toEqual(['unknown']);
		const { to } = errorIn(itemsFrom(retried, NODE)[0].json)!;
		if (to !== undefined) expect(asked()).toContain(to);
		expect(countsOf(asked())[LOST]).toBe(1);
	});
});

describe('a base URL that is not Clerk Chat', () => {
	/** A server that gives everybody this answer. */
	async function elsewhere(status: number, headers: OutgoingHttpHeaders, body = '') {
		const server = createServer((_, response) => response.writeHead(status, headers).end(body));
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		ends.push(() => server.close().closeAllConnections());
		return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	}

	const away = { location: 'https://elsewhere.test/' };
	const html = { 'content-type': 'text/html' };
	const page = '<!doctype html><html><body>Sign in</body></html>';

	test.each<[string, number, OutgoingHttpHeaders, string?]>([
		['redirect (301)', 301, away],
		['redirect (302)', 302, away],
		['redirect (308)', 308, away],
		['web page (200)', 200, html, page],
		['web page (404)', 404, html, page],
	])('a %s: refused, names Base URL, and Retry sends it once mended', async (_, ...answer) => {
		const wrong = credentialFor(sandbox, { baseUrl: await elsewhere(...answer) });
		const clerkChatApi = await n8n.createCredential('clerkChatApi', 'Wrong', wrong);
		const id = await texting([ANN, BEN], toContinue, oneByOne, { clerkChatApi });
		const continued = await n8n.runWorkflow(id);
		expect(outcomesOf(continued)).toEqual(['refused', 'refused']);
		expect(wordsOf(continued)).toContain('Base URL');
		await edit(id, {}, { onError: 'stopWorkflow' });
		const failed = await n8n.runWorkflow(id);
		expect(wordsOf(failed)).toContain('Base URL');
		expect(wordsOf(failed)).not.toContain('may have been sent');
		const right = credentialFor(sandbox);
		await n8n.updateCredential(clerkChatApi, 'clerkChatApi', 'Right', right);
		const retried = await retry(failed);
		expect(failureOf(retried)).toBeUndefined();
		expect(idsOf(retried)).toEqual([ANN, BEN].map(idTo));
		expect(asked()).toEqual([ANN, BEN]);
	});

	test.each([
		['a redirect', '+15005550608', 'must start with https://'],
		['a web page', '+15005550603', "Check 'Base URL'"],
		['no answer in time', '+15005550600', "'Timeout'"],
	])('%s from Clerk Chat itself: unclear, and not sent again', async (_, person, remedy) => {
		// A busy machine may need a while for Ann's.
		sandbox.settings({ slowMs: 10_000 });
		const { id, failed } = await unclear([ANN, person], { requestOptions: { timeout: 3_000 } });
		expect(wordsOf(failed)).toContain(remedy);
		await edit(id, {}, toContinue);
		expect(outcomesOf(await retry(failed))).toEqual(['sent', 'unknown']);
		expect(asked()).toEqual([ANN, person]);
	});
});

describe('the API key is withdrawn half-way, and the credential gets another one', () => {
	/** Ann has the message, Ben's was refused with 401. */
	async function withdrawn() {
		const clerkChatApi = await n8n.createCredential(
			'clerkChatApi',
			'Account',
			credentialFor(sandbox),
		);
		sandbox.settings({ latencyMs: 500 });
		const id = await texting([ANN, BEN, CAT], {}, oneByOne, { clerkChatApi });
		const started = await n8n.startWorkflow(id);
		while (sandbox.messages().length === 0) await wait(5);
		sandbox.settings({ apiKey: 'new-key', latencyMs: 0 });
		const failed = await n8n.waitForExecution(started);
		expect(wordsOf(failed)).toContain("Clerk Chat doesn't accept the API key");
		expect(asked()).toEqual([ANN, BEN]);
		const change = async (used = sandbox) =>
			await n8n.updateCredential(
				clerkChatApi,
				'clerkChatApi',
				'Account',
				credentialFor(used, { apiKey: used.settings().apiKey }),
			);
		return { id, failed, change, sentToAnn: idTo(ANN)! };
	}

	describe.each([false, true])('(n8n restarted: %s)', (isRestarted) => {
		test('a new key of the same account: Retry sends the rest', async () => {
			const { failed, change, sentToAnn } = await withdrawn();
			await change();
			if (isRestarted) await restart();
			const retried = await retry(failed);
			expect(failureOf(retried)).toBeUndefined();
			expect(idsOf(retried)).toEqual([sentToAnn, idTo(BEN), idTo(CAT)]);
			expect(countsOf(asked())).toEqual({ [ANN]: 1, [BEN]: 2, [CAT]: 1 });
		});

		test("another account: the first one's message is neither returned nor sent again", async () => {
			const { id, failed, change, sentToAnn } = await withdrawn();
			// An account of its own, with nothing on record.
			sandbox.reset();
			sandbox.settings({ apiKey: 'key-of-another-account' });
			await change();
			await edit(id, {}, toContinue);
			if (isRestarted) await restart();
			const retried = await retry(failed);
			expect(outcomesOf(retried)).toEqual(['unknown', 'sent', 'sent']);
			expect(idsOf(retried)).not.toContain(sentToAnn);
			expect(wordsOf(retried)).toContain('another API key or Base URL');
			expect(asked()).toEqual([BEN, CAT]);
		});
	});

	test('a new key that may not read the record: nothing that may have been sent is sent', async () => {
		const { id, failed, change } = await withdrawn();
		sandbox.settings({ record: { access: 'forbidden' } });
		await change();
		await edit(id, {}, toContinue);
		expect(outcomesOf(await retry(failed))).toEqual(['unknown', 'sent', 'sent']);
		expect(countsOf(asked())).toEqual({ [ANN]: 1, [BEN]: 2, [CAT]: 1 });
	});

	test("another server: the first one's message is not returned, although one there has its ID", async () => {
		const { id, failed, change, sentToAnn } = await withdrawn();
		const other = await startSandbox();
		ends.push(other.close);
		while (other.receive({ from: CAT, body: 'Hello' }).id < sentToAnn);
		await change(other);
		await edit(id, {}, toContinue);
		const retried = await retry(failed);
		expect(outcomesOf(retried)).toEqual(['unknown', 'sent', 'sent']);
		expect(other.messages().map(({ request }) => request.recipients)).toEqual([[BEN], [CAT]]);
		expect(asked()).toEqual([ANN, BEN]);
	});

	test('an unclear message that the record shows under a new key is returned as sent', async () => {
		const clerkChatApi = await n8n.createCredential('clerkChatApi', 'Key', credentialFor(sandbox));
		sandbox.settings({ record: { access: 'forbidden' } });
		const id = await texting([LOST], {}, oneByOne, { clerkChatApi });
		const failed = await n8n.runWorkflow(id);
		const { apiKey } = sandbox.settings({ apiKey: 'new-key', record: { access: 'allowed' } });
		const renewed = credentialFor(sandbox, { apiKey });
		await n8n.updateCredential(clerkChatApi, 'clerkChatApi', 'Key', renewed);
		const retried = await retry(failed);
		expect(idsOf(retried)).toEqual([idTo(LOST)]);
		expect(asked()).toEqual([LOST]);
	});
});
