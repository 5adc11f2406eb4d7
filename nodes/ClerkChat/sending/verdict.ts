import type { FailedOutcome } from '../../api/errors';

/** What an item's request came to in this try. */
export type Came =
	/** It has not been made yet. */
	| 'nothing'
	/** It was done. */
	| 'done'
	/** Clerk Chat took it and gave it up at once: certainly not done, though there is something to give out. */
	| 'givenUp'
	/** Certainly not done. */
	| 'refused'
	/** Perhaps done. */
	| 'unknown'
	/** It was not made, because the run ended before its turn. */
	| 'notTried';

/** What is remembered of the same request: from an earlier try, or from somebody who makes it at this moment. */
export type Remembered = 'nothing' | 'done' | 'unknown' | 'onItsWay';

/** What decides besides. */
export interface Circumstances {
	/** Whether a later try does again what may have been done ('If Outcome Is Unknown' is 'Send Again'). */
	resendUnknown: boolean;
	/** Whether what was given up at once counts as failed ('Fail on Rejected Message'). */
	rejectedAsError: boolean;
	/** Whether the first failed item ends the run (On Error is Stop Workflow). */
	stopOnError: boolean;
	/** Whether doing it twice is the same as doing it once, so that a doubt is not worth remembering. */
	repeatable: boolean;
	/** Whether every other item would end like this one: the API key is not accepted, or nobody is let in. */
	endsAll: boolean;
}

/** What follows. */
export interface Verdict {
	/** What becomes of the item: it is sent now, comes out as done, or fails. */
	item: 'send' | 'done' | FailedOutcome;
	/** What is remembered from now on; `asBefore`: what was, or nothing. */
	note: 'onItsWay' | 'done' | 'unknown' | 'asBefore';
	/** Whether nothing further is started. */
	endsRun: boolean;
}

/**
 * The promise about sending as one function; its table is in docs/sending.md. Nothing that may have been done is done
 * again, unless somebody asked for that; what was done comes out again; what was certainly not done may be tried again.
 */
export function verdict(came: Came, remembered: Remembered, around: Circumstances): Verdict {
	const perhapsBefore = remembered === 'unknown' || remembered === 'onItsWay';
	const failed = (item: FailedOutcome, note: Verdict['note']): Verdict => ({
		item,
		note,
		endsRun: around.stopOnError || around.endsAll,
	});
	switch (came) {
		case 'nothing':
			if (remembered === 'done') return { item: 'done', note: 'asBefore', endsRun: false };
			if (remembered === 'onItsWay' || (remembered === 'unknown' && !around.resendUnknown)) {
				return { item: 'unknown', note: 'asBefore', endsRun: false };
			}
			return { item: 'send', note: around.repeatable ? 'asBefore' : 'onItsWay', endsRun: false };
		case 'done':
			return { item: 'done', note: 'done', endsRun: false };
		case 'givenUp':
			if (!around.rejectedAsError) return { item: 'done', note: 'asBefore', endsRun: false };
			return failed(perhapsBefore ? 'unknown' : 'refused', 'asBefore');
		case 'refused':
			return failed(perhapsBefore ? 'unknown' : 'refused', 'asBefore');
		case 'unknown':
			return failed('unknown', around.repeatable ? 'asBefore' : 'unknown');
		case 'notTried':
			return {
				item: perhapsBefore ? 'unknown' : 'notTried',
				note: 'asBefore',
				endsRun: false,
			};
	}
}
