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

/** One resource as people see it in the node: its entry in the list and its operations. */
export interface Resource {
	option: { name: string; value: string };
	/** The `value` of the operation that is chosen at first. */
	defaultOperation: string;
	operations: Operation[];
}

/**
 * One operation: its entry in the list, its fields, and what it asks of the API. What it asks is data: `routing.request`
 * says method and path, and each field that goes to the API says in n8n's own `routing.send` where it goes.
 * `request.ts` reads that.
 */
export type Operation = OfList | OfGet | OfWrite | OfQuestion;

interface Described {
	option: Omit<INodePropertyOptions, 'routing'> & { routing: { request: Endpoint } };
	fields: Field[];
	/**
	 * Rules that concern several fields.
	 * @throws NodeOperationError made by {@link ItemFields.refuse}
	 */
	check?: (request: ApiRequest, item: ItemFields) => void;
}

/**
 * Where a request goes. The path may name fields as n8n's expressions do, such as
 * `=/public/contacts/{{ encodeURIComponent($parameter["contactId"]) }}`. What is in `body` and `qs` goes out unless a
 * field says otherwise.
 */
export interface Endpoint {
	method: IHttpRequestMethods;
	url: string;
	body?: IDataObject;
	qs?: IDataObject;
}

/** An operation that only looks: a list. */
export interface OfList extends Described {
	kind: 'list';
	list: List;
}

/** An operation that looks for one thing. The API has no such endpoint, so it is found in the list. */
export interface OfGet extends Described {
	kind: 'get';
	get: LookUp & {
		/** What the texts that people read call it, such as `contact`. */
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
 * A field as n8n describes it, and how what people entered becomes what the API takes. Without a reader, that follows
 * from its `type` (`fields/readers.ts`).
 */
export interface Field extends Omit<INodeProperties, 'options'> {
	reader?: Reader;
	options?: Array<INodePropertyOptions | INodePropertyCollection | Field>;
}

/**
 * What a field holds, as the API takes it.
 * @param label the field's name as people see it
 * @returns undefined when it was left out
 * @throws NodeOperationError made by {@link ItemFields.refuse} when it is not usable
 */
export type Reader = (item: ItemFields, label: string, value: unknown) => unknown;

/**
 * The question to wait for an answer to, after it was written.
 * @throws NodeOperationError made by {@link ItemFields.refuse} when a field is not usable
 */
export type QuestionOf = (item: ItemFields) => Question;

/** How a list is read. */
export interface List {
	/** Whether the endpoint takes `limit` and `page`. Others are followed by the links they give, if any. */
	paged: boolean;
	/** A shorter form of one result, for the field 'Simplify'; left out when the operation has no such field. */
	simplify?: (result: IDataObject) => IDataObject;
	/**
	 * Tells which results an item asks for where the API has no such filter; undefined when it asks for all. 'Limit' counts
	 * those alone.
	 * @throws NodeOperationError made by {@link ItemFields.refuse}
	 */
	filter?: (item: ItemFields) => ((result: IDataObject) => boolean) | undefined;
}
