/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import type { IDataObject, INode } from 'n8n-workflow';
import { credentialFor, failureOf, itemsFrom } from './n8n';
import {
	asked,
	countsOf,
	credentials,
	edit,
	LOST,
	n8n,
	NODE,
	REFUSED,
	sandbox,
	texting,
	textingWorkflow,
	useN8n,
} from './running';

/* The guarantees for sending (docs/sending.md) in a real n8n. */

useN8n();

const people = (count: number) =>
	Array.from({ length: count }, (_, n) => `+1415${String(5550000 + n).padStart(7, '0')}`);

const FORBIDDEN = '+15005550403';

test('Retry On Fail when all goes well: each is sent once', async () => {
	const id = await texting(people(3), { retryOnFail: true, waitBetweenTries: 100 });
	const execution = await n8n.runWorkflow(id);
	expect(failureOf(execution)).toBeUndefined();
	expect(asked()).toEqual(people(3));
});

describe('Retry On Fail with a middle item that is refused', () => {
	test('requests only the refused one again', async () => {
		const id = await texting(
			['+14155550101', REFUSED, '+14155550103'],
			{ retryOnFail: true, maxTries: 3, waitBetweenTries: 100 },
			{ options: { maxConcurrency: 1 } },
		);
		const execution = await n8n.runWorkflow(id);
		expect(asked()).toEqual(['+14155550101', REFUSED, REFUSED, REFUSED]);
		expect(execution.status).toBe('error');
		const { message, description } = failureOf(execution)!;
		expect(message).toBe("Clerk Chat didn't accept the values of this item");
		expect(description).toContain('has opted out');
		expect(description).toMatch(/^Sent 1, not tried 1, failed 1: /);
		expect(description).toContain('This is item 2 of 3 (n8n counts from 0).');
	});

	test('returns the others, and the refused one on the error output', async () => {
		const id = await texting(['+14155550101', REFUSED, '+14155550103'], {
			retryOnFail: true,
			onError: 'continueErrorOutput',
		});
		const execution = await n8n.runWorkflow(id);
		expect(execution.status).toBe('success');
		const { [REFUSED]: tries, ...others } = countsOf(asked());
		expect(others).toEqual({ '+14155550101': 1, '+14155550103': 1 });
		// n8n 1.x runs the node again because the first message has a field `error`, although that is null.
		expect(tries).toBe(n8n.version.startsWith('1.') ? 3 : 1);
		expect(itemsFrom(execution, NODE).map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 2 },
		]);
		expect(itemsFrom(execution, NODE, { output: 1 })).toMatchObject([
			{
				json: {
					to: REFUSED,
					error: {
						message: "Clerk Chat didn't accept the values of this item",
						httpCode: '422',
						outcome: 'refused',
					},
				},
				pairedItem: { item: 1 },
			},
		]);
	});
});

describe('a connection that ends after the message was accepted, with a key that may not read the record', () => {
	test('is not sent again, neither by Retry On Fail nor by the Retry button', async () => {
		sandbox.settings({ record: { access: 'forbidden' } });
		const id = await texting(['+14155550101', LOST, '+14155550103'], {
			retryOnFail: true,
			waitBetweenTries: 100,
		});
		const failed = await n8n.runWorkflow(id);
		expect(failed.status).toBe('error');
		expect(failureOf(failed)?.description).toContain("It's unclear whether the message was sent");
		const retried = await n8n.retryExecution(failed.id, { loadWorkflow: true });
		expect(failureOf(retried)?.message).toBe(failureOf(failed)?.message);
		expect(asked().filter((to) => to === LOST)).toHaveLength(1);
		expect(Object.values(sandbox.stats().messagesPerRecipient)).toEqual([1, 1, 1]);
	});
});

test('a host that refuses connections: certainly not sent, and says so', async () => {
	const nowhere = credentialFor(sandbox, { baseUrl: 'http://127.0.0.1:9' });
	const clerkChatApi = await n8n.createCredential('clerkChatApi', 'Nowhere', nowhere);
	const id = await texting(people(2), { onError: 'continueRegularOutput' }, {}, { clerkChatApi });
	const execution = await n8n.runWorkflow(id);
	expect(itemsFrom(execution, NODE).map(({ json }) => json.error)).toEqual(
		people(2).map((to) => ({
			message: "n8n couldn't reach Clerk Chat",
			description: expect.stringContaining('ECONNREFUSED'),
			outcome: 'refused',
			node: NODE,
			to,
		})),
	);
});

