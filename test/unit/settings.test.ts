import type { IDataObject, INode } from 'n8n-workflow';
import type { Host } from '../../nodes/ClerkChat/host';
import { limits } from '../../nodes/api/limits';
import { readRequestOptions } from '../../nodes/ClerkChat/description/requestOptions';
import { writeMessage } from '../../nodes/ClerkChat/resources/message/writeMessage';
import { readSettings } from '../../nodes/ClerkChat/sending/settings';

const node = { name: 'Clerk Chat', type: 'clerkChat' } as INode;

/** What is read when the node's settings hold these request options. */
const read = (requestOptions: IDataObject) =>
	readRequestOptions({ node, getParameter: () => requestOptions } as unknown as Host);

test('nothing was set', () => {
	expect(read({})).toEqual({ transport: { timeout: limits.timeout } });
	const host = { node, getParameter: () => ({}) } as unknown as Host;
	expect(readSettings(host, writeMessage)).toEqual({
		guards: {},
		maxConcurrency: undefined,
		rejectedAsError: true,
		resendUnknown: false,
		simplify: false,
		testRuns: 'send',
	});
});

test.each<[string, IDataObject | undefined, object | undefined]>([
	['was not added', undefined, undefined],
	['was added and left as n8n shows it', {}, { size: 50, intervalMs: 1000 }],
	['with other numbers', { batchSize: 3, batchInterval: 200 }, { size: 3, intervalMs: 200 }],
	['with 0 items counts as 1', { batchSize: 0 }, { size: 1, intervalMs: 1000 }],
	['with -1 items is off', { batchSize: -1 }, undefined],
	['without a wait is off', { batchSize: 3, batchInterval: 0 }, undefined],
])('Batching that %s', (_name, batch, expected) => {
	expect(read({ batching: { batch } }).batch).toEqual(expected);
});

test.each<[string, object]>([
	['http://my-proxy:3128', { protocol: 'http', host: 'my-proxy', port: 3128 }],
	['http://my-proxy', { protocol: 'http', host: 'my-proxy', port: 80 }],
	['https://my-proxy/', { protocol: 'https', host: 'my-proxy', port: 443 }],
	[
		'http://me%40home:50%25%3A%2F@my-proxy:3128',
		{
			protocol: 'http',
			host: 'my-proxy',
			port: 3128,
			auth: { username: 'me@home', password: '50%:/' },
		},
	],
])('Proxy %s', (proxy, expected) => {
	expect(read({ proxy }).transport.proxy).toEqual(expected);
});
