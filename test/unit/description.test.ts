import { customOperationsOf } from '../../nodes/ClerkChat/run';
import type { Field, Operation } from '../../nodes/ClerkChat/operation';
import { allOf } from '../../nodes/ClerkChat/request';
import { resources } from '../../nodes/ClerkChat/resources';
import { openApiDocument } from '../sandbox/openApiDocument';

/*
 * Every field of the API's requests has exactly one field in the node, and the node has no fields that the API lacks.
 */

/** What is read of the document; every `$ref` in it is replaced. */
interface Schema {
	type?: string;
	properties?: Record<string, Schema>;
	items?: Schema;
}

interface Endpoint {
	parameters?: Array<{ name: string; in: string; schema?: Schema }>;
	requestBody?: { content?: Record<string, { schema?: Schema }> };
}

const operations = resources.flatMap(({ option, operations: all }) =>
	all.map((operation) => {
		const { method, url } = operation.option.routing.request;
		const path = url.replace(/^=/, '').replace(/\{\{[^}]*"(\w+)"[^}]*\}\}/g, '{$1}');
		return { name: `${option.value} ${String(operation.option.value)}`, method, path, operation };
	}),
);

/** The one endpoint that is left out, because its fields are not public. */
const LEFT_OUT = ['post /public/twilio-connector/connect'];

const endpoints = Object.entries(openApiDocument.paths ?? {}).flatMap(([path, methods]) =>
	Object.entries(methods as unknown as Record<string, Endpoint>).map(([method, endpoint]) => ({
		method,
		path,
		endpoint,
	})),
);

const endpointOf = ({ method, path }: { method: string; path: string }) =>
	endpoints.find(
		(each) =>
			each.method === method.toLowerCase() &&
			each.path.replace(/\{\w+\}/g, '{}') === path.replace(/\{\w+\}/g, '{}'),
	);

test('operations call every endpoint of the API, and no others', () => {
	const strange = operations.filter((operation) => !endpointOf(operation));
	// These are not in test/sandbox/openapi.yaml.
	expect(strange.map(({ name, method, path }) => `${name}: ${method} ${path}`)).toEqual([]);
	const asked = operations.map((operation) => endpointOf(operation));
	const missing = endpoints
		.filter((endpoint) => !asked.includes(endpoint))
		.map(({ method, path }) => `${method} ${path}`);
	expect(missing).toEqual(LEFT_OUT);
});

/** The documented fields of a request's body; those of one entry if it takes a list. */
function bodyFields({ requestBody }: Endpoint): string[] {
	const properties = requestBody?.content?.['application/json']?.schema?.properties ?? {};
	return Object.keys(properties.contacts?.items?.properties ?? properties);
}

function queryFields({ parameters = [] }: Endpoint): string[] {
	return (
		parameters
			.filter((parameter) => parameter.in === 'query')
			// Free names, which nobody knows: 'Search Parameters' of contacts passes on what is entered.
			.filter(({ schema }) => schema?.type !== 'object')
			.map(({ name }) => name)
			.filter((name) => name !== 'page')
	);
}

test.each(operations)('$name: fields match request fields', (each) => {
	const { endpoint = {} } = endpointOf(each) ?? {};
	const sends = allOf(each.operation.fields).flatMap(({ routing }) => routing?.send ?? []);
	const sent = (type: string) =>
		sends.filter((send) => send.type === type).map(({ property }) => property);
	expect(sent('body').sort()).toEqual(bodyFields(endpoint).sort());
	expect(sent('query').sort()).toEqual(queryFields(endpoint).sort());
});

test('an ID in a path is one of the fields', () => {
	for (const { path, operation } of operations) {
		for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
			expect(operation.fields.map((field) => field.name)).toContain(name);
		}
	}
});

const sent = (property: string): Field => ({
	displayName: 'A Field',
	name: 'aField',
	type: 'string',
	default: '',
	routing: { send: { type: 'body', property } },
});

test.each<[string, Field]>([
	['with a dot in its property', sent('data.plan')],
	[
		'inside a fixed collection',
		{
			...sent('data'),
			routing: undefined,
			type: 'fixedCollection',
			options: [{ displayName: 'Values', name: 'values', values: [sent('plan')] }],
		} as Field,
	],
	[
		'inside a collection in a collection',
		{
			...sent('data'),
			routing: undefined,
			type: 'collection',
			options: [{ ...sent('more'), routing: undefined, type: 'collection', options: [sent('a')] }],
		},
	],
])('a field %s is rejected when the node is loaded, because nothing would send it', (_, field) => {
	const [{ option, operations: all }] = resources;
	const operation = { ...all[0], fields: [...all[0].fields, field] } as Operation;
	const resource = { option, defaultOperation: '', operations: [operation] };
	expect(() => customOperationsOf([resource])).toThrow(/nothing sends the field aField/);
});
