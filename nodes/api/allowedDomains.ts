import type { IDataObject } from 'n8n-workflow';

/**
 * What the credential's own setting 'Allowed HTTP Request Domains' says against an address. n8n adds the setting to every
 * credential and enforces it in its routing engine alone; its functions for that are not the same in n8n 1.x and 2.x.
 * 'None' speaks of the HTTP Request node, and forbids nothing here.
 * @returns what to tell people; undefined when the address is allowed, or is none
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

/** People also paste a whole address, or a host with its port. */
function hostIn(domain: string): string {
	const [host] = plain(domain)
		.replace(/^https?:\/\//, '')
		.split(/[/:]/);
	return plain(host);
}

function plain(domain: string): string {
	return domain.trim().toLowerCase().replace(/\.$/, '');
}
