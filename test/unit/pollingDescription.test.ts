import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';
import codex from '../../nodes/ClerkChatPollingTrigger/ClerkChatPollingTrigger.node.json';
import { ClerkChatPollingTrigger } from '../../nodes/ClerkChatPollingTrigger/ClerkChatPollingTrigger.node';
import { ClerkChatTrigger } from '../../nodes/ClerkChatTrigger/ClerkChatTrigger.node';
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
			'message.optOut',
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
		expect(property('simplify').default).toBe(true);
		expect(fieldsIn('filters')).toEqual([
			['containsWords', []],
			['conversationId', ''],
			['from', []],
			['inboxIds', []],
			['to', []],
		]);
		expect(fieldsIn('options')).toEqual([
			['ownAddress', ''],
			['answerQuestions', true],
			['firstOnlyHours', 24],
			['oldestHours', 24],
			['quietSeconds', 60],
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

test('has its own search terms, also for AI builders', () => {
	expect(description.description).not.toBe(new ClerkChatTrigger().description.description);
	expect(description.builderHint?.searchHint).toContain('every minute');
	expect(description.builderHint?.relatedNodes).toHaveLength(2);
	expect(new ClerkChatTrigger().description.builderHint?.searchHint).toContain('Polling Trigger');
});
