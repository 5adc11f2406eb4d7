/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import { credentialFor, failureOf, itemsFrom, type Execution } from './n8n';
import {
	asked,
	credentials,
	edit,
	LOST,
	n8n,
	NODE,
	REFUSED,
	restart,
	sandbox,
	sendAgain,
	SLOW,
	some,
	texting,
	textingWorkflow,
	toContinue,
	useN8n,
} from './running';
import { clerkChatNode, to } from './workflowFile';

/* What is sent, or not sent, when a message comes up again: in another node, after a crash, or in two retries at once. */

useN8n();

/** How many texts each of these people got. */
const counts = (list: string[]) => {
	const { messagesPerRecipient } = sandbox.stats();
	return list.map((person) => messagesPerRecipient[person] ?? 0);
};

/** The errors of items, by output. */
const errorsOf = (items: ReturnType<typeof itemsFrom>) =>
	items.map(({ json }) => json.error as IDataObject);

describe("an item with a Clerk Chat node's own error, whose result was unclear", () => {
	const toErrorOutput = { onError: 'continueErrorOutput' as const };

	// Nobody has to wait for the search, and the record can't tell.
	beforeEach(() => sandbox.settings({ record: { access: 'forbidden' } }));

	/** Ends unclear, and its error output leads to another Clerk Chat node. */
	const thenAnother = async (parameters: IDataObject) => {
		const { nodes, connections, ...rest } = await textingWorkflow([LOST], {}, toErrorOutput);
		const another = {
			...clerkChatNode('Another', 'clerkChat', {
				...nodes.find(({ name }) => name === NODE)!.parameters,
				...parameters,
			}),
			...toContinue,
		};
		return await n8n.createWorkflow(
			{
				...rest,
				nodes: [...nodes, another],
				connections: { ...connections, [NODE]: { main: [[], [to('Another')]] } },
			},
			credentials,
		);
	};

	test.each<[string, () => IDataObject, string[]]>([
		["the same message isn't sent", () => ({}), [LOST]],
		["with 'Send Again', it is sent", () => sendAgain, [LOST, LOST]],
		[
			'an alert to someone else is sent',
			() => ({ recipients: '+14155559901' }),
			[LOST, '+14155559901'],
		],
		['another text is sent', () => ({ body: 'Please call us.' }), [LOST, LOST]],
	])('in another node: %s', async (_, parameters, sent) => {
		const execution = await n8n.runWorkflow(await thenAnother(parameters()));
		expect(asked()).toEqual(sent);
		expect(itemsFrom(execution, 'Another')).toHaveLength(1);
	});

	test.each([false, true])(
		'in another execution, it is not sent (after a restart: %s)',
		async (isRestarted) => {
			const id = await texting([LOST], toErrorOutput);
			const failed = itemsFrom(await n8n.runWorkflow(id), NODE, { output: 1 }).map(
				({ json }) => json,
			);
			expect(errorsOf(failed.map((json) => ({ json })))).toMatchObject([
				{ outcome: 'unknown', node: NODE },
			]);
			if (isRestarted) await restart();
			// As they come from a table, for example. With line breaks, no braces close the expression too early.
			const items = JSON.stringify(failed, null, 1);
			const later = await textingWorkflow([], {}, toErrorOutput);
			const list = later.nodes.find(({ name }) => name === 'List')!;
			list.parameters.assignments = {
				assignments: [{ id: '1', name: 'to', type: 'array', value: `={{ ${items} }}` }],
			};
			const execution = await n8n.runWorkflow(await n8n.createWorkflow(later, credentials));
			expect(asked()).toEqual([LOST]);
			expect(errorsOf(itemsFrom(execution, NODE, { output: 1 }))).toMatchObject([
				{ outcome: 'unknown' },
			]);
		},
	);
});