describe('the Retry button', () => {
	const oneByOne = { options: { maxConcurrency: 1 } };

	/** Somebody mends the refused number in the workflow and saves it. */
	const mend = async (id: string, options: IDataObject = oneByOne) => {
		const recipients = `={{ $json.to === "${REFUSED}" ? "+14155550102" : $json.to }}`;
		await edit(id, { recipients, body: '=Hello {{ $json.to }}', ...options });
	};

	test('sends the rest, and returns what was sent before', async () => {
		const id = await texting(['+14155550101', REFUSED, '+14155550103'], {}, oneByOne);
		const failed = await n8n.runWorkflow(id);
		expect(asked()).toEqual(['+14155550101', REFUSED]);
		await mend(id);
		const retried = await n8n.retryExecution(failed.id, { loadWorkflow: true });
		expect(failureOf(retried)).toBeUndefined();
		expect(asked()).toEqual(['+14155550101', REFUSED, '+14155550102', '+14155550103']);
		const items = itemsFrom(retried, NODE);
		expect(items.map(({ json }) => json.id)).toEqual(
			sandbox.messages().map(({ message }) => message.id),
		);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([0, 1, 2].map((item) => ({ item })));
	});

	test('only shows messages again after a test run that only showed them', async () => {
		const preview = { options: { testRuns: 'preview', maxSegments: 1 } };
		const tooLong = { ...preview, body: 'x'.repeat(161) };
		const id = await texting(people(2), {}, tooLong);
		const failed = await n8n.runWorkflow(id);
		expect(failureOf(failed)?.message).toContain("'Max Segments'");
		await mend(id, preview);
		const retried = await n8n.retryExecution(failed.id, { loadWorkflow: true });
		expect(failureOf(retried)).toBeUndefined();
		expect(itemsFrom(retried, NODE).map(({ json }) => json.status)).toEqual(['preview', 'preview']);
		expect(asked()).toEqual([]);
	});

	test('Retry on the first execution again, after its retry has failed too: nobody is texted twice', async () => {
		const id = await texting(['+14155550101', REFUSED, FORBIDDEN], {}, oneByOne);
		const failed = await n8n.runWorkflow(id);
		await mend(id);
		await n8n.retryExecution(failed.id, { loadWorkflow: true });
		await n8n.retryExecution(failed.id, { loadWorkflow: true });
		expect(asked()).toEqual(['+14155550101', REFUSED, '+14155550102', FORBIDDEN, FORBIDDEN]);
	});

	test('at a retry in which n8n was killed: nobody twice', async () => {
		const list = ['+14155550101', REFUSED, ...people(30)];
		const id = await texting(list, {}, oneByOne);
		const failed = await n8n.runWorkflow(id);
		await mend(id);
		sandbox.settings({ latencyMs: 100 });
		const retrying = n8n.retryExecution(failed.id, { loadWorkflow: true }).catch(() => {});
		while (sandbox.messages().length < 10) await wait(5);
		await n8n.kill();
		await retrying;
		await n8n.startAgain();
		const killed = (await n8n.listExecutions()).find(({ retryOf }) => retryOf === failed.id);
		const retried = await n8n.retryExecution(killed!.id, { loadWorkflow: true });
		expect(failureOf(retried)).toBeUndefined();
		expect(Object.values(sandbox.stats().messagesPerRecipient)).toEqual(list.map(() => 1));
	});
});

