/** Names and addresses that only work on the same machine or network. */
const PRIVATE_HOST =
	/^(localhost|[^.:[\]]+|.+\.(local|localhost|internal|lan|home\.arpa)|0\.0\.0\.0|127\.[\d.]+|10\.[\d.]+|192\.168\.[\d.]+|169\.254\.[\d.]+|172\.(1[6-9]|2\d|3[01])\.[\d.]+|\[(::1?|f[cd][\da-f]{2}:.*|fe80:.*)\])$/;

/** Whether a host is on the same machine or network. @param hostname as `URL` returns it */
export function isPrivateHost(hostname: string): boolean {
	return PRIVATE_HOST.test(hostname);
}
