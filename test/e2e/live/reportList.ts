import { isObject } from '../../../nodes/api/bodies';
import { LARGEST_PAGE, pageOf } from '../../../nodes/api/pages';
import { idOf } from '../../../nodes/api/record';
import type { Entry } from '../../../nodes/api/record';
import { compare, note, type Line } from './lines';
import { isFine, timeIn, TIMES, type Observation, type TimeProbe } from './observe';
import type { Exchange } from './relay';
import { keysOf, kindOf } from './shapes';

/** How the list of messages behaves. */
export function listLines(observation: Observation): Line[] {
	const { plain, largest, pages, start, end } = observation;
	const known = observation.later?.entry ?? observation.entry;
	return [
		answerLine(plain),
		orderLine(largest, plain),
		sizeLine(plain, largest),
		limitLine(largest),
		pagesLine(pages),
		...totalLines(plain),
		...(known && start ? [startLine(known, start)] : []),
		...(end ? [endLine(end)] : []),
	];
}

function entriesIn(answer: Exchange): Entry[] | undefined {
	return isFine(answer) ? pageOf(answer.body)?.results : undefined;
}

function statusOf({ status }: Exchange): string {
	return status === 0 ? 'no answer' : String(status);
}

function answerLine(plain: Exchange): Line {
	const isList = entriesIn(plain) !== undefined;
	const keys = isObject(plain.body)
		? keysOf({ ...plain.body, ...(Array.isArray(plain.body.data) && { data: [] }) }).replace(
				'`data` empty list',
				'`data` list',
			)
		: kindOf(plain.body);
	return compare(
		'Answer to `GET /public/messages`',
		`${statusOf(plain)}, ${keys}`,
		isList,
		'200 with a list in `data`. It cannot read the record',
	);
}

function orderLine(largest: Exchange, plain: Exchange): Line {
	const entries = entriesIn(largest) ?? entriesIn(plain);
	const seen = entries ? orderOf(entries) : 'cannot be told';
	return note('Order', seen, 'The node reads all pages, whatever the order.');
}

/** @returns how a list is ordered, by the first time field that shows it */
export function orderOf(entries: Entry[]): string {
	const orders = TIMES.flatMap((name) => {
		const times = entries.map((entry) => timeIn(entry, name));
		if (times.some(Number.isNaN) || new Set(times).size < 2) return [];
		const isSorted = (sign: number) =>
			times.every((time, index) => index === 0 || sign * (time - times[index - 1]) >= 0);
		if (isSorted(-1)) return [`newest first, by \`${name}\``];
		return [isSorted(1) ? `oldest first, by \`${name}\`` : ''];
	});
	if (orders.length === 0) return 'cannot be told: too few messages of different times';
	return orders.find((order) => order !== '') ?? 'neither newest first nor oldest first';
}

function sizeLine(plain: Exchange, largest: Exchange): Line {
	const entries = entriesIn(plain);
	const free = `The node always asks for ${LARGEST_PAGE}.`;
	const label = 'Default page size';
	if (!entries) return note(label, 'cannot be told', free);
	const { total, next } = pageOf(plain.body) ?? {};
	const more = (entriesIn(largest)?.length ?? 0) > entries.length;
	const isFull = (total !== undefined && total > entries.length) || !!next || more;
	const isLargest = entries.length >= LARGEST_PAGE;
	const count = entries.length;
	const seen = isFull
		? `${count}`
		: isLargest
			? `at least ${count}`
			: 'cannot be told: all messages are on the first page';
	return note(label, seen, free);
}

function limitLine(largest: Exchange): Line {
	const count = entriesIn(largest)?.length;
	const tooLarge = count !== undefined && count > LARGEST_PAGE;
	return compare(
		`\`limit=${LARGEST_PAGE}\``,
		count === undefined
			? `not accepted: ${statusOf(largest)}, ${keysOf(largest.body)}`
			: tooLarge
				? `not obeyed: ${count} entries`
				: 'accepted',
		count !== undefined && !tooLarge,
		`pages of ${LARGEST_PAGE}. It may not read the record whole`,
	);
}

function pagesLine([first, second]: Observation['pages']): Line {
	const [one, two] = [entriesIn(first), entriesIn(second)];
	const other = '`limit` and `page` to be obeyed. It may not read the record whole';
	if (!one || !two) return compare('Pages', `not answered: ${statusOf(second)}`, false, other);
	if (one.length > 1) return compare('Pages', '`limit=1` gives more than one entry', false, other);
	if (one.length === 0 || two.length === 0) {
		const seen = 'cannot be told: fewer than two messages';
		return note('Pages', seen, 'The node relies on `limit` and `page`.');
	}
	const isSame = idOf(one[0]) === idOf(two[0]);
	const seen = isSame
		? '`page=2` gives the same entry as `page=1`'
		: '`page=2` gives the next entry';
	return compare('Pages', seen, !isSame, other);
}

function totalLines(plain: Exchange): Line[] {
	if (!entriesIn(plain) || !isObject(plain.body)) return [];
	const { total, links } = plain.body;
	const isNumber = typeof total === 'number';
	return [
		compare(
			'`total`',
			total === undefined ? 'missing' : kindOf(total),
			total === undefined || isNumber,
			'a number, or nothing. It reads on until a page is not full',
		),
		note(
			'`links`',
			links === undefined ? 'missing' : keysOf(links),
			'The node goes by `total`, then by `next`, then by whether a page is full.',
		),
	];
}

function startLine(entry: Entry, probes: TimeProbe[]): Line {
	const label = '`start`';
	const other = 'messages from that time on. It may miss messages or read too many';
	const listed = probes.map(({ isListed }) => isListed);
	if (listed.includes(undefined)) return compare(label, 'not always answered', false, other);
	if (!listed[0])
		return compare(label, 'leaves the message out when it is 1 s before it', false, other);
	if (listed.at(-1)) {
		const seen = 'does not leave the message out when it is 1 s after all its times';
		return note(
			label,
			seen,
			'The node leaves out what is older by itself, but reads more than it needs.',
		);
	}
	const firstNot = listed.indexOf(false);
	if (listed.lastIndexOf(true) > firstNot) return compare(label, 'follows no rule', false, other);
	const [from, to] = [probes[firstNot - 1].time, probes[firstNot].time];
	const names = TIMES.filter((name) => {
		const time = timeIn(entry, name);
		return time > from && time <= to;
	});
	const all = TIMES.filter((name) => !Number.isNaN(timeIn(entry, name)));
	const list = names.map((name) => `\`${name}\``).join(' or ');
	const seen =
		names.length === all.length && all.length > 1
			? `works; with which time it is compared cannot be told, because they are all the same (${list})`
			: `is compared with ${list}`;
	return compare(label, seen, true, other);
}

function endLine([before, after]: TimeProbe[]): Line {
	const tell = ({ isListed }: TimeProbe) =>
		isListed === undefined ? 'not answered' : isListed ? 'listed' : 'not listed';
	return compare(
		'`end`',
		`1 s before the message: ${tell(before)}; 1 s after it: ${tell(after)}`,
		before.isListed === false && after.isListed === true,
		'messages up to that time',
	);
}
