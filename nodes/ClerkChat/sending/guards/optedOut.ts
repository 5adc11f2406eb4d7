import { asText } from '../../../api/bodies';
import { carrierMeaningOf } from '../../../api/carrierWords';
import { timesOf } from '../../../api/entry';
import type { Words } from '../../../api/faults';
import { keysOf, peopleOf, personOf } from '../../../api/person';
import type { Entry, Reading } from '../../../api/record';
import type { Requester } from '../../../api/requester';
import type { Host } from '../../host';
import type { Task } from '../task';
import { idKey, optedOutContacts } from './contacts';
import type { OptOuts } from './contacts';
import { recipientsIn } from './guard';
import type { Guard, Hold, Unreadable } from './guard';
import { incomplete, optedOutByContact, optedOutByText, recordUnreadable } from './words';

/** How far back to search the record for people who texted STOP, in ms. */
const LONGEST = 30 * 24 * 3_600_000;

/** How late a message may appear on the record, in ms after its own timestamp, and still be seen. */
const LISTED_LATE = 5 * 60_000;

/** The last thing someone said about receiving texts. */
interface LastWord {
	isStop: boolean;
	/** In ms, by the API's clock. */
	time: number;
}

/** What this process knows of an account: who texted STOP or START, and how far the record has been read. */
interface Account {
	upTo?: number;
	/** Entries already processed: a loop sees the same ones again and again. */
	heard: WeakSet<Entry>;
	words: Map<string, LastWord>;
}

const accounts = new Map<string, Account>();

/** The option's name on the screen. */
const OPTION = 'Skip Opted-Out';

/**
 * Holds back texts to people who opted out ('Skip Opted-Out'): their contact says so, or they texted a carrier word
 * such as STOP in the past 30 days and haven't texted START since. The record is read once per process and account,
 * then only for what is new.
 */
export class OptedOut implements Guard {
	private contacts: OptOuts = { people: new Set(), phones: new Map() };

	private account = newAccount();

	private requester?: Requester;

	private readonly askedAt = Date.now();

	constructor(private readonly host: Host) {}

	since(requester: Requester): number {
		const { upTo = 0 } = accountOf(requester);
		return Math.max(upTo - LISTED_LATE, this.askedAt - LONGEST);
	}

	async prepare(
		requester: Requester,
		beingRead: Promise<Reading | undefined>,
	): Promise<Unreadable | undefined> {
		this.requester = requester;
		this.account = accountOf(requester);
		const [contacts, reading] = await Promise.all([
			optedOutContacts(requester, this.host),
			beingRead,
		]);
		if (!reading) return undefined;
		if (reading.kind === 'failed' || !reading.isWhole) return recordUnreadable(OPTION, reading);
		for (const entry of reading.entries) {
			if (!this.hear(entry, requester)) return recordUnreadable(OPTION, incomplete(reading, entry));
		}
		this.account.upTo = Math.max(this.account.upTo ?? 0, this.askedAt);
		if (contacts && 'unreadable' in contacts) return contacts.unreadable;
		this.contacts = contacts ?? this.contacts;
		return undefined;
	}

	check(task: Task): Hold | undefined {
		for (const to of recipientsIn(task)) {
			const words = this.wordsFor(to);
			if (words) return { code: 'optedOut', words };
		}
		return undefined;
	}

	private wordsFor(to: string): Words | undefined {
		const { people, phones } = this.contacts;
		// If the recipient is a contact's ID or email address, that contact's phone counts as well.
		const who = [to, ...(phones.get(idKey(to)) ?? [])].flatMap(keysOf);
		if (who.some((person) => people.has(person))) return optedOutByContact(to);
		const since = (this.requester?.apiTime(Date.now()) ?? Date.now()) - LONGEST;
		const last = who
			.map((person) => this.account.words.get(person))
			.find((word) => word?.isStop && word.time >= since);
		return last && optedOutByText(to, last.time, this.host.timezone);
	}

	/** Returns false when someone texted STOP or START, and it can't be determined who. */
	private hear(entry: Entry, requester: Requester): boolean {
		if (this.account.heard.has(entry)) return true;
		const meaning = carrierMeaningOf(entry.body);
		if (isOutbound(entry) || (meaning !== 'stop' && meaning !== 'start')) {
			this.account.heard.add(entry);
			return true;
		}
		const isStop = meaning === 'stop';
		// If the time can't be read, STOP counts as the last word, and START as the first.
		const { earliest, latest } = timesOf(entry);
		const time = isStop ? Math.min(latest, requester.apiTime(Date.now())) : earliest;
		const sender = personOf(entry.sender);
		const people = sender === '' ? peopleOf(entry) : [sender];
		for (const person of people) {
			const known = this.account.words.get(person);
			if (!known || known.time < time || (known.time === time && isStop)) {
				this.account.words.set(person, { isStop, time });
			}
		}
		if (people.length > 0) this.account.heard.add(entry);
		return people.length > 0;
	}
}

function newAccount(): Account {
	return { heard: new WeakSet(), words: new Map() };
}

function accountOf({ baseURL, secrets }: Requester): Account {
	const key = [baseURL, ...secrets].join(' ');
	const account = accounts.get(key) ?? newAccount();
	accounts.set(key, account);
	return account;
}

/** Whether an entry is an outbound message. */
function isOutbound({ inbound }: Entry): boolean {
	return inbound === 0 || asText(inbound).toLowerCase() === 'false';
}
