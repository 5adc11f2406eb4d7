import { recordForms } from '../recordForms';
import type { RateLimit } from './rateLimit';
import type { WebhookSettings } from './webhooks';

/** How `GET /public/messages` behaves: everything that the API's documentation leaves open. */
export interface RecordSettings {
	/** `shuffled` is the same in every request: entries that come later fall anywhere between the others. */
	order: 'newestFirst' | 'shuffled';
	/**
	 * How long after its `timestamp` a message is listed, in milliseconds, for messages from now on. `null` holds them back
	 * until this is a number again.
	 */
	listedAfterMs: number | null;
	/**
	 * How far the API's clock is ahead of ours, in milliseconds: it shifts the times of messages from now on and the `Date`
	 * header of every answer.
	 */
	clockOffsetMs: number;
	/** How long after its headers a page arrives, in milliseconds. */
	bodyAfterMs: number;
	/** `forbidden` answers 403, `failing` 500. */
	access: 'allowed' | 'forbidden' | 'failing';
	/**
	 * A form of the record out of `test/recordForms.ts`, by its name; `null` is what the other settings say. The answer to
	 * sending has that form, too, and always an `id`.
	 */
	form: string | null;
}

/**
 * How long after sending a message is delivered, in milliseconds, for messages from now on; `null` is never, and its status
 * stays `sent`.
 */
export interface StatusSettings {
	deliveredAfterMs: number | null;
}

/** What can be changed while the sandbox runs. */
export interface SandboxSettings {
	/** The one key that is accepted. */
	apiKey: string;
	/** Wait before every answer of the API, in milliseconds. */
	latencyMs: number;
	/** Wait of the slow recipient, in milliseconds. */
	slowMs: number;
	/** A change starts a new count. */
	rateLimit: RateLimit | null;
	/** Where events from now on go. */
	webhook: WebhookSettings | null;
	record: RecordSettings;
	statuses: StatusSettings;
}

/** Settings to change; what is left out, also inside `record` and `statuses`, stays as it is. */
export type SettingsChanges = Partial<Omit<SandboxSettings, 'record' | 'statuses'>> & {
	record?: Partial<RecordSettings>;
	statuses?: Partial<StatusSettings>;
};

const choices: Record<string, unknown[]> = {
	'record.order': ['newestFirst', 'shuffled'],
	'record.access': ['allowed', 'forbidden', 'failing'],
	'record.form': [null, ...recordForms.map(({ name }) => name)],
};
const nullable = ['record.listedAfterMs', 'statuses.'];

/** Settings as they are when nothing is chosen. */
export function defaultSettings(): SandboxSettings {
	return {
		apiKey: 'sandbox-key',
		latencyMs: 0,
		slowMs: 2_000,
		rateLimit: null,
		webhook: null,
		record: {
			order: 'newestFirst',
			listedAfterMs: 0,
			clockOffsetMs: 0,
			bodyAfterMs: 0,
			access: 'allowed',
			form: null,
		},
		statuses: { deliveredAfterMs: null },
	};
}

function check(name: string, value: unknown): void {
	const allowed = choices[name];
	if (allowed && !allowed.includes(value)) {
		throw new RangeError(`${name} must be one of ${allowed.join(', ')}`);
	}
	if (!name.endsWith('Ms') || Number.isFinite(value)) return;
	const mayBeNull = nullable.some((start) => name.startsWith(start));
	if (value === null && mayBeNull) return;
	throw new RangeError(`${name} must be a number${mayBeNull ? ' or null' : ''}`);
}

/** What is `undefined` counts as left out. */
const withoutGaps = (changes: object = {}) =>
	Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));

function checkAll(settings: object, changes: object, prefix = ''): void {
	for (const [key, value] of Object.entries(withoutGaps(changes))) {
		const name = prefix + key;
		if (!Object.hasOwn(settings, key)) throw new RangeError(`There is no setting ${name}`);
		if (name !== 'record' && name !== 'statuses') {
			check(name, value);
		} else {
			if (typeof value !== 'object' || value === null) {
				throw new RangeError(`${name} must be an object`);
			}
			checkAll(settings[key as keyof typeof settings], value, `${name}.`);
		}
	}
}

/**
 * Changes settings in place: all of the changes, or none.
 *
 * @throws a RangeError that names the first setting that does not exist or cannot have that value
 */
export function changeSettings(settings: SandboxSettings, changes: SettingsChanges): void {
	const given = withoutGaps(changes) as SettingsChanges;
	checkAll(settings, given);
	const { record, statuses, ...rest } = given;
	Object.assign(settings, rest);
	Object.assign(settings.record, withoutGaps(record));
	Object.assign(settings.statuses, withoutGaps(statuses));
}
