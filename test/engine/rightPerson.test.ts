import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { clerkChatApi } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { hints } from '../../nodes/ClerkChat/description/hints';
import { API_KEY, BASE_URL, hintsOf, runNode, workflowOf } from './engine';
import type { Setup } from './engine';
import { messageObject, setupOf } from './messages';

/* Phone numbers as people write them, with the credential's Default Country Code, in every field that takes one. */

const credentials = { apiKey: API_KEY, baseUrl: BASE_URL, defaultCountryCode: '+1' };

/** Where a phone number is entered: what people see there, and the node with a number in it. */
const FIELDS: Record<string, { label: string; setup: (phone: string) => Setup }> = {};

const enteredIn = (
	name: string,
	label: string,
	parametersOf: (phone: string) => INodeParameters,
	settings: Partial<Setup> = {},
) => {
	const operation = name.replace(/,.*/, '');
	const setup = (phone: string) => ({ ...setupOf(operation, parametersOf(phone)), ...settings });
	FIELDS[name] = { label, setup };
};

const message = { sender: '+14155550100', recipients: '+14155550123', body: 'Hi' };
const inEditor = { mode: 'manual' } as const;

enteredIn(
	'message send',
	'To',
	(recipients) => ({ ...message, recipients, options: { testRuns: 'preview' } }),
	inEditor,
);
enteredIn(
	'message send, to test',
	'Test Recipient',
	(testRecipient) => ({ ...message, options: { testRuns: 'redirect', testRecipient } }),
	inEditor,
);
enteredIn('contact create', 'Phone', (phone) => ({ additionalFields: { phone } }));
enteredIn('contact createMany', 'Phone', (phone) => ({ additionalFields: { phone } }));
enteredIn('contact update', 'Phone', (phone) => ({ contactId: '7', updateFields: { phone } }));
enteredIn('contact update, by phone', 'Contact', (value) => ({
	contactId: { __rl: true, mode: 'phone', value },
	updateFields: { name: 'Ann' },
}));
enteredIn('agent start', 'Phone', (phone) => ({ webhookId: 'w', phone }));
enteredIn('message getAll', 'Participant', (participant) => ({ filters: { participant } }));

closeNetwork();

describe.each(Object.entries(FIELDS))('%s', (_name, { label, setup }) => {
	/* test/unit/phoneNumbers.test.ts covers other texts that are not phone numbers. */
	test.each<[string, string, object]>([
		[
			'(415) 555-01234',
			'11 digits; a +1 number has 10. Did you mean +41555501234?',
			{ credentials },
		],
		['n/a', 'This means that the number is missing.', { credentials }],
		['(415) 555-0123', "or set 'Default Country Code' in the credential.", {}],
	])('%s is refused, and nothing reaches Clerk Chat: %s', async (phone, why, withCode) => {
		const received = clerkChatApi(() => [500]);
		for (const value of [phone, `={{ ${JSON.stringify(phone)} }}`]) {
			const { error } = await runNode([{}], { ...setup(value), ...withCode });
			expect(error?.message).toBe(`'${label}' contains an invalid phone number: "${phone}"`);
			expect(error?.description).toContain(why);
		}
		expect(received).toEqual([]);
	});

	test('an invalid country code is refused', async () => {
		const received = clerkChatApi(() => [500]);
		const { error } = await runNode([{}], {
			...setup('+14155550123'),
			credentials: { ...credentials, defaultCountryCode: 'US' },
		});
		expect(error?.message).toBe(
			'\'Default Country Code\' in the credential is not a country code: "US"',
		);
		expect(received).toEqual([]);
	});
});

/** What an operation sends for a phone number entered without a country code. */
const goesOut = async (name: string, phone: string) => {
	const received = clerkChatApi(
		({ method, body }) => [
			method === 'POST' && name.startsWith('agent') ? 202 : 201,
			name.startsWith('agent') ? '' : { data: { id: 7, ...body } },
		],
		{ documented: false },
	);
	await runNode([{}], { ...FIELDS[name].setup(phone), credentials });
	return received[0]?.body.phone;
};

