import type {
	IDataObject,
	IHttpRequestMethods,
	INodeProperties,
	INodePropertyOptions,
	NodeOperationError,
} from 'n8n-workflow';
import type { Question } from './waiting/question';

/** One resource as people see it in the node: its entry in the list and its operations. */
export interface Resource {
	option: { name: string; value: string };
	/** The `value` of the operation that is chosen at first. */
	defaultOperation: string;
	operations: Operation[];
}

/** One operation: its entry in the list, its fields, and what it asks of the API. */
export type Operation = {
	option: INodePropertyOptions;
	fields: INodeProperties[];
} & ({ read: Read } | { write: Write; question?: QuestionOf });

/**
 * The question to wait for an answer to, after it was written.
 * @throws NodeOperationError made by {@link ItemFields.refuse} when a field is not usable
 */
export type QuestionOf = (item: ItemFields) => Question;

/** What an operation that only looks asks for, and how its answer is read. */
export interface Read {
	/**
	 * The first page for one item, without the parameters of paging.
	 * @throws NodeOperationError made by {@link ItemFields.refuse} when a field is not usable
	 */
	query: (item: ItemFields) => { url: string; qs: IDataObject };
	/** Whether the endpoint takes `limit` and `page`. Others are followed by the links they give, if any. */
	paged: boolean;
	/** A shorter form of one result, for the field 'Simplify'; left out when the operation has no such field. */
	simplify?: (result: IDataObject) => IDataObject;
}

/** What an operation that creates or changes something sends for an item, and how its answer is read. */
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
	/**
	 * The request of one item.
	 * @throws NodeOperationError made by {@link ItemFields.refuse} when a field is not usable
	 */
	request: (item: ItemFields) => ApiRequest;
	/**
	 * What goes out in the place of a request, when it holds more than is to be remembered of it, such as a link that is
	 * another one in the next try.
	 */
	completed?: (request: ApiRequest) => ApiRequest;
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
	/** Whom a request concerns, such as the numbers a message goes to, for what people read. */
	to?: (request: ApiRequest) => string;
	/** Of requests with the same key only the first of a run is made; the words for the others. No key: all are made. */
	onlyOnce?: {
		key: (request: ApiRequest, item: ItemFields) => string | undefined;
		message: string;
		description: string;
	};
	/** What was created or changed, from the body of a 2xx answer; undefined when the body does not hold it. */
	results: (body: unknown, request: ApiRequest) => IDataObject[] | undefined;
	/** What speaks against a result that came with a 2xx; undefined when it was accepted. */
	rejection?: (result: IDataObject) => Rejection | undefined;
	/** Texts in the request that must not show in what people read, besides the API key. */
	secrets?: (request: ApiRequest) => string[];
	/** Doing it twice is the same as doing it once, as with most PUTs, so that it may simply be repeated. */
	repeatable?: boolean;
}

/** Why a result that came with a 2xx is no success. */
export interface Rejection {
	reason: string;
	/** `refused`: certainly not done. `unknown`: some of it may have been done. */
	outcome: 'refused' | 'unknown';
}

/** A request to the API, without what the credential and the node's settings add. */
export interface ApiRequest {
	method: IHttpRequestMethods;
	/** Path below the base URL, starting with a slash. */
	url: string;
	body?: IDataObject;
	/** Query; a list goes out as a repeated name. */
	qs?: IDataObject;
}

/** The fields of one input item, expressions already resolved. */
export interface ItemFields {
	/** The value of a top-level field such as `body`. */
	get(name: string): unknown;
	/** The values of a collection such as `additionalFields`; empty when nothing was added. */
	collection(name: string): IDataObject;
	/** The time zone of the workflow, such as `Europe/Berlin`. */
	timezone: string;
	/** The exception to throw when a field is not usable: what happened, then what to do. */
	refuse(message: string, description: string): NodeOperationError;
}
