import { createdOf, dataOf, isObject } from '../../../nodes/api/bodies';
import { writeMessage } from '../../../nodes/ClerkChat/resources/message/writeMessage';
import { openApiDocument } from '../../sandbox/openApiDocument';
import { compare, note, type Line } from './lines';
import { clockAhead, isFine, type Observation } from './observe';
import { keysOf, nameOf, secondsOf, wordOf } from './shapes';

interface Schema {
	required: string[];
	properties: Record<string, unknown>;
}

const documented = openApiDocument.components?.schemas?.MessageObject as unknown as Schema;

/**
 * What sending was answered.
 * @param statuses what each request to send was answered
 */
export function sendingLines(observation: Observation, statuses: number[]): Line[] {
	const { sending, answered, limitHeaders, tooMany } = observation;
	const took = secondsOf(sending.answeredAt - sending.askedAt);
	const lines = [
		compare(
			'Answer',
			`${sending.status} after ${took}`,
			isFine(sending),
			sending.status < 400 || sending.status >= 500
				? 'a 2xx. The outcome is unknown to it'
				: 'a 2xx. The message was refused',
		),
		compare(
			'Requests to send',
			`${statuses.length} (${statuses.join(', ')})`,
			statuses.slice(0, -1).every((status) => status === 429),
			'one, and further ones only after a 429',
		),
		compare(
			'Body',
			`${keysOf(sending.body)}`,
			isObject(sending.body),
			'a JSON object. What an error says is not shown to people then',
		),
	];
	if (isFine(sending)) lines.push(...messageLines(observation));
	if (answered) {
		const { status, error, errorCode } = answered;
		const objection = writeMessage.objection?.(answered);
		lines.push(
			compare(
				'Status in the answer',
				`${wordOf(status)}, \`error\` ${wordOf(error)}, \`errorCode\` ${wordOf(errorCode)}`,
				!objection,
				objection?.outcome === 'refused'
					? 'another status than `failed`. It says that the message was not sent'
					: 'neither `error` nor `errorCode`. The outcome is unknown to it',
			),
		);
	}
	lines.push(clockLine(observation), limitLine(limitHeaders, tooMany));
	return lines;
}

function messageLines({ sending, answered }: Observation): Line[] {
	const data = isObject(sending.body) && 'data' in sending.body ? sending.body.data : undefined;
	const count = dataOf(sending.body)?.length ?? 0;
	const where =
		data === undefined ? 'the body itself' : Array.isArray(data) ? 'the list in `data`' : '`data`';
	return [
		compare(
			'Message in the answer',
			`${where}${count > 1 ? `, the first of ${count}` : ''}: ${keysOf(answered ?? dataOf(sending.body)?.[0] ?? data)}`,
			createdOf(sending.body) !== undefined,
			'a message with an `id`. The outcome is unknown to it',
		),
		...(answered ? [documentedLine('Fields of the answer', answered)] : []),
	];
}

/** How the fields of a message differ from the documented ones. */
export function documentedLine(label: string, message: object): Line {
	const names = Object.keys(message);
	const list = (found: string[]) => found.map(nameOf).join(', ') || 'none';
	const missing = documented.required.filter((name) => !names.includes(name));
	const more = names.filter((name) => !Object.hasOwn(documented.properties, name));
	return note(
		label,
		`documented but missing: ${list(missing)}; not documented: ${list(more)}`,
		'The node passes them on as they are.',
	);
}

function clockLine({ sending }: Observation): Line {
	const ahead = clockAhead(sending);
	const without =
		"a `Date`. It takes this machine's clock for the API's, which only does while they differ by seconds";
	if (ahead === undefined) return compare('Clock', 'no `Date` header', false, without);
	const accuracy = 500 + (sending.answeredAt - sending.askedAt) / 2;
	const differ =
		Math.abs(ahead) <= accuracy
			? 'the clocks do not differ'
			: `the API's clock is ${secondsOf(ahead)} ${ahead > 0 ? 'ahead' : 'behind'}`;
	return compare(
		'Clock',
		`a \`Date\` header; ${differ} (to within ${secondsOf(accuracy)})`,
		true,
		without,
	);
}

function limitLine(headers: Map<string, string>, tooMany: number): Line {
	const shown = [...headers].map(([name, value]) => {
		const isNumbers = /^("?[a-z]{1,10}"?[;=]|[\d.,;=\s])+$/.test(value);
		const short = value.replace(/\d{7,}/g, (digits) => `[${digits.length} digits]`);
		return `${nameOf(name)} ${isNumbers ? short : '[a value]'}`;
	});
	const seen = shown.length > 0 ? shown.join(', ') : 'no headers about one';
	return note(
		'Rate limit',
		`${seen}; ${tooMany === 0 ? 'no 429' : `429 to ${tooMany} of the reads`}`,
		'Of the headers, the node obeys `Retry-After`, with a 429.',
	);
}
