import type { Field } from '../../operation';

/* The options that hold messages back. docs/guards.md describes them. */

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** Sends only at certain hours. */
export const sendBetween: Field = {
	displayName: 'Send Only Between',
	name: 'sendBetween',
	type: 'fixedCollection',
	default: { values: { from: '08:00', to: '21:00' } },
	description:
		"The hours when messages can be sent. At other times, the item fails, and error.sendAfter says when to send it. The time zone comes from the number's country code or +1 area code, which isn't always where the phone is. Legal hours vary by state and country.",
	options: [
		{
			displayName: 'Values',
			name: 'values',
			values: [
				{
					displayName: 'From',
					name: 'from',
					type: 'string',
					default: '08:00',
					placeholder: 'e.g. 08:00',
					description: 'When sending starts, in 24-hour time',
				},
				{
					displayName: 'To',
					name: 'to',
					type: 'string',
					default: '21:00',
					placeholder: 'e.g. 21:00',
					description: 'When sending ends. A time earlier than From is on the next day.',
				},
				{
					displayName: 'Days',
					name: 'days',
					type: 'multiOptions',
					default: ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'],
					description: 'The days on which sending starts',
					options: DAYS.map((name) => ({ name, value: name.toLowerCase() })).sort((a, b) =>
						a.name < b.name ? -1 : 1,
					),
				},
				{
					displayName: 'Whose Time',
					name: 'whoseTime',
					type: 'options',
					default: 'recipient',
					options: [
						{
							name: 'Recipient',
							value: 'recipient',
							description: 'The time zones that the phone number may be in',
						},
						{
							name: 'Workflow',
							value: 'workflow',
							description: "The time zone in the workflow's settings",
						},
					],
				},
			],
		},
	],
};

/** Sends nothing to people who texted STOP. */
export const skipOptedOut: Field = {
	displayName: 'Skip Opted-Out',
	name: 'skipOptedOut',
	type: 'boolean',
	default: true,
	description:
		"Whether to hold back messages to people who opted out. Either their contact says so, or they texted STOP in the past 30 days and haven't texted START since. If the node can't read all of Clerk Chat's contacts or messages, it sends nothing.",
};

/** Limits how often one person is texted. */
export const maxPerPerson: Field = {
	displayName: 'At Most per Person',
	name: 'maxPerPerson',
	type: 'fixedCollection',
	default: { values: { count: 1, hours: 24 } },
	description:
		"The most messages one person can get in a period, whatever the messages say. Counts messages in Clerk Chat's history and in this run. Further items fail, and error.sendAfter says when to send them.",
	options: [
		{
			displayName: 'Values',
			name: 'values',
			values: [
				{
					displayName: 'Messages',
					name: 'count',
					type: 'number',
					typeOptions: { minValue: 1 },
					default: 1,
					description: 'How many messages one person may get',
				},
				{
					displayName: 'Hours',
					name: 'hours',
					type: 'number',
					typeOptions: { minValue: 0 },
					default: 24,
					description: 'The length of the period, in hours',
				},
			],
		},
	],
};

/** Limits the number of messages, and stops an agent that loops. */
export const maxMessages: Field = {
	displayName: 'Most Messages in a Run',
	name: 'maxMessages',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 20,
	description:
		'A run that would send more sends nothing. Each recipient counts as one. For an AI agent, all calls in an execution count together, and without this option the limit is 20.',
};

/** Texts only the numbers on a list. */
export const onlyTo: Field = {
	displayName: 'Only To',
	name: 'onlyTo',
	type: 'string',
	default: '',
	placeholder: 'e.g. +14155550123, +14155550124',
	description:
		'The only numbers that can be texted, separated by commas. Useful for tests and AI agents. Messages to other numbers are held back.',
};
