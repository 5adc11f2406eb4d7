import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';
import codex from '../../nodes/ClerkChatPollingTrigger/ClerkChatPollingTrigger.node.json';
import { ClerkChatPollingTrigger } from '../../nodes/ClerkChatPollingTrigger/ClerkChatPollingTrigger.node';
import packageJson from '../../package.json';

const { description } = new ClerkChatPollingTrigger();

const property = (name: string) => description.properties.find((each) => each.name === name)!;

const fieldsIn = (name: string) =>
	(property(name).options as Array<INodeProperties | INodePropertyCollection>).map((each) => [
		each.name,
		'default' in each ? each.default : undefined,
	]);

describe('what saved workflows depend on', () => {
	test('keeps its names and its two outputs', () => {
		expect(description).toMatchObject({
			name: 'clerkChatPollingTrigger',
			displayName: 'Clerk Chat Polling Trigger',
			version: 1,
			polling: true,
			inputs: [],
			outputs: ['main', 'main'],
			outputNames: ['Message', 'Answer'],
			credentials: [{ name: 'clerkChatApi', required: true }],
		});
		expect(description.usableAsTool).toBeUndefined();
	});

	test('keeps its events', () => {
		const options = property('events').options as INodePropertyOptions[];
		expect(options.map(({ value }) => value).sort()).toEqual([
			'message.delivered',
			'message.failed',
			'message.read',
			'message.received',
			'message.sent',
		]);
		expect(property('events')).toMatchObject({
			displayName: 'Trigger On',
			default: ['message.received'],
		});
	});

	test('keeps its fields and their defaults', () => {
		expect(fieldsIn('filters')).toEqual([['inboxIds', []]]);
		expect(fieldsIn('options')).toEqual([
			['ownAddress', ''],
			['answerQuestions', true],
			['watchStatusHours', 1],
		]);
	});
});

test('says in two sentences when to use which trigger', () => {
	const notice = property('pollingNotice').displayName;
	expect(notice.match(/\./g)).toHaveLength(2);
	expect(notice).toContain('Clerk Chat Trigger');
});

test('is published, with its codex file', () => {
	expect(packageJson.n8n.nodes).toContain(
		'dist/nodes/ClerkChatPollingTrigger/ClerkChatPollingTrigger.node.js',
	);
	expect(codex.node).toBe(`${packageJson.name}.${description.name}`);
});
