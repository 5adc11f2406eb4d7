import { randomBytes } from 'node:crypto';

/** Identifies this process of n8n. */
export const PROCESS = randomBytes(6).toString('base64url');

let ids = 0;

/** Returns an ID that is unique across processes. */
export function newId(): string {
	return PROCESS + (ids++).toString(36);
}

/** Whether {@link newId} of this process made the ID. */
export function isOfThisProcess(id: string): boolean {
	return id.startsWith(PROCESS);
}
