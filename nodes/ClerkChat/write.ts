import type { IDataObject } from 'n8n-workflow';
import type { Sought } from '../api/matching';
import type { Objection } from '../api/messageStatus';
import type { ApiRequest } from '../api/requester';
import type { ItemFields } from './fields/itemFields';
import type { FindBy } from './reading/finding';

/** How one operation creates or changes something. */
export interface Write {
	/** The words for it in messages to people. */
	wording: {
		/** The noun, such as `message`. */
		thing: string;
		/** The participle for success, such as `sent`. */
		done: string;
		/** What to do if the result is unclear. */
		ifUnknown: string;
	};
	/** A field that accepts something other than an ID. */
	lookUp?: LookUp;
	/** Searches for the thing first, then updates it or, if it doesn't exist, creates it. */
	upsert?: Upsert;
	/** Shortens one result, for the option 'Simplify' and for tools. */
	simplify?: (result: IDataObject) => IDataObject;
	/** Hints about the requests that were made, or would be. */
	hintsAfter?: (requests: ApiRequest[]) => string[];
	/**
	 * What a run in the editor does if the option 'In Test Runs' isn't added. In a sub-workflow, the option is then
	 * required and applies to every run, because n8n doesn't say whether the parent was started in the editor. Left out:
	 * it sends.
	 */
	unlessChosen?: 'preview';
	/** What a preview run shows for a request. Left out: there are no preview runs. */
	preview?: (request: ApiRequest) => IDataObject;
	/** Combines the requests of several items. Left out: one request per item. */
	together?: {
		/** The most items in one request. */
		size: number;
		merge: (requests: ApiRequest[]) => ApiRequest;
	};
	/**
	 * Requests with the same key are sent one after the other, in item order. Left out, or undefined for a request: order
	 * doesn't matter.
	 */
	orderBy?: (request: ApiRequest) => string | undefined;
	/**
	 * Of requests with the same key, only the first in a run is made, and the others get these words. No key: all are
	 * made.
	 */
	onlyOnce?: {
		key: (request: ApiRequest, item: ItemFields) => string | undefined;
		message: string;
		description: string;
	};
	/**
	 * What was created or changed, read from the body of a 2xx response; undefined if the body doesn't contain it. Left
	 * out: everything in `data`, or the body itself, each with an `id`.
	 */
	results?: (body: unknown, request: ApiRequest) => IDataObject[] | undefined;
	/** Why a result in a 2xx response doesn't count as success; undefined if it does. */
	objection?: (result: IDataObject) => Objection | undefined;
	/** How many messages an AI agent may send per execution, unless the option overrides it. Left out: no limit. */
	mostAsTool?: number;
	/** Extra rules for messages, which go to people and appear on Clerk Chat's record. */
	message?: MessageRules;
	/** Whether doing it twice has the same effect as once, as for most PUTs, so that it can simply be repeated. */
	repeatable?: boolean;
}

/**
 * How to find a thing by something other than its ID: in a list that is read once for all items, before their fields
 * are read. That way, a request is complete before the ledger saves it.
 */
export interface LookUp {
	/** The name of the field, a resource locator. */
	field: string;
	/** Its modes besides plain IDs. Each is named after the field to search in the list's entries. */
	modes: FindBy[];
	/** The list's endpoint. Its entries have an `id`. */
	url: string;
	/** What to do if not exactly one matches, as a sentence. */
	wayOut: string;
}

/** How to update something that exists, or create it if it doesn't. */
export interface Upsert extends Pick<LookUp, 'url' | 'wayOut'> {
	/** The field that says what to search by. The request body has the value under the same name. */
	field: string;
	/** Turns the request that would create it into one that updates it. */
	change: (request: ApiRequest, id: string) => ApiRequest;
}

/** Extra rules for messages. */
export interface MessageRules {
	/** The recipients of a request. */
	recipients: (request: ApiRequest) => string[];
	/** The content of a request. Two messages are the same if their contents are equal. */
	content: (request: ApiRequest) => unknown;
	/** What Clerk Chat's record would show for a request; undefined if the record can't identify it. */
	recorded: (request: ApiRequest) => Omit<Sought, 'after' | 'before'> | undefined;
	/** Splits an item into several requests, each of which counts like an item. Left out: one request. */
	split?: (request: ApiRequest, item: ItemFields) => ApiRequest[];
	/**
	 * The request actually sent, if it contains more than the ledger should save, such as a link that differs in every
	 * try.
	 */
	completed?: (request: ApiRequest) => ApiRequest;
	/** Whether a message is only useful to this execution, so that a retry sends it again. */
	isPerExecution?: boolean;
}
