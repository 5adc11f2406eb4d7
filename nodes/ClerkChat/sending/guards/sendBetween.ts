import { readAddress } from '../../../api/addressForms';
import { recipientsIn } from './guard';
import type { Guard, Hold } from './guard';
import { clockIn, isOpen, nextOpening } from './hours';
import type { Hours } from './hours';
import type { Task } from '../task';
import { neverOpen, outsideHours } from './words';
import { zonesOf } from './zones';

/** The option 'Send Only Between'. */
export interface SendBetween {
	hours: Hours;
	/** Whose clock counts. */
	whoseTime: 'recipient' | 'workflow';
}

/** What is known about a set of zones at a moment. */
interface Opening {
	/** A zone where it is closed; undefined when it is open in all of them. */
	closed?: string;
	/** The next opening, in ms; undefined when it never opens. */
	next?: number;
}

/** How many openings to cache: enough for many zones and many minutes. */
const MOST_KEPT = 5_000;

/**
 * The number in an address, also after a channel prefix such as `whatsapp:+14155550123`, in the form that time zones
 * are looked up by.
 */
function numberIn(to: string): string {
	const address = readAddress(to);
	if (address?.kind !== 'number') return to;
	// A number of ten digits or fewer has no country code.
	const isWhole = address.hasCountryCode || address.digits.length > 10;
	return isWhole ? `+${address.digits}` : to;
}

/**
 * Allows messages only during certain hours ('Send Only Between'), by the recipient's clock (derived from the number)
 * or the workflow's.
 */
export class QuietHours implements Guard {
	private readonly openings = new Map<string, Opening>();

	/**
	 * @param timezone the workflow's; also used for recipients that are not phone numbers
	 * @param clock returns the time in ms
	 */
	constructor(
		private readonly option: SendBetween,
		private readonly timezone: string,
		private readonly clock: () => number = Date.now,
	) {}

	check(task: Task): Hold | undefined {
		const recipients = recipientsIn(task);
		const { closed, next } = this.openingOf(this.zonesOf(recipients));
		if (closed === undefined) return undefined;
		const to = recipients.join(', ');
		if (next === undefined) return { words: neverOpen(to) };
		const { hours, whoseTime } = this.option;
		const there = { clock: clockIn(closed, this.clock()), zone: closed, next, whoseTime };
		const words = outsideHours(to, hours, there);
		return { code: 'quietHours', words, sendAfter: next };
	}

	private zonesOf(recipients: string[]): string[] {
		if (this.option.whoseTime === 'workflow') return [this.timezone];
		return [...new Set(recipients.flatMap((to) => zonesOf(numberIn(to)) ?? [this.timezone]))];
	}

	private openingOf(zones: string[]): Opening {
		const { hours } = this.option;
		const now = this.clock();
		const key = `${zones.join()} ${Math.floor(now / 60_000)}`;
		const known = this.openings.get(key);
		if (known) return known;
		const closed = zones.find((zone) => !isOpen(hours, zone, now));
		const opening = closed === undefined ? {} : { closed, next: nextOpening(hours, zones, now) };
		if (this.openings.size > MOST_KEPT) this.openings.clear();
		this.openings.set(key, opening);
		return opening;
	}
}
