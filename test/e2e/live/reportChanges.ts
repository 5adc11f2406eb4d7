import { changedForms } from '../../../nodes/api/answeredForm';
import type { ChangedForm } from '../../../nodes/api/answeredForm';
import { compare, type Line } from './lines';
import type { Observation } from './observe';
import { howChanged } from './reportRecord';

/** What of the message came back in another form with the answer to sending; nothing when no message came back. */
export function changesIn({ answered, message }: Observation): ChangedForm[] {
	return answered ? changedForms(message, answered) : [];
}

/** The same as a line of the report, which says how and not what: strangers read it. */
export function changesLines(observation: Observation): Line[] {
	if (!observation.answered) return [];
	const changes = changesIn(observation);
	const parts = changes.map(({ field, asked, given, isBridged }) => {
		const how = field === 'text' ? howChanged(given, asked) : 'written differently';
		return `${field}: ${how}${isBridged ? ', which the node takes for the same' : ''}`;
	});
	return [
		compare(
			'Changed in the answer',
			parts.join('; ') || 'neither sender nor people nor text',
			changes.every(({ isBridged }) => isBridged),
			"a form that it takes for the same. 'Skip If Sent in the Last (Hours)' may not find such messages",
		),
	];
}

/** The same for the sender of the message, with the values before and after. */
export function changesText(changes: ChangedForm[]): string {
	if (changes.length === 0) {
		return 'Clerk Chat gave the message back as it was sent: the same sender, people and text.';
	}
	const lines = changes.map(({ field, asked, given, isBridged }) => {
		const found = isBridged ? 'The node takes it for the same.' : 'The node may not find it later.';
		return `  ${field}: ${JSON.stringify(asked)} became ${JSON.stringify(given)}. ${found}`;
	});
	return ['What Clerk Chat changed (this is not part of the report):', ...lines].join('\n');
}
