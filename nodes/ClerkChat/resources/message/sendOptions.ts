import type { Field } from '../../operation';
import { maxMessages, maxPerPerson, onlyTo, sendBetween, skipOptedOut } from './guardOptions';
import { defaultCountryCode, unknownOutcome } from './messageFields';

/** The option for what a run that was started in the editor does. */
const testRuns: Field = {
	displayName: 'In Test Runs',
	name: 'testRuns',
	type: 'options',
	default: 'preview',
	description:
		'What happens when you execute the workflow in the editor. Published workflows and sub-workflows are not touched by it: they always send.',
	options: [
		{
			name: 'Send',
			value: 'send',
			description: 'Real messages go out to everybody, every time',
		},
		{
			name: 'Show What Would Be Sent',
			value: 'preview',
			description: 'Nothing goes out. Each item shows its message, and how long it is.',
		},
		{
			name: 'Send the First to Me',
			value: 'redirect',
			description: "The first message really goes out, to 'Test Recipient'. The others are shown.",
		},
	],
};

/** The fields under 'Options' of Send, in alphabetical order. */
export const sendOptions: Field[] = [
	maxPerPerson,
	defaultCountryCode,
	{
		displayName: 'Fail on Rejected Message',
		name: 'rejectedAsError',
		type: 'boolean',
		default: true,
		description:
			'Whether a message that Clerk Chat takes and at once marks as failed counts as failed here too',
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
			'How many parts an SMS may have. A longer text is refused before anything goes out. Each part is charged as a text.',
	},
	{
		displayName: 'Messages at the Same Time',
		name: 'maxConcurrency',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 5,
		description:
			'How many messages may be on their way to Clerk Chat at once. Without this option, the node finds out how many Clerk Chat and the network take, up to 100. A number fixes it.',
	},
	maxMessages,
	onlyTo,
	{
		displayName: 'Plain Characters',
		name: 'plainCharacters',
		type: 'boolean',
		default: true,
		description:
			'Whether to replace curly quotes, long dashes and the like by plain ones where that makes an SMS shorter',
	},
	sendBetween,
	{
		displayName: 'Several Numbers',
		name: 'severalNumbers',
		type: 'options',
		default: 'separately',
		description: "What happens when 'To' holds several numbers",
		options: [
			{
				name: 'One Message to All',
				value: 'together',
				description: 'Probably one group conversation, where all see all numbers',
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
			"Skips texts already sent in this period (same From, To and text) and returns the existing message, marked as skipped. Media are not compared. After a crash, you can simply run the workflow again. Choose less than the time between two runs of a schedule, or tomorrow's reminder counts as sent.",
	},
	skipOptedOut,
	{
		displayName: 'Test Recipient',
		name: 'testRecipient',
		type: 'string',
		default: '',
		placeholder: 'e.g. +14155550123',
		description:
			"Your own phone number. In test runs the first message goes there, when 'In Test Runs' says so.",
	},
	{
		displayName: 'Wait for Delivery (Seconds)',
		name: 'waitForDeliverySeconds',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 60,
		description:
			'How long to wait until each message is delivered, at most. A message that fails on its way counts as failed here too. Without this option, the node goes on once Clerk Chat has taken the messages.',
	},
];
