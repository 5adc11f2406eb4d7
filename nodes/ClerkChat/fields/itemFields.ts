import type { IDataObject, NodeOperationError } from 'n8n-workflow';

/** The fields of one input item, expressions already resolved. */
export interface ItemFields {
	/** The value of a top-level field such as `body`. */
	get(name: string, fallback?: unknown): unknown;
	/** The values of a collection such as `additionalFields`; empty when nothing was added. */
	collection(name: string): IDataObject;
	/** The credential's default country code for phone numbers; left out if not set. */
	defaultCountryCode?: unknown;
	/** The time zone of the workflow, such as `Europe/Berlin`. */
	timezone: string;
	/** Creates the error to throw for an invalid field: what happened, then what to do. */
	refuse(message: string, description: string): NodeOperationError;
}
