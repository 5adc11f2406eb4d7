import type { INodeParameters } from 'n8n-workflow';
import { workflowOf } from './engine';

/** What n8n's canvas shows under the name of the node (editor-ui, useNodeHelpers, getNodeSubtitle). */
function subtitleOf(parameters: INodeParameters): unknown {
	const workflow = workflowOf([], { parameters });
	const node = workflow.getNode('Clerk Chat')!;
	const { subtitle } = workflow.nodeTypes.getByNameAndVersion(node.type, 1).description;
	return workflow.expression.getSimpleParameterValue(node, subtitle, 'internal', {});
}

const send = { resource: 'message', operation: 'send' };
const number = (value: string) => ({ __rl: true, mode: 'number', value });

test.each<[string, INodeParameters]>([
	['an operation without numbers', { resource: 'contact', operation: 'getAll' }],
	['nothing entered yet', { ...send, sender: number('') }],
	['no From', { ...send, sender: number(''), recipients: '+14155550123' }],
	['no To', { ...send, sender: number('+14155550100') }],
	[
		'To from an expression',
		{ ...send, sender: number('+14155550100'), recipients: '={{ $json.to }}' },
	],
	[
		'From from an expression',
		{ ...send, sender: number('={{ $json.from }}'), recipients: '+14155550123' },
	],
])("%s: the subtitle is the action's text", (_, parameters) => {
	const wording = parameters.resource === 'contact' ? 'Get many contacts' : 'Send message';
	expect(subtitleOf(parameters)).toBe(wording);
});

test.each<[string, INodeParameters]>([
	['send', { sender: number('+14155550100'), recipients: '+14155550123' }],
	['sendAndWait', { sender: number('+14155550100'), recipients: '+14155550123' }],
	['send', { sender: '+14155550100', recipients: '+14155550123' }],
])('%s with fixed numbers: both numbers', (operation, parameters) => {
	expect(subtitleOf({ ...send, operation, ...parameters })).toBe('…0100 → +14155550123');
});

test('From may be an ID: it is shown in full', () => {
	const parameters = { ...send, sender: number('ACME'), recipients: '+14155550123' };
	expect(subtitleOf(parameters)).toBe('ACME → +14155550123');
});