describe("n8n is killed in the middle, with 'Save execution progress'", () => {
	/** Runs the workflow, kills n8n after so many requests, and starts it again. @returns the crashed execution */
	async function crash(list: string[], parameters: IDataObject): Promise<Execution> {
		sandbox.settings({ latencyMs: 150 });
		const workflow = await textingWorkflow(list, parameters);
		const settings = { ...workflow.settings, saveExecutionProgress: true };
		const id = await n8n.createWorkflow({ ...workflow, settings }, credentials);
		const started = await n8n.startWorkflow(id);
		while (sandbox.requests().length < 15) await wait(1);
		await n8n.kill();
		// What had left n8n may still arrive.
		await wait(300);
		await n8n.startAgain();
		return await n8n.waitForExecution(started, { statuses: ['crashed'] });
	}

	test('Retry at the crashed execution: everybody has one text, and all are returned', async () => {
		const list = some(40);
		const crashed = await crash(list, {});
		const had = sandbox.stats().messages;
		expect(had).toBeLessThan(list.length);
		const retried = await n8n.retryExecution(crashed.id);
		expect(failureOf(retried)).toBeUndefined();
		expect(counts(list)).toEqual(list.map(() => 1));
		expect(itemsFrom(retried, NODE).map(({ json }) => (json.members as string[])[0])).toEqual(list);
		expect(itemsFrom(retried, NODE).filter(({ json }) => json.skipped)).toHaveLength(had);
	});

	test("messages with a template: not sent, with advice; 'Send Again' sends them", async () => {
		const list = some(40);
		const template = { additionalFields: { templateId: 7 } };
		const crashed = await crash(list, template);
		const had = counts(list);
		const retried = await n8n.retryExecution(crashed.id);
		expect(counts(list)).toEqual(had);
		expect(failureOf(retried)?.message).toBe('This message may have been sent by an earlier try');
		expect(failureOf(retried)?.description).toContain("'Send Again'");
		await edit(retried.workflowId, { ...template, ...sendAgain });
		const resent = await n8n.retryExecution(retried.id, { loadWorkflow: true });
		expect(failureOf(resent)).toBeUndefined();
		expect(counts(list)).toEqual(had.map((count) => count + 1));
	});

	test('another operation runs again', async () => {
		const list = some(40);
		const contact = {
			resource: 'contact',
			operation: 'create',
			additionalFields: { phone: '={{ $json.to }}' },
		};
		const crashed = await crash(list, contact);
		const before = sandbox.requests().length;
		const retried = await n8n.retryExecution(crashed.id);
		expect(failureOf(retried)).toBeUndefined();
		expect(sandbox.requests().length - before).toBe(list.length);
	});
});

describe('two retries of a group message at once, one together and one Separately', () => {
	test.each([
		['together', false],
		['Separately', true],
	])('begun by the one %s: everybody gets one, and both return it', async (_, savedFirst) => {
		const [ann, bob] = some(2);
		const wrongKey = credentialFor(sandbox, { apiKey: 'wrong' });
		const clerkChatApi = await n8n.createCredential('clerkChatApi', 'To be mended', wrongKey);
		const id = await texting([`${ann}, ${bob}`], {}, {}, { clerkChatApi });
		const failed = await n8n.runWorkflow(id);
		expect(failureOf(failed)?.message).toContain('API key');
		const right = credentialFor(sandbox);
		await n8n.updateCredential(clerkChatApi, 'clerkChatApi', 'Mended', right);
		await edit(id, { options: { severalNumbers: 'separately' } });

		sandbox.reset();
		sandbox.settings({ latencyMs: 1_000 });
		const one = n8n.retryExecution(failed.id, { loadWorkflow: savedFirst });
		while (asked().length === 0) await wait(1);
		const other = n8n.retryExecution(failed.id, { loadWorkflow: !savedFirst });
		await Promise.all([one, other]);
		const retries = (await n8n.listExecutions(id)).filter(({ retryOf }) => retryOf === failed.id);
		expect(retries).toHaveLength(2);
		const ended = await Promise.all(
			retries.map(async (each) => await n8n.waitForExecution(each.id)),
		);
		expect(counts([ann, bob])).toEqual([1, 1]);
		expect(asked()).toHaveLength(savedFirst ? 2 : 1);
		const ids = sandbox.messages().map(({ message }) => message.id);
		for (const execution of ended) {
			expect(failureOf(execution)).toBeUndefined();
			const returned = itemsFrom(execution, NODE).map(({ json }) => json.id);
			expect(new Set(returned)).toEqual(new Set(ids));
		}
	});
});

describe('an item that stops the run, while others are in flight', () => {
	test.each([false, true])('nothing further starts (Skip If Sent: %s)', async (skips) => {
		// To several people each, because messages to the same ones wait for each other.
		const begun = [...some(4).map((person) => `${SLOW}, ${person}`), REFUSED];
		const skipping = skips ? { skipSentWithinHours: 1 } : {};
		const body = `Stops ${skips}`;
		const id = await texting(
			[...begun, ...some(100)],
			{},
			{ body, options: { maxConcurrency: 5, ...skipping } },
		);
		const execution = await n8n.runWorkflow(id);
		expect(asked()).toEqual([SLOW, SLOW, SLOW, SLOW, REFUSED]);
		const { description } = failureOf(execution)!;
		expect(description).toMatch(/^Sent 4, not tried 100, failed 1/);
		const advice = "Don't run the whole workflow again: every message would be sent again.";
		expect(description!.includes(advice)).toBe(!skips);
	});
});
