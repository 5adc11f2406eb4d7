import type { IDataObject } from 'n8n-workflow';

/**
 * Checks an address against the credential's own setting 'Allowed HTTP Request Domains'. n8n adds that setting to every
 * credential, but enforces it only in its routing engine, and its functions for that differ between n8n 1.x and 2.x.
 * 'None' refers to the HTTP Request node and forbids nothing here.
 * @returns what to show; undefined when the address is allowed, or isn't one
 */
export function whyForbidden(
	{ allowedHttpRequestDomains, allowedDomains }: IDataObject,
	address: string,
): string | undefined {
	if (allowedHttpRequestDomains !== 'domains' || !URL.canParse(address)) return undefined;
	const host = plain(new URL(address).hostname);
	const allowed = String(allowedDomains ?? '')
		.split(',')
		.map(hostIn)
		.filter(Boolean);
	const isAllowed = allowed.some((domain) =>
		domain.startsWith('*.') ? host.endsWith(domain.slice(1)) : host === domain,
	);
	if (isAllowed) return undefined;
	return `The credential does not allow ${host}, only: ${allowed.join(', ') || 'nothing'}`;
}

/** People also paste a full URL, or a host with its port. */
function hostIn(domain: string): string {
	const [host] = plain(domain)
		.replace(/^https?:\/\//, '')
		.split(/[/:]/);
	return plain(host);
}

function plain(domain: string): string {
	return domain.trim().toLowerCase().replace(/\.$/, '');
}
