import type {
	IDataObject,
	IHttpRequestMethods,
	INodeProperties,
	INodePropertyCollection,
	INodePropertyOptions,
} from 'n8n-workflow';
import type { ApiRequest } from '../api/requester';
import type { ItemFields } from './fields/itemFields';
import type { Question } from './waiting/question';
import type { LookUp, Write } from './write';

/** One resource in the node: its entry in the list, and its operations. */
export interface Resource {
	option: { name: string; value: string };
	/** The `value` of the operation selected by default. */
	defaultOperation: string;
	operations: Operation[];
}

/**
 * One operation: its entry in the list, its fields, and the API request it makes. The request is described as data:
 * `routing.request` holds the method and path, and n8n's own `routing.send` says where in the request each field goes.
 * `request.ts` interprets both.
 */
export type Operation = OfList | OfGet | OfWrite | OfQuestion;

interface Described {
	option: Omit<INodePropertyOptions, 'routing'> & { routing: { request: Endpoint } };
	fields: Field[];
	/**
	 * Checks rules that involve several fields.
	 * @throws NodeOperationError created by {@link ItemFields.refuse}
	 */
	check?: (request: ApiRequest, item: ItemFields) => void;
}

/**
 * Where a request goes. The path may refer to fields as n8n's expressions do, such as `=/public/contacts/{{
 * encodeURIComponent($parameter["contactId"]) }}`. `body` and `qs` hold defaults, which fields may override.
 */
export interface Endpoint {
	method: IHttpRequestMethods;
	url: string;
	body?: IDataObject;
	qs?: IDataObject;
}

/** A read-only operation that returns a list. */
export interface OfList extends Described {
	kind: 'list';
	list: List;
}

/** An operation that returns one thing. The API has no endpoint for that, so it is searched for in the list. */
export interface OfGet extends Described {
	kind: 'get';
	get: LookUp & {
		/** What messages to people call it, such as `contact`. */
		thing: string;
	};
}

/** An operation that creates or changes something. */
export interface OfWrite extends Described {
	kind: 'write';
	write: Write;
}

/** An operation that sends a question and waits for the answer. */
export interface OfQuestion extends Described {
	kind: 'question';
	write: Write;
	question: QuestionOf;
}

/**
 * A field as n8n describes it, plus how to convert its value for the API. Without a reader, its `type` decides
 * (`fields/readers.ts`).
 */
export interface Field extends Omit<INodeProperties, 'options'> {
	reader?: Reader;
	options?: Array<INodePropertyOptions | INodePropertyCollection | Field>;
}

/**
 * Converts a field's value to what the API expects.
 * @param label the field's name as people see it
 * @returns undefined if the field was left out
 * @throws NodeOperationError created by {@link ItemFields.refuse} if it is invalid
 */
export type Reader = (item: ItemFields, label: string, value: unknown) => unknown;

/**
 * Builds the question to send and wait on.
 * @throws NodeOperationError created by {@link ItemFields.refuse} if a field is invalid
 */
export type QuestionOf = (item: ItemFields) => Question;

/** How to read a list. */
export interface List {
	/** Whether the endpoint takes `limit` and `page`. Otherwise, the links in its responses are followed, if any. */
	paged: boolean;
	/** Shortens one result, for the field 'Simplify'; left out if the operation has no such field. */
	simplify?: (result: IDataObject) => IDataObject;
	/**
	 * Returns a test for the results that an item asks for, where the API has no such filter; undefined if it asks for
	 * all. Only these results count towards 'Limit'.
	 * @throws NodeOperationError created by {@link ItemFields.refuse}
	 */
	filter?: (item: ItemFields) => ((result: IDataObject) => boolean) | undefined;
}
