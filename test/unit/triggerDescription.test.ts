import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';
import { ClerkChatTrigger } from '../../nodes/ClerkChatTrigger/ClerkChatTrigger.node';

const { description, webhookMethods } = new ClerkChatTrigger();

function property(name: string): INodeProperties {
	const found = description.properties.find((each) => each.name === name);
	if (found === undefined) throw new Error(`No property ${name}`);
	return found;
}

describe('what saved workflows depend on', () => {
	test('keeps its names', () => {
		expect(description).toMatchObject({
			name: 'clerkChatTrigger',
			displayName: 'Clerk Chat Trigger',
			version: 2,
			inputs: [],
			credentials: [{ name: 'clerkChatApi', required: true }],
		});
		expect(description.usableAsTool).toBeUndefined();
	});

	test('keeps its URL, takes POST only and answers before the workflow ends', () => {
		expect(description.webhooks).toEqual([
			{
				name: 'default',
				httpMethod: 'POST',
				path: 'webhook',
				responseMode: 'onReceived',
				responseData: 'The workflow was started.',
			},
		]);
	});

	test("offers the six events in Clerk Chat's names, and all", () => {
		const options = property('events').options as INodePropertyOptions[];
		expect(options.map(({ value }) => value).sort()).toEqual([
			'*',
			'message.delivered',
			'message.failed',
			'message.read',
			'message.received',
			'message.sent',
			'rcsPostbackReceived',
		]);
		for (const option of options) expect(option.description).toBeTruthy();
		expect(property('events').displayName).toBe('Trigger On');
	});

	test('has the options and their defaults', () => {
		const options = property('options').options as Array<INodeProperties | INodePropertyCollection>;
		expect(
			options.map((each) => [each.name, 'default' in each ? each.default : undefined]),
		).toEqual([
			['allowWithoutSecret', false],
			['ignoreRepeats', true],
			['dataOnly', false],
		]);
		const names = options.map(({ displayName }) => displayName);
		expect(names).toEqual([...names].sort());
	});
});

describe('what a newcomer reads', () => {
	test('explains the steps, the two URLs, and that nothing starts without a secret', () => {
		const steps = property('setupNotice').displayName;
		for (const words of [
			'Clerk Chat Polling Trigger',
			'1. Create',
			'4. In Clerk',
			'Production URL',
			'Test URL',
			'Settings > Webhooks',
		]) {
			expect(steps).toContain(words);
		}
		const notice = property('secretNotice').displayName;
		for (const words of ['Webhook Header Value', "can't publish", 'Allow Without Secret']) {
			expect(notice).toContain(words);
		}
	});

	test("uses only the HTML that n8n's notices show", () => {
		for (const { displayName } of description.properties) {
			for (const [, tag] of displayName.matchAll(/<\/?([a-z]+)/g)) {
				expect(['a', 'ul', 'li']).toContain(tag);
			}
		}
	});

	test('explains waiting and active in the panel', () => {
		expect(description.triggerPanel).toMatchObject({
			header: expect.any(String) as string,
			executionsHelp: {
				inactive: expect.stringContaining('once you publish (activate) this workflow') as string,
				active: expect.stringContaining('is working now') as string,
			},
			activationHint: expect.any(String) as string,
		});
		expect(description.eventTriggerDescription).toBeTruthy();
		expect(description.activationMessage).toBeTruthy();
	});
});

test('has nothing to remove in Clerk Chat', async () => {
	expect(await webhookMethods.default.delete()).toBe(true);
});
