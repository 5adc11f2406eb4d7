import { isObject } from '../../../nodes/api/bodies';
import { addressOf, folded } from '../../../nodes/api/matching';
import { idOf } from '../../../nodes/api/record';
import type { Entry } from '../../../nodes/api/record';
import { limits } from '../../../nodes/api/limits';
import { compare, note, type Line } from './lines';
import { offsetTold, SLACK, timeIn, TIMES, type Observation, type SentMessage } from './observe';
import { documentedLine } from './reportSending';
import { keysOf, kindOf, secondsOf, wordOf } from './shapes';

/** Whether and how the record shows the message. */
export function recordLines(observation: Observation): Line[] {
	const { entry, later, message } = observation;
	if (!entry) return [listedLine(observation), ...nodeLines(observation)];
	return [
		listedLine(observation),
		note('Entry', keysOf(entry), 'The node passes it on as it is.'),
		documentedLine('Fields of the entry', entry),
		...answeredLines(observation, entry),
		compare(
			'Direction',
			`\`inbound\` ${wordOfFlag(entry.inbound)}`,
			entry.inbound !== true,
			'`false`',
		),
		compare(
			'Sender',
			howWritten(entry.sender, message.sender),
			addressOf(entry.sender) === addressOf(message.sender),
			'the number it was sent from. It does not recognise the message',
		),
		...peopleLines(entry, message),
		textLine(entry, message),
		...timeLines(observation, entry),
		note(
			'Status',
			`${wordOf(entry.status)} at first, ${statusLater(later)}`,
			'The node takes `failed` for not sent, everything else for sent.',
		),
		...nodeLines(observation),
	];
}

function listedLine({ search, sending }: Observation): Line {
	const { found, notAt, at, refused } = search;
	const waited = limits.longestSearch;
	const label = 'On record';
	if (found) {
		const when =
			notAt === undefined
				? `at the first look, ${secondsOf(at)} after the answer`
				: `after ${secondsOf(at)}, and not yet after ${secondsOf(notAt)}`;
		const where = found === 'list' ? ', but only in a list without `start`' : '';
		const isExpected = found === 'window' && at <= waited;
		return compare(
			label,
			when + where,
			isExpected,
			found === 'list'
				? 'it in the list that begins a minute before it was sent. An unknown outcome stays unknown'
				: `it within ${waited / 1000} s. An unknown outcome stays unknown`,
		);
	}
	if (refused) {
		const what = refused.status === 0 ? 'no answer' : `${refused.status}, ${keysOf(refused.body)}`;
		return compare(
			label,
			`cannot be read: ${what}`,
			false,
			"a list. An unknown outcome stays unknown, and 'Skip If Sent in the Last (Hours)' sends nothing",
		);
	}
	if (sending.status >= 400 && sending.status < 500) {
		return note(label, 'not looked for, because it was refused', 'The node does not look either.');
	}
	const seen = `not within ${secondsOf(at)}`;
	return compare(
		label,
		seen,
		false,
		`it within ${waited / 1000} s. An unknown outcome stays unknown`,
	);
}

function answeredLines({ answered }: Observation, entry: Entry): Line[] {
	if (!answered) return [];
	const kind = kindOf(entry.id);
	const isAlike = idOf(answered) === idOf(entry);
	const isSame = isAlike && answered.id === entry.id;
	const id = isSame
		? `the same as in the answer, a ${kind}`
		: isAlike
			? `the same as in the answer, but ${kind} and not ${kindOf(answered.id)}`
			: 'another than in the answer';
	const conversation =
		entry.conversationId === undefined
			? 'missing'
			: entry.conversationId === answered.conversationId
				? 'the same as in the answer'
				: 'another than in the answer';
	return [
		compare('ID', id, isAlike, 'the same. It may take this entry for another equal message'),
		note('Conversation', `\`conversationId\` is ${conversation}`, 'Sending does not depend on it.'),
	];
}

function wordOfFlag(value: unknown): string {
	return typeof value === 'boolean' ? String(value) : kindOf(value);
}

function howWritten(given: unknown, sent: string): string {
	if (given === sent) return 'as sent';
	if (addressOf(given) === addressOf(sent)) return 'as sent, but written differently';
	return given === undefined ? 'missing' : `another ${kindOf(given)}`;
}

function peopleLines(entry: Entry, message: SentMessage): Line[] {
	const used = entry.recipients ?? entry.members;
	return (['members', 'recipients'] as const).map((name) => {
		const seen = whoIsIn(entry[name], message);
		const isUsed = entry[name] !== undefined && entry[name] === used;
		if (!isUsed && used !== undefined) {
			return note(`\`${name}\``, seen, 'The node goes by the other one of the two.');
		}
		const listed = [used ?? []].flat().map(addressOf);
		return compare(
			`\`${name}\``,
			seen,
			message.recipients.every((recipient) => listed.includes(addressOf(recipient))),
			'the recipient there. It does not recognise the message',
		);
	});
}