describe('the error output leads back into the node, for two more runs', () => {
	const leadingBack = async (to: string[], parameters: IDataObject = {}) => {
		const settings = { onError: 'continueErrorOutput' as const };
		const { nodes, connections, ...rest } = await textingWorkflow(to, parameters, settings);
		const conditions = {
			number: [{ value1: '={{ $runIndex }}', operation: 'smaller', value2: 2 }],
		};
		const again: INode = {
			...{ id: 'again', name: 'Again', type: 'n8n-nodes-base.if', typeVersion: 1 },
			...{ position: [880, 200], parameters: { conditions } },
		};
		const into = (node: string) => ({ node, type: 'main' as const, index: 0 });
		return {
			...rest,
			nodes: [...nodes, again],
			connections: {
				...connections,
				[NODE]: { main: [[], [into('Again')]] },
				Again: { main: [[into(NODE)]] },
			},
		};
	};

	beforeEach(() => sandbox.settings({ record: { access: 'forbidden' } }));

	test.each<[string, IDataObject]>([
		['as it is', {}],
		['with a text that contains the time', { body: '={{ "Now " + $now.toMillis() }}' }],
	])(
		"an unclear message isn't sent again; a refused one is tried in each run (%s)",
		async (_, parameters) => {
			const id = await n8n.createWorkflow(
				await leadingBack(['+14155550101', LOST, REFUSED], parameters),
				credentials,
			);
			const execution = await n8n.runWorkflow(id);
			expect(execution.data.resultData.runData[NODE]).toHaveLength(3);
			expect(countsOf(asked())).toEqual({ '+14155550101': 1, [LOST]: 1, [REFUSED]: 3 });
		},
	);

	test('nor to any member of a group, by Retry with Separately', async () => {
		const group = [`+14155550101, ${LOST}`];
		const id = await texting(group);
		const failed = await n8n.runWorkflow(id);
		expect(failed.status).toBe('error');
		const options = { severalNumbers: 'separately' };
		const { nodes, connections } = await leadingBack(group, { options });
		const clerkChatApi = { id: credentials.clerkChatApi, name: '' };
		const known = nodes.map((node) =>
			node.name === NODE ? { ...node, credentials: { clerkChatApi } } : node,
		);
		await n8n.updateWorkflow(id, { nodes: known, connections });
		const retried = await n8n.retryExecution(failed.id, { loadWorkflow: true });
		expect(retried.data.resultData.runData[NODE].length).toBeGreaterThan(1);
		expect(asked()).toHaveLength(1);
	});
});

describe('a text containing the time, which differs in every try', () => {
	test.each([false, true])(
		'is sent once (Retry with the saved workflow: %s)',
		async (loadWorkflow) => {
			const id = await texting(
				['+14155550101', REFUSED, '+14155550103'],
				{ retryOnFail: true, maxTries: 2, waitBetweenTries: 100 },
				{ body: '={{ $now.toISO() }} {{ $execution.id }}', options: { maxConcurrency: 1 } },
			);
			const failed = await n8n.runWorkflow(id);
			const retried = await n8n.retryExecution(failed.id, { loadWorkflow });
			expect(retried.status).toBe('error');
			expect(asked()).toEqual(['+14155550101', REFUSED, REFUSED, REFUSED, REFUSED]);
		},
	);
});

describe('300 messages against a limit of 20 a second', () => {
	test('all go out, each once', async () => {
		sandbox.settings({ rateLimit: { limit: 20, perMs: 1000 } });
		const list = people(300);
		const execution = await n8n.runWorkflow(await texting(list));
		expect(failureOf(execution)).toBeUndefined();
		const { messages, messagesPerRecipient } = sandbox.stats();
		expect(messages).toBe(300);
		expect(Object.keys(messagesPerRecipient).sort()).toEqual(list);
		expect(itemsFrom(execution, NODE).map(({ json }) => json.body)).toEqual(
			list.map((to) => `Hello ${to}`),
		);
	});
});

describe('cancelling half-way', () => {
	test('starts nothing further', async () => {
		sandbox.settings({ latencyMs: 50 });
		const id = await texting(people(500), { retryOnFail: true });
		const started = await n8n.startWorkflow(id);
		while (sandbox.stats().messages < 20) await wait(20);
		await n8n.stopExecution(started);
		// Messages in flight may still arrive.
		await wait(300);
		const { requests } = sandbox.stats();
		expect(requests).toBeLessThan(500);
		await wait(1500);
		expect(sandbox.stats().requests).toBe(requests);
		const { status } = await n8n.waitForExecution(started);
		expect(status).toBe('canceled');
	});
});
