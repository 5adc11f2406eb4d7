import type { IDataObject, INode } from 'n8n-workflow';
import { failureOf, itemsFrom, type Execution } from './n8n';
import {
	credentials,
	model,
	n8n,
	NODE,
	sandbox,
	textingWorkflow,
	useN8n,
	workflowNamed,
} from './running';
import { node, to, type WorkflowFile } from './workflowFile';

/* Options that hold messages back or wait for delivery (docs/guards.md), in a real n8n. */

const ANN = '+14155550101';
const BEN = '+14155550102';
const FAILS_LATER = '+15005550620';

useN8n({ hasModel: true });

/** Texts these people with options of 'Send'; failed items go to the error output. */
async function text(
	people: string[],
	options: IDataObject,
	settings: Partial<INode> = {},
): Promise<Execution> {
	const set = { onError: 'continueErrorOutput' as const, ...settings };
	const workflow = await textingWorkflow(people, { options }, set);
	return await n8n.runWorkflow(await n8n.createWorkflow(workflow, credentials));
}

/** Who got a text, in order. */
const texted = () => sandbox.messages().map(({ request }) => request.recipients[0]);

/** The codes of the items on the error output. */
const codes = (execution: Execution) =>
	itemsFrom(execution, NODE, { output: 1 }).map(({ json }) => (json.error as IDataObject).code);

/** Hours that began an hour ago in UTC and lasted a minute. */
function closedNow(): IDataObject {
	const hour = (new Date().getUTCHours() + 23) % 24;
	const at = (minutes: string) => `${String(hour).padStart(2, '0')}:${minutes}`;
	return { values: { from: at('00'), to: at('01'), whoseTime: 'workflow' } };
}

const NEVER_AGAIN = { values: { count: 1, hours: 24 } };

/** What each holds back when it may text Ann and not Ben, or nobody. */
const guards: Array<[name: string, options: IDataObject, sent: string[], codes: string[]]> = [
	['Send Only Between', { sendBetween: closedNow() }, [], ['quietHours', 'quietHours']],
	['Skip Opted-Out', { skipOptedOut: true }, [ANN], ['optedOut']],
	['Most Messages in a Run', { maxMessages: 1 }, [], ['tooMany', 'tooMany']],
	['Only To', { onlyTo: ANN }, [ANN], ['notAllowed']],
];

/** Ben has texted STOP. */
const optOut = () => sandbox.receive({ from: BEN, body: 'STOP' });

test.each(guards)('%s', async (_, options, sent, expected) => {
	optOut();
	const execution = await text([ANN, BEN], options, { retryOnFail: true, waitBetweenTries: 100 });
	expect(texted()).toEqual(sent);
	expect(codes(execution)).toEqual(expected);
	for (const { json } of itemsFrom(execution, NODE, { output: 1 }))
		expect(json.error).toMatchObject({ outcome: 'notTried' });
});

test('At Most per Person also counts earlier messages, and says when the next one may be sent', async () => {
	const before = await text([ANN], {});
	expect(failureOf(before)).toBeUndefined();
	const execution = await text([ANN, BEN, BEN], { maxPerPerson: NEVER_AGAIN });
	expect(texted()).toEqual([ANN, BEN]);
	expect(codes(execution)).toEqual(['tooMany', 'tooMany']);
	for (const { json } of itemsFrom(execution, NODE, { output: 1 })) {
		const { sendAfter } = json.error as { sendAfter: string };
		expect(Date.parse(sendAfter)).toBeGreaterThan(Date.now() + 23 * 3_600_000);
	}
});

test('with On Error = Stop, one sentence says how many wait', async () => {
	const options = { sendBetween: closedNow() };
	const execution = await text([ANN, BEN], options, { onError: 'stopWorkflow' });
	expect(texted()).toEqual([]);
	expect(failureOf(execution)!.description).toMatch(
		/^Waiting 2 \(the first until [^)]+\)\.<br>Nothing was sent\.<br>It can be sent at /,
	);
});

test.each(guards)('%s: a preview applies it', async (_, options, sent, expected) => {
	optOut();
	const execution = await text([ANN, BEN], { ...options, testRuns: 'preview' });
	expect(texted()).toEqual([]);
	expect(itemsFrom(execution, NODE)).toHaveLength(sent.length);
	expect(codes(execution)).toEqual(expected);
});

test('Wait for Delivery: delivered and undelivered messages', async () => {
	sandbox.settings({ statuses: { deliveredAfterMs: 500 } });
	const execution = await text([ANN, FAILS_LATER], { waitForDeliverySeconds: 20 });
	expect(texted()).toEqual([ANN, FAILS_LATER]);
	expect(itemsFrom(execution, NODE).map(({ json }) => json.status)).toEqual(['delivered']);
	expect(codes(execution)).toEqual(['notDelivered']);
});

test('as an agent’s tool: the agent is told why, and nobody else is texted', async () => {
	model.toolInput = { To: BEN, Message: 'Hello' };
	const { nodes } = await workflowNamed('sendList');
	const send = nodes.find(({ name }) => name === NODE)!;
	const into = (type: string) => ({ [type]: [[{ node: 'Agent', type, index: 0 }]] });
	const id = await n8n.createWorkflow(
		{
			name: 'Agent',
			nodes: [
				node('Start', 'n8n-nodes-base.manualTrigger', 1),
				node('Agent', '@n8n/n8n-nodes-langchain.agent', 2, {
					promptType: 'define',
					text: 'Say hello to Ben',
				}),
				{
					...node('Model', '@n8n/n8n-nodes-langchain.lmChatOpenAi', 1.2, {
						model: { __rl: true, mode: 'id', value: 'any' },
					}),
					credentials: { openAiApi: { id: '', name: 'OpenAI account' } },
				},
				{
					...send,
					type: 'n8n-nodes-clerk-chat.clerkChatTool',
					// n8n tells agents before version 3 nothing about exceptions in tools.
					onError: 'continueRegularOutput',
					parameters: {
						...send.parameters,
						recipients: "={{ $fromAI('To', '', 'string') }}",
						body: "={{ $fromAI('Message', '', 'string') }}",
						options: { onlyTo: ANN },
					},
				},
			],
			connections: {
				Start: { main: [[to('Agent')]] },
				Model: into('ai_languageModel'),
				[NODE]: into('ai_tool'),
			} as WorkflowFile['connections'],
			settings: { executionOrder: 'v1' },
		},
		credentials,
	);
	const execution = await n8n.runWorkflow(id);
	expect(texted()).toEqual([]);
	const said = JSON.stringify(itemsFrom(execution, 'Agent').map(({ json }) => json));
	expect(said).toContain(BEN);
	expect(said).toContain('Only To');
});