function whoIsIn(people: unknown, { sender, recipients }: SentMessage): string {
	if (people === undefined || people === null) return 'missing';
	const listed = [people].flat().map(addressOf);
	const known = [sender, ...recipients].map(addressOf);
	const others = listed.filter((address) => !known.includes(address)).length;
	// As digits: how an address is written does not matter.
	const parts = [
		recipients.every((each) => listed.includes(addressOf(each))) ? '[to]' : 'without [to]',
		listed.includes(addressOf(sender)) ? '[from]' : 'without [from]',
		...(others > 0 ? [`${others} other${others === 1 ? '' : 's'}`] : []),
	];
	return `${kindOf(people)}: ${parts.join(', ')}`;
}

function textLine(entry: Entry, { body: sent }: SentMessage): Line {
	const other = 'the text as sent, blanks aside. It does not recognise the message';
	const { body } = entry;
	if (typeof body !== 'string') return compare('Text', kindOf(body), false, other);
	return compare('Text', howChanged(body, sent), folded(body) === folded(sent), other);
}

/** @returns how a text differs from the one sent, without quoting it */
export function howChanged(body: string, sent: string): string {
	if (body === sent) return 'unchanged';
	const count = `${body.length} characters instead of ${sent.length}`;
	if (folded(body) === folded(sent)) return `blanks changed (${count})`;
	const plain = (text: string) => folded(text).replace(/[^\x20-\x7e]/g, '');
	const ways: Array<[boolean, string]> = [
		[body.startsWith(sent), 'something was added after it'],
		[body.endsWith(sent), 'something was added before it'],
		[body !== '' && sent.startsWith(body), 'its end is missing'],
		[body.toLowerCase() === sent.toLowerCase(), 'capitals and small letters'],
		[plain(body) === plain(sent), 'characters beyond ASCII are others'],
		[body.includes(folded(sent)) || folded(body).includes(folded(sent)), 'something was added'],
	];
	const how = ways.find(([is]) => is)?.[1] ?? 'not only at its ends';
	return `changed (${count}: ${how})`;
}

function timeLines(observation: Observation, entry: Entry): Line[] {
	const { sending, later } = observation;
	const [base, ...others] = TIMES.map((name) => ({ name, time: timeIn(entry, name) }));
	const differences = others.map(({ name, time }) => {
		if (Number.isNaN(time)) return `\`${name}\` is ${kindOf(entry[name])}`;
		if (Number.isNaN(base.time)) return `\`${name}\` is a time`;
		const after = time - base.time;
		if (after === 0) return `\`${name}\` is the same`;
		return `\`${name}\` is ${secondsOf(after)} ${after > 0 ? 'later' : 'earlier'}`;
	});
	const updated = later?.entry && timeIn(later.entry, 'updated') - timeIn(entry, 'updated');
	const moved = updated ? `; \`updated\` moved by ${secondsOf(updated)} meanwhile` : '';
	const time = Number.isNaN(base.time) ? timeIn(entry, 'created') : base.time;
	const after = time - (sending.askedAt + offsetTold(sending));
	const seen = Number.isNaN(after)
		? 'neither `timestamp` nor `created` is a time'
		: `${secondsOf(after)} ${after < 0 ? 'before' : 'after'} it was asked for, by the API's clock (to within ${sending.headers.date ? '1 s' : 'what the clocks differ'})`;
	return [
		note(
			'Times',
			`\`timestamp\`: ${kindOf(entry.timestamp)}; ${differences.join(', ')}${moved}`,
			'The node goes by `timestamp`, and by `created` where that is missing.',
		),
		compare(
			'Time of the message',
			seen,
			after >= -SLACK,
			'a time that is not more than 2 s before. It does not recognise the message',
		),
	];
}

function statusLater(later: Observation['later']): string {
	if (!later) return 'not looked at again';
	const { entry, after } = later;
	return `${entry ? wordOf(entry.status) : 'not listed any more'} after ${secondsOf(after)}`;
}

function nodeLines({ reading, match, entry, search }: Observation): Line[] {
	if (!reading) return [];
	if (reading.kind === 'failed') {
		const { status } = reading.fault;
		const seen = `it cannot read the record: ${status ? `${status}` : 'no answer'}`;
		return [compare("The node's own reading", seen, false, 'to read it')];
	}
	const { isWhole } = reading;
	const isRight = match !== undefined && isObject(match) && (!entry || idOf(match) === idOf(entry));
	return [
		compare(
			"The node's own reading",
			isWhole ? 'it reads the record whole' : 'it reads the record, but not the whole of it',
			isWhole,
			"the whole window. 'Skip If Sent in the Last (Hours)' sends nothing",
		),
		compare(
			"The node's own search",
			isRight
				? 'it finds the message'
				: match
					? 'it takes another message for this one'
					: 'it does not find the message',
			isRight,
			search.found
				? 'to find it. An unknown outcome stays unknown'
				: 'to find it, which needs a record that lists it',
		),
	];
}
