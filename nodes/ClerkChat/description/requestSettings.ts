import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';
import { fieldError } from '../../api/errors';
import type { Host } from '../host';
import { limits } from '../../api/limits';

/** The node's settings that concern sending. The first item's count for all: they describe the run, not an item. */
export interface Settings {
	/** How many requests may be on their way at the same time. */
	maxConcurrency: number;
	/** Whether a 2xx whose body says "failed" is an item error. */
	rejectedAsError: boolean;
	/** Whether a later try sends again what may have been sent. */
	resendUnknown: boolean;
	/** n8n's own batching: a wait after every so many requests. */
	batch?: { size: number; intervalMs: number };
	/** n8n's own request options: time-out, proxy, certificates. */
	transport: Partial<IHttpRequestOptions>;
}

/**
 * Reads the settings.
 * @param options values of the collection 'Options'; {} for operations that have none of these
 * @throws NodeOperationError when one is not usable
 */
export function readSettings(host: Host, options: IDataObject): Settings {
	const maxConcurrency = Number(options.maxConcurrency ?? 5);
	if (!Number.isInteger(maxConcurrency) || maxConcurrency < 1) {
		const words = {
			message: "'Messages at the Same Time' is not a whole number above zero",
			description: 'Enter 1 or more; 5 suits most.',
		};
		throw fieldError(host.node, words, 0);
	}
	const { batching, ...request } = host.getParameter('requestOptions', 0, {}) as RequestOptions;
	// n8n shows its defaults but does not save them (n8n-io/n8n#32646).
	const { batchSize = 50, batchInterval = 1000 } = batching?.batch ?? { batchInterval: 0 };
	return {
		maxConcurrency,
		rejectedAsError: String(options.rejectedAsError ?? true) !== 'false',
		resendUnknown: options.unknownOutcome === 'resend',
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
		// n8n passes over any other proxy without a word, and the request goes out directly.
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
			message: "'Proxy' in the node's settings is not an address that can be used",
			description:
				'Enter it like http://my-proxy:3128, or http://name:password@my-proxy:3128 with %25 for a percent sign.',
		};
		throw fieldError(host.node, words, 0);
	}
}
