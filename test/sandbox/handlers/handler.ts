import type { Answer } from '../answer';
import type { Fault } from '../magicRecipients';
import type { SandboxSettings } from '../settings';
import type { Failure } from '../statuses';
import type { KeptMessage, Store } from '../store';

/** A request that has passed the key, the rate limit and the document. */
export interface Call {
	/** The parsed JSON; `undefined` when there was none. */
	body: unknown;
	/** Path parameters, decoded. */
	params: Record<string, string>;
	/** Query parameters; a list for a repeated name. */
	query: Record<string, string | string[]>;
	/** The URL as requested. */
	url: URL;
	store: Store;
	/** The fault asked for by a magic recipient, when the work is to be done all the same. */
	fault?: Fault;
	settings: SandboxSettings;
	/** The API's clock, in milliseconds since 1970. */
	now: () => number;
	/** To be called with every message that was kept, and why it is to fail later on, if it is. */
	onMessage: (kept: KeptMessage, failure?: Failure) => void;
}

/** Does the work of one operation and answers. */
export type Handler = (call: Call) => Answer;

/** Handlers by the operationId they serve. */
export type Handlers = Record<string, Handler>;
