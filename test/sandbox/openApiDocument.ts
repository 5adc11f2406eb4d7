/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import addFormats from 'ajv-formats';
import type { ErrorObject } from 'ajv';
import { dereferenceSync } from 'dereference-json-schema';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OpenAPIValidator } from 'openapi-backend';
import type { AjvCustomizer, Document } from 'openapi-backend';
import { parse } from 'yaml';

const source: unknown = parse(readFileSync(join(__dirname, 'openapi.yaml'), 'utf8'));

/** `openapi.yaml` with every `$ref` replaced by what it points to. */
export const openApiDocument = dereferenceSync(source as object) as Document;

/** Reports everything that is wrong, not only the first thing. */
export const ajvOptions = { allErrors: true };

/** Teaches ajv the formats of the document (`date-time`, `uuid`). */
export const customizeAjv: AjvCustomizer = (ajv) => addFormats(ajv);

const validator = new OpenAPIValidator({
	definition: openApiDocument,
	ajvOpts: ajvOptions,
	customizeAjv,
	lazyCompileValidators: true,
});

/**
 * Puts one of ajv's errors into the words an API would use.
 *
 * @param error as ajv reports it, for a request or a response
 * @returns for example `recipients.0 must be string`
 */
export function describeError(error: ErrorObject): string {
	const path = error.instancePath
		.replace(/^\/(requestBody|query|path)/, '')
		.slice(1)
		.replaceAll('/', '.');
	const subject = path || (error.instancePath.slice(1) || 'body').replace('requestBody', 'body');
	if (error.params.missingProperty === 'requestBody') return 'body is missing';
	if (error.keyword === 'additionalProperties') {
		return `${subject} must not hold ${error.params.additionalProperty}`;
	}
	if (error.keyword === 'enum') {
		return `${subject} must be one of ${error.params.allowedValues.join(', ')}`;
	}
	return `${subject} ${error.message}`;
}

function findOperation(method: string, path: string) {
	return validator.router.matchOperation({ method, path, headers: {} });
}

/**
 * Compares a request with the document. Nothing in the body is converted: a number where a string belongs is reported.
 *
 * @param method `GET`, `POST`, …
 * @param path as requested, without the query, for example `/public/contacts/1`
 * @param body the parsed JSON; left out for a request without one
 * @param query names and values; a list for a repeated name. Undocumented names are reported
 * @returns what is wrong, empty when nothing is
 */
export function validateRequest(
	method: string,
	path: string,
	body?: unknown,
	query: Record<string, string | string[]> = {},
): string[] {
	const operation = findOperation(method, path);
	if (!operation) return [`${method} ${path} is not in the document`];
	const headers = { 'content-type': 'application/json' };
	const result = validator.validateRequest({ method, path, headers, body, query }, operation);
	return (result.errors ?? []).map(describeError);
}

/**
 * Compares an answer with the document.
 *
 * @param method `GET`, `POST`, …
 * @param path as requested, without the query
 * @param status the HTTP status of the answer
 * @param body the parsed JSON; left out (or an empty string) for an answer without one
 * @returns what is wrong, empty when nothing is. Bodies of errors are not documented, so anything passes there
 */
export function validateResponse(
	method: string,
	path: string,
	status: number,
	body?: unknown,
): string[] {
	const operation = findOperation(method, path);
	if (!operation) return [`${method} ${path} is not in the document`];
	const responses = operation.responses as Record<string, { content?: object }>;
	const response = responses[status] ?? (status >= 400 ? responses.default : undefined);
	if (!response) return [`${method} ${path} does not document status ${status}`];
	const isEmpty = body === undefined || body === '';
	if (!response.content) return status < 300 && !isEmpty ? ['body must be empty'] : [];
	const result = validator.validateResponse(isEmpty ? null : body, operation, status);
	return (result.errors ?? []).map(describeError);
}
