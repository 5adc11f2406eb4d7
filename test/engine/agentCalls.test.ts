import { closeNetwork } from './closeNetwork';
import { clerkChat, setup, somebody, toContinue } from './deliveries';
import { asToolNode } from './engine';
import { createRunExecutionData } from 'n8n-workflow';
import type { IDataObject } from 'n8n-workflow';
import { startProcess } from '../random/process';

closeNetwork();

test("an agent's call during which n8n was killed counts for Most Messages in a Run", async () => {
	const ann = somebody();
	let kill = () => {};
	const killed = new Promise<void>((resolve) => (kill = resolve));
	let answer = () => {};
	const answered = new Promise<void>((resolve) => (answer = resolve));
	let saved: ReturnType<typeof createRunExecutionData> | undefined;
	const data = createRunExecutionData({ resultData: { runData: {} } });
	const chat = clerkChat(async (_r, index) => {
		if (index === 1) {
			saved = JSON.parse(JSON.stringify(data)) as typeof data;
			kill();
			await answered;
		}
		return {};
	});
	const s = setup({ maxMessages: 2 }, toContinue, {
		recipients: ann,
		body: '={{ "t" + $runIndex }}',
	});
	const call = asToolNode(s, data);
	await call();
	const second = call();
	await killed;
	const more = asToolNode(
		{
			...setup({ maxMessages: 2 }, toContinue, { recipients: ann, body: 'third' }),
			node: startProcess(1),
		},
		saved,
	);
	const out = await more();
	answer();
	await second;
	expect((out[0].json.error as IDataObject)?.code).toBe('tooMany');
	expect(chat.sent).toHaveLength(2);
});
