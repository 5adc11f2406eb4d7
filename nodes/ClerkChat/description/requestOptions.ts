import type { IHttpRequestOptions, INodeProperties } from 'n8n-workflow';
import { fieldError } from '../../api/errors';
import { limits } from '../../api/limits';
import type { RequestSettings } from '../../api/requester';
import type { Host } from '../host';

/**
 * The request options in the node's settings. n8n adds them to every declarative node except those with a `webhook`.
 * The names are n8n's own, so saved workflows keep their settings (n8n-core, nodes-loader/directory-loader.js and
 * constants.js).
 */
export const requestOptions: INodeProperties = {
	displayName: 'Request Options',
	name: 'requestOptions',
	type: 'collection',
	isNodeSetting: true,
	placeholder: 'Add Option',
	default: {},
	options: [
		{
			displayName: 'Batching',
			name: 'batching',
			placeholder: 'Add Batching',
			type: 'fixedCollection',
			typeOptions: { multipleValues: false },
			default: { batch: {} },
			options: [
				{
					displayName: 'Batching',
					name: 'batch',
					values: [
						{
							displayName: 'Items Per Batch',
							name: 'batchSize',
							type: 'number',
							typeOptions: { minValue: -1 },
							default: 50,
							description:
								'How many requests to send before each wait. 0 counts as 1, and -1 turns off batching.',
						},
						{
							displayName: 'Batch Interval',
							name: 'batchInterval',
							type: 'number',
							typeOptions: { minValue: 0 },
							default: 1000,
							description: 'How long to wait between batches, in milliseconds. 0 means no wait.',
						},
					],
				},
			],
		},
		{
			displayName: 'Ignore SSL Issues (Insecure)',
			name: 'allowUnauthorizedCerts',
			type: 'boolean',
			noDataExpression: true,
			default: false,
			description: 'Whether to connect even if SSL certificate validation is not possible',
		},
		{
			displayName: 'Proxy',
			name: 'proxy',
			type: 'string',
			default: '',
			placeholder: 'e.g. http://myproxy:3128',
			description: 'The HTTP proxy to use, including the username and password if it needs them',
		},
		{
			displayName: 'Timeout',
			name: 'timeout',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 300000,
			description:
				'How long to wait for an answer, in milliseconds. After a timeout, the message may still have been sent.',
		},
	],
};

/**
 * Reads the request options. They apply to the whole run, so the first item's values are used.
 * @throws NodeOperationError if an option is invalid
 */
export function readRequestOptions(host: Host): RequestSettings {
	const { batching, ...request } = host.getParameter('requestOptions', 0, {}) as RequestOptions;
	// n8n shows its defaults but does not save them (n8n-io/n8n#32646).
	const { batchSize = 50, batchInterval = 1000 } = batching?.batch ?? { batchInterval: 0 };
	return {
		...(batchInterval > 0 &&
			batchSize >= 0 && { batch: { size: Math.max(1, batchSize), intervalMs: batchInterval } }),
		transport: {
			timeout: request.timeout ?? limits.timeout,
			...(request.proxy && { proxy: toProxy(request.proxy, host) }),
			...(request.allowUnauthorizedCerts && { skipSslCertificateValidation: true }),
		},
	};
}

interface RequestOptions {
	batching?: { batch?: { batchSize?: number; batchInterval?: number } };
	timeout?: number;
	proxy?: string;
	allowUnauthorizedCerts?: boolean;
}

function toProxy(address: string, host: Host): IHttpRequestOptions['proxy'] {
	try {
		const { protocol, hostname, port, username, password } = new URL(address);
		// n8n silently ignores any other proxy and connects directly.
		if (!/^https?:$/.test(protocol)) throw new Error('neither http nor https');
		return {
			protocol: protocol.replace(':', ''),
			host: hostname,
			port: Number(port || (protocol === 'https:' ? 443 : 80)),
			...(username && {
				auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) },
			}),
		};
	} catch {
		const words = {
			message: "'Proxy' in the node's settings is not a valid address",
			description:
				'Enter an address such as http://my-proxy:3128, or http://name:password@my-proxy:3128 with %25 for a percent sign.',
		};
		throw fieldError(host.node, words, 0);
	}
}