test.each(['contact create', 'contact update', 'agent start'])(
	"%s: the credential's code completes the number",
	async (name) => {
		expect(await goesOut(name, '(415) 555-3005')).toBe('+14155553005');
	},
);

test('the code in the credential or the option completes To', async () => {
	const { setup } = FIELDS['message send'];
	const shown = await runNode([{}], { ...setup('415 555 3005'), credentials });
	expect(shown.items).toMatchObject([{ json: { recipients: ['+14155553005'] } }]);
	const mexican = setup('415 555 3005');
	(mexican.parameters.options as IDataObject).defaultCountryCode = '+52';
	const other = await runNode([{}], { ...mexican, credentials });
	expect(other.items).toMatchObject([{ json: { recipients: ['+524155553005'] } }]);
});

test('finds a participant by a number without its code', async () => {
	clerkChatApi(() => [
		200,
		{
			data: [
				messageObject(1, { members: ['+14155553005'] }),
				messageObject(2, { members: ['+14155550199'] }),
			],
			total: 2,
		},
	]);
	const { setup } = FIELDS['message getAll'];
	const { items } = await runNode([{}], { ...setup('(415) 555-3005'), credentials });
	expect(items.map(({ json }) => json.id)).toEqual([1]);
});

test("IDs aren't read as phone numbers", async () => {
	const received = clerkChatApi(({ body }) => [200, { data: { id: '7', ...body } }], {
		documented: false,
	});
	for (const mode of ['list', 'id']) {
		const contactId = { __rl: true, mode, value: '12345678' } as INodeParameters;
		const { parameters } = FIELDS['contact update, by phone'].setup('');
		await runNode([{}], { parameters: { ...parameters, contactId }, credentials });
	}
	expect(received.map(({ path }) => path)).toEqual(Array(2).fill('/public/contacts/12345678'));
});

describe("a number with a length its country doesn't have", () => {
	const odd = '+141555501: +1 numbers have 10 digits after +1; this has 8';

	test('is marked in a preview, and named in a hint', async () => {
		const result = await runNode([{}], FIELDS['message send'].setup('+141555501'));
		expect(result.items).toMatchObject([{ json: { status: 'preview', warnings: [odd] } }]);
		expect(hintsOf(result)).toContain(`Check the length of this number. ${odd}.`);
	});

	test('is still sent, and named in a hint', async () => {
		clerkChatApi(({ body }) => [201, { data: messageObject(1, { members: body.recipients }) }]);
		const phones = ['+1415555011', '+1415555012', '+1415555013', '+1415555014', '+14155550123'];
		const result = await runNode(
			phones.map((phone) => ({ phone })),
			{ ...FIELDS['message send'].setup('={{ $json.phone }}'), mode: 'trigger' },
		);
		expect(result.items).toHaveLength(5);
		expect(hintsOf(result)).toHaveLength(2);
		expect(hintsOf(result)[0]).toBe('Sent 5.');
		expect(hintsOf(result)[1]).toMatch(
			/^Check the length of these numbers\. \+1415555011: .* \(and 1 more\)\.$/,
		);
	});

	test.each(['contact create', 'agent start'])('%s: named in a hint', async (name) => {
		clerkChatApi(
			({ body }) => (name === 'agent start' ? [202, ''] : [201, { data: { id: 1, ...body } }]),
			{ documented: false },
		);
		const result = await runNode([{}], FIELDS[name].setup('+141555501'));
		expect(hintsOf(result)).toEqual([`Check the length of this number. ${odd}.`]);
	});
});

test.each([
	['+14155550123, +14155550124', true],
	['={{ $json.to }}', true],
	['+14155550123', false],
])('several numbers in one To, %s: n8n shows the hint before a run: %j', (recipients, expected) => {
	const hint = hints.find(({ message }) => message.startsWith("'To' has several numbers."))!;
	const workflow = workflowOf([], FIELDS['message send'].setup(recipients));
	const data = [{ json: { to: '+14155550123;+14155550124' } }];
	expect(
		workflow.expression.getParameterValue(
			hint.displayCondition!,
			null,
			0,
			0,
			'Clerk Chat',
			data,
			'manual',
			{},
		),
	).toBe(expected);
});
