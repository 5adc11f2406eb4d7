import type { FailedOutcome } from '../../api/errors';

/** What an item's request came to in this try. */
export type Attempt =
	/** It has not been made yet. */
	| 'notYet'
	/** Clerk Chat did it. */
	| 'sent'
	/** Clerk Chat took it and marked it as failed: certainly not done, though there is something to return. */
	| 'failed'
	/** Certainly not done. */
	| 'refused'
	/** Perhaps done. */
	| 'unknown'
	/** It was not made, because the run ended before its turn. */
	| 'notTried';

/** What the ledger knows of the same piece of work; `partly`: some of its recipients have it, others do not. */
export type Known = 'nothing' | 'sent' | 'partly' | 'unknown' | 'inFlight';

/** What decides besides. */
export interface Circumstances {
	/** Whether a later try does once more what may have been done ('If the Result Is Unclear' is 'Send Again'). */
	resendUnknown: boolean;
	/** Whether there was such a second try already, or the record shows it: it is never done a third time. */
	isLastTry: boolean;
	/** Whether what was marked as failed at once counts as failed ('Fail on Refused Message'). */
	rejectedAsError: boolean;
	/** Whether the first failed item ends the run (On Error is Stop Workflow). */
	stopOnError: boolean;
	/** Whether doing it twice is the same as doing it once, so that an unknown outcome is not worth remembering. */
	repeatable: boolean;
	/** Whether every other item would end like this one: the API key is not accepted, or nobody is let in. */
	endsAll: boolean;
}

/** What follows. */
export interface Verdict {
	/** What becomes of the item: it is sent now, comes out as sent, or fails. */
	item: 'send' | 'sent' | FailedOutcome;
	/** What the ledger holds from now on; `asBefore`: what it did, or nothing. */
	entry: 'inFlight' | 'sent' | 'unknown' | 'asBefore';
	/** Whether nothing further is started. */
	endsRun: boolean;
}

/**
 * The promise about sending as one function; its table is in docs/howSendingWorks.md. Nothing that may have been done is done
 * again, unless somebody asked for that, and then once; what was done comes out again; what was certainly not done may
 * be tried again.
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
			// Those who do not have it would get it as another, smaller group.
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
