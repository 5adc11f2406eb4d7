/* eslint-disable @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import type { StatusSettings } from './settings';
import type { Message } from './store';

/** Why a message failed. */
export interface Failure {
	error: string;
	errorCode: number;
}

/** A status set manually. */
export interface StatusChange extends Partial<Failure> {
	/** Of the message. */
	id: number;
	status: Message['status'];
}

/** The failure of a message that fails later. */
export const laterFailure: Failure = { error: 'The phone cannot be reached', errorCode: 30003 };

/** How long the recipient that fails later takes when no setting says when messages are delivered, in milliseconds. */
const failsAfterMs = 1_000;

/** Changes the status of messages while time goes by. */
export interface Statuses {
	/**
	 * Registers a new message, and announces its statuses: failed, or sent and the following ones.
	 *
	 * @param failure why it fails later, whatever the settings say; left out if it doesn't have to
	 */
	follow(message: Message, settings: StatusSettings, failure?: Failure): void;
	/** Changes a message's status, and announces it. Its `updated` becomes the time of the change. */
	change(message: Message, status: Message['status'], failure?: Partial<Failure>): void;
	/** Drops all changes to come. */
	stop(): void;
}

/**
 * @param now the API's clock, in milliseconds since 1970
 * @param tell called with a message and its new status, for example `delivered`
 */
export function createStatuses(
	now: () => number,
	tell: (message: Message, what: string) => void,
): Statuses {
	const timers = new Set<NodeJS.Timeout>();

	function change(message: Message, status: Message['status'], failure: Partial<Failure> = {}) {
		message.status = status;
		message.updated = new Date(now()).toISOString();
		message.error = failure.error ?? null;
		message.errorCode = failure.errorCode ?? null;
		tell(message, status);
	}

	return {
		follow(message, settings, failure) {
			if (message.status === 'failed') return tell(message, 'failed');
			tell(message, 'sent');
			const { deliveredAfterMs } = settings;
			// The events of a sandbox without any settings: sent and delivered, at once.
			if (!failure && deliveredAfterMs === null) return tell(message, 'delivered');
			const afterMs = deliveredAfterMs ?? failsAfterMs;
			const timer = setTimeout(() => {
				timers.delete(timer);
				// These two are final: a status set manually stays.
				if (message.status === 'read' || message.status === 'failed') return;
				change(message, failure ? 'failed' : 'delivered', failure);
			}, afterMs);
			// A sandbox that is closed, or forgotten, does not keep the process alive.
			timers.add(timer.unref());
		},
		change,
		stop() {
			for (const timer of timers) clearTimeout(timer);
			timers.clear();
		},
	};
}
