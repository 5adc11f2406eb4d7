import type { IDataObject } from 'n8n-workflow';
import type { Sought } from '../api/matching';
import type { Objection } from '../api/messageStatus';
import type { ApiRequest } from '../api/requester';
import type { ItemFields } from './fields/itemFields';
import type { FindBy } from './reading/finding';

/** What is particular about creating or changing something. */
export interface Write {
	/** What the texts that people read call it. */
	wording: {
		/** What is written, such as `message`. */
		thing: string;
		/** What has happened to it when all went well, such as `sent`. */
		done: string;
		/** What to do when it is not known whether that happened. */
		ifUnknown: string;
	};
	/** A field that may name a thing by something else than its ID. */
	lookUp?: LookUp;
	/** Finds the thing first: what is there is changed, and only what is not is created. */
	upsert?: Upsert;
	/** A shorter form of one result, for the option 'Simplify' and for tools. */
	simplify?: (result: IDataObject) => IDataObject;
	/** What to say beside the output of what was done, or would be. */
	hintsAfter?: (requests: ApiRequest[]) => string[];
	/**
	 * What a run in the editor does where the option 'In Test Runs' is not added. In a sub-workflow the option is required
	 * then, and counts for every run: n8n does not say whether the parent was started in the editor. Left out: it sends.
	 */
	unlessChosen?: 'preview';
	/** What would go out, for a run that only shows it. Left out: there are no such runs. */
	preview?: (request: ApiRequest) => IDataObject;
	/** Puts the requests of several items into one. Left out: one request for each item. */
	together?: {
		/** The most items in one request. */
		size: number;
		merge: (requests: ApiRequest[]) => ApiRequest;
	};
	/**
	 * Requests with the same text go out one after the other, in item order.
	 * Left out, or undefined for a request: order does not matter.
	 */
	orderBy?: (request: ApiRequest) => string | undefined;
	/** Of requests with the same key only the first of a run is made; the words for the others. No key: all are made. */
	onlyOnce?: {
		key: (request: ApiRequest, item: ItemFields) => string | undefined;
		message: string;
		description: string;
	};
	/**
	 * What was created or changed, from the body of a 2xx answer; undefined when the body does not hold it. Left out: all
	 * in `data`, or the body itself, each with an `id`.
	 */
	results?: (body: unknown, request: ApiRequest) => IDataObject[] | undefined;
	/** What speaks against a result that came with a 2xx; undefined when it was accepted. */
	objection?: (result: IDataObject) => Objection | undefined;
	/** How many messages an AI agent may send in one execution unless the option says otherwise. Left out: any number. */
	mostAsTool?: number;
	/** What is particular about messages: they go to people, and Clerk Chat's record lists them. */
	message?: MessageRules;
	/** Doing it twice is the same as doing it once, as with most PUTs, so that it may simply be repeated. */
	repeatable?: boolean;
}

/**
 * How a thing that has no ID in a field is found: in a list that is read once for all items, before their fields. So what
 * a request asks for is known before it is noted.
 */
export interface LookUp {
	/** The field, a resource locator. */
	field: string;
	/** Its modes that do not hold an ID alone; each has the name of the field of the list's entries in which it is found. */
	modes: FindBy[];
	/** The endpoint of the list. Its entries have an `id`. */
	url: string;
	/** What to do when it is not exactly one, as a sentence. */
	wayOut: string;
}

/** How something is changed when it is there, and created when it is not. */
export interface Upsert extends Pick<LookUp, 'url' | 'wayOut'> {
	/** The field that says by what it is found; the body of the request has that value by the same name. */
	field: string;
	/** The request that changes what is there, from the one that would create it. */
	change: (request: ApiRequest, id: string) => ApiRequest;
}

/** What is particular about messages. */
export interface MessageRules {
	/** Whom a request goes to. */
	recipients: (request: ApiRequest) => string[];
	/** What a request says to them: what has to be equal in two messages that are the same. */
	content: (request: ApiRequest) => unknown;
	/** What Clerk Chat's record would show of a request; undefined where the record cannot tell. */
	recorded: (request: ApiRequest) => Omit<Sought, 'after' | 'before'> | undefined;
	/** Makes several requests of an item, each of which counts as if it were an item. Left out: one. */
	split?: (request: ApiRequest, item: ItemFields) => ApiRequest[];
	/**
	 * What goes out in the place of a request, when it holds more than is to be remembered of it, such as a link that is
	 * another one in the next try.
	 */
	completed?: (request: ApiRequest) => ApiRequest;
	/** Whether what was sent is of use to this execution alone, so that a retry sends it anew. */
	isPerExecution?: boolean;
}
