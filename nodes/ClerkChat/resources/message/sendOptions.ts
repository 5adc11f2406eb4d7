import type { Field } from '../../operation';
import { maxMessages, maxPerPerson, onlyTo, sendBetween, skipOptedOut } from './guardOptions';
import { defaultCountryCode, unknownOutcome } from './messageFields';

/** The option for what runs started in the editor do. */
const testRuns: Field = {
	displayName: 'In Test Runs',
	name: 'testRuns',
	type: 'options',
	default: 'preview',
	description:
		"What happens when you execute the workflow in the editor. Doesn't affect published workflows and sub-workflows, which always send.",
	options: [
		{
			name: 'Send',
			value: 'send',
			description: 'Sends everyone a real text, every time',
		},
		{
			name: 'Show What Would Be Sent',
			value: 'preview',
			description: 'Sends nothing. Each item shows its message and how long it is.',
		},
		{
			name: 'Send the First to Me',
			value: 'redirect',
			description: "Sends the first message to 'Test Recipient' and only shows the others",
		},
	],
};

/** The fields under 'Options' of Send, in alphabetical order. */
export const sendOptions: Field[] = [
	maxPerPerson,
	defaultCountryCode,
	{
		displayName: 'Fail on Refused Message',
		name: 'rejectedAsError',
		type: 'boolean',
		default: true,
		description:
			'Whether an item fails when Clerk Chat accepts its message but marks it as failed at once',
	},
	unknownOutcome,
	testRuns,
	{
		displayName: 'Max Segments',
		name: 'maxSegments',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 3,
		description:
			'How many segments an SMS may have. The node refuses longer texts before it sends anything. Each segment is charged as a text.',
	},
	{
		displayName: 'Messages at the Same Time',
		name: 'maxConcurrency',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 5,
		description:
			'How many messages to send to Clerk Chat at once. Without this option, the node finds out how many Clerk Chat and the network can handle, up to 100.',
	},
	maxMessages,
	onlyTo,
	{
		displayName: 'Plain Characters',
		name: 'plainCharacters',
		type: 'boolean',
		default: true,
		description:
			'Whether to replace curly quotes, long dashes and similar characters with plain ones if that makes an SMS shorter',
	},
	sendBetween,
	{
		displayName: 'Several Numbers',
		name: 'severalNumbers',
		type: 'options',
		default: 'separately',
		description: "What happens when 'To' has several numbers",
		options: [
			{
				name: 'One Message to All',
				value: 'together',
				description: 'Probably one group conversation, where everyone sees all numbers',
			},
			{
				name: 'Separately',
				value: 'separately',
				description: 'One message for each number. Nobody sees the others.',
			},
		],
	},
	{
		displayName: 'Simplify',
		name: 'simplify',
		type: 'boolean',
		default: true,
		description: 'Whether to return a simplified version of the response instead of the raw data',
	},
	{
		displayName: 'Skip If Sent in the Last (Hours)',
		name: 'skipSentWithinHours',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 12,
		description:
			"Skips texts already sent in this period (same From, To and text) and returns the existing message, marked as skipped. Media aren't compared. After a crash, you can simply run the workflow again. Choose fewer hours than lie between two scheduled runs, or tomorrow's reminder counts as already sent.",
	},
	skipOptedOut,
	{
		displayName: 'Test Recipient',
		name: 'testRecipient',
		type: 'string',
		default: '',
		placeholder: 'e.g. +14155550123',
		description:
			"Your own phone number. It gets the first message if 'In Test Runs' is set to 'Send the First to Me'.",
	},
	{
		displayName: 'Wait for Delivery (Seconds)',
		name: 'waitForDeliverySeconds',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 60,
		description:
			"The longest time to wait for each message to be delivered. If a message can't be delivered, its item fails. Without this option, the node continues once Clerk Chat has accepted the messages.",
	},
];
