import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { clerkChatApi } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { API_KEY, BASE_URL, hintsOf, retry, runNode } from './engine';
import type { Setup } from './engine';
import { setupOf, toErrorOutput } from './messages';

/* 'Campaign: Start' reaches everyone on a list, so a click in the editor must not start one. */

const setup = (
	mode: Setup['mode'],
	options?: IDataObject,
	fields: INodeParameters = {},
): Setup => ({
	mode,
	...setupOf('campaign start', {
		sender: '+14155550100',
		listName: 'Spring Newsletter',
		body: 'Our sale starts today.',
		...(options && { options: options as INodeParameters }),
		...fields,
	}),
});

const clerkChat = () =>
	clerkChatApi((_request, index) => [201, { data: { id: index + 1, status: 'scheduled' } }], {
		documented: false,
	});

closeNetwork();

describe.each(['manual', 'evaluation'] as const)('in the editor (%s)', (mode) => {
	test.each([
		['without the option', undefined],
		['with Show What Would Be Sent', { testRuns: 'preview' }],
	])('%s, two clicks start nothing: each only shows the campaign', async (_name, options) => {
		const started = clerkChat();
		for (let click = 0; click < 2; click++) {
			const result = await runNode([{}], setup(mode, options));
			expect(result.items.map(({ json }) => json)).toEqual([
				{
					status: 'preview',
					listName: 'Spring Newsletter',
					listSize: 'unknown, because Clerk Chat does not say how many people are on a list',
					body: 'Our sale starts today.',
					segments: 1,
					encoding: 'GSM-7',
					characters: 22,
					forcing: [],
					sender: '+14155550100',
					mediaUrls: [],
				},
			]);
			expect(hintsOf(result)[0]).toMatch(/^Test run: .*1 campaign/);
		}
		expect(started).toEqual([]);
	});

	test('with Send, it starts', async () => {
		const started = clerkChat();
		const { items } = await runNode([{}], setup(mode, { testRuns: 'send' }));
		expect(started).toMatchObject([{ path: '/public/campaigns' }]);
		expect(items).toMatchObject([{ json: { status: 'scheduled' } }]);
	});

	test.each(['redirect', '={{ "" }}', '={{ undefined }}', 'maybe'])(
		'%s is an invalid choice, and nothing starts',
		async (testRuns) => {
			const started = clerkChat();
			const { error } = await runNode([{}], setup(mode, { testRuns }));
			expect(error?.message).toBe("'In Test Runs' is not one of its choices");
			expect(error?.description).toContain('send or preview');
			expect(started).toEqual([]);
		},
	);
});

test.each(['trigger', 'webhook', 'retry'] as const)(
	'published (%s): it starts, whatever the option says',
	async (mode) => {
		const started = clerkChat();
		for (const options of [undefined, { testRuns: 'preview' }, { testRuns: 'send' }]) {
			await runNode([{}], setup(mode, options));
		}
		expect(started).toHaveLength(3);
	},
);

describe('in a sub-workflow', () => {
	test('the option has to be chosen', async () => {
		const started = clerkChat();
		const { error } = await runNode([{}], setup('integrated'));
		expect(error?.message).toBe("In a sub-workflow, you must choose 'In Test Runs'");
		expect(error?.description).toMatch(
			/^No campaign was started, .* Add the option 'In Test Runs'/,
		);
		expect(started).toEqual([]);
	});

	test('with Continue, each item is an error item', async () => {
		const started = clerkChat();
		const { errorItems } = await runNode([{}, {}], {
			...setup('integrated'),
			settings: toErrorOutput,
		});
		expect(errorItems.map(({ json }) => json.error)).toMatchObject(
			Array(2).fill({ message: "In a sub-workflow, you must choose 'In Test Runs'" }),
		);
		expect(started).toEqual([]);
	});

	test('the choice applies', async () => {
		const started = clerkChat();
		const shown = await runNode([{}], setup('integrated', { testRuns: 'preview' }));
		expect(shown.items).toMatchObject([{ json: { status: 'preview' } }]);
		expect(started).toEqual([]);
		await runNode([{}], setup('integrated', { testRuns: 'send' }));
		expect(started).toHaveLength(1);
	});

	test("Retry doesn't start a refused campaign", async () => {
		const started = clerkChat();
		const failed = await runNode([{}], setup('integrated'));
		expect(failed.status).toBe('error');
		const retried = await retry(failed, [{}], setup('retry'));
		expect(retried.error?.message).toBe("In a sub-workflow, you must choose 'In Test Runs'");
		await retry(failed, [{}], setup('retry', { testRuns: 'preview' }));
		expect(started).toEqual([]);
	});
});

test("the credential's Default Country Code completes From", async () => {
	const started = clerkChat();
	const credentials = { apiKey: API_KEY, baseUrl: BASE_URL, defaultCountryCode: '+1' };
	const fields = { sender: '(415) 555-0100' };
	await runNode([{}], { ...setup('trigger', undefined, fields), credentials });
	expect(started).toMatchObject([{ body: { sender: '+14155550100' } }]);
});

describe('a campaign that an earlier item starts', () => {
	const starting = (fields: INodeParameters = {}, options: IDataObject = {}): Setup =>
		setup('trigger', options, { listName: '={{ $json.list }}', body: 'Sale', ...fields });
	const rows = ['A', 'A', 'B'].map((list) => ({ list }));

	test('is not started again; with On Error = Stop, none is', async () => {
		const started = clerkChat();
		const { error } = await runNode(rows, starting());
		expect(started).toHaveLength(0);
		expect(error?.message).toBe('This would text everyone on the list again');
		expect(error?.description).toMatch(/'Allow Repeats'.*This is item 2 of 3/);
	});

	test("the others are started if On Error isn't Stop", async () => {
		const started = clerkChat();
		const settings = { onError: 'continueRegularOutput' } as const;
		const result = await runNode(rows, { ...starting(), settings });
		expect(started.map(({ body }) => body.listName)).toEqual(['A', 'B']);
		expect(result.items[1].json.error).toMatchObject({ outcome: 'refused' });
		expect(hintsOf(result)).toEqual([
			'Started 2, failed 1: this would text everyone on the list again.',
		]);
	});

	test("is started again with 'Allow Repeats', or with different content", async () => {
		const started = clerkChat();
		await runNode(rows, starting({}, { allowRepeats: true }));
		await runNode(rows, starting({ body: '=Sale {{ $itemIndex }}' }));
		expect(started).toHaveLength(6);
	});

	test('counts as the same with another name or provider', async () => {
		const started = clerkChat();
		const additionalFields = { name: '=Sale {{ $itemIndex }}' };
		await runNode(rows.slice(0, 2), starting({ additionalFields }));
		expect(started).toHaveLength(0);
	});
});
