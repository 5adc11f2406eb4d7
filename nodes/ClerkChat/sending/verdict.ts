import type { FailedOutcome } from '../../api/errors';

/** The result of an item's request in this try. */
export type Attempt =
	/** Not made yet. */
	| 'notYet'
	/** Clerk Chat did it. */
	| 'sent'
	/** Clerk Chat accepted it and marked it as failed: certainly not done, but there is something to return. */
	| 'failed'
	/** Certainly not done. */
	| 'refused'
	/** Possibly done. */
	| 'unknown'
	/** Not made, because the run ended first. */
	| 'notTried';

/** What the ledger knows about the same task. `partly`: some of its recipients have it, others don't. */
export type Known = 'nothing' | 'sent' | 'partly' | 'unknown' | 'inFlight';

/** What else the verdict depends on. */
export interface Circumstances {
	/** Whether a retry repeats what may have been done ('If the Result Is Unclear' is 'Send Again'). */
	resendUnknown: boolean;
	/** Whether there has already been such a second try, or the record shows it: there is never a third. */
	isLastTry: boolean;
	/** Whether a message that Clerk Chat accepts but marks as failed counts as failed ('Fail on Refused Message'). */
	rejectedAsError: boolean;
	/** Whether the first failed item ends the run (On Error is Stop Workflow). */
	stopOnError: boolean;
	/** Whether doing it twice has the same effect as doing it once, so that an unknown outcome needn't be remembered. */
	repeatable: boolean;
	/**
	 * Whether every other item would fail the same way: the API key isn't accepted, or Clerk Chat accepts no requests.
	 */
	endsAll: boolean;
}

/** What to do. */
export interface Verdict {
	/** What happens to the item: it is sent now, returned as sent, or fails. */
	item: 'send' | 'sent' | FailedOutcome;
	/** The ledger's new entry; `asBefore`: unchanged, or none. */
	entry: 'inFlight' | 'sent' | 'unknown' | 'asBefore';
	/** Whether nothing more may be started. */
	endsRun: boolean;
}

/**
 * The promise about sending, as one function; its table is in docs/howSendingWorks.md. What may have been done is not
 * repeated, unless the user asked for that, and then only once. What was done is returned again. What was certainly not
 * done may be tried again.
 */
export function verdict(attempt: Attempt, known: Known, around: Circumstances): Verdict {
	const perhapsBefore = known === 'unknown' || known === 'inFlight';
	const failed = (item: FailedOutcome, entry: Verdict['entry']): Verdict => ({
		item,
		entry,
		endsRun: around.stopOnError || around.endsAll,
	});
	const stays = (item: Verdict['item']): Verdict => ({ item, entry: 'asBefore', endsRun: false });
	switch (attempt) {
		case 'notYet':
			if (known === 'sent') return stays('sent');
			// Those who don't have it would get it as another, smaller group.
			if (known === 'partly') return failed('refused', 'asBefore');
			if (known === 'inFlight') return stays('unknown');
			if (
				known === 'unknown' &&
				!around.repeatable &&
				(!around.resendUnknown || around.isLastTry)
			) {
				return stays('unknown');
			}
			return { ...stays('send'), entry: around.repeatable ? 'asBefore' : 'inFlight' };
		case 'sent':
			return { item: 'sent', entry: 'sent', endsRun: false };
		case 'failed':
			if (!around.rejectedAsError) return stays('sent');
			return failed(perhapsBefore ? 'unknown' : 'refused', 'asBefore');
		case 'refused':
			return failed(perhapsBefore ? 'unknown' : 'refused', 'asBefore');
		case 'unknown':
			return failed('unknown', around.repeatable ? 'asBefore' : 'unknown');
		case 'notTried':
			return stays(perhapsBefore ? 'unknown' : 'notTried');
	}
}
