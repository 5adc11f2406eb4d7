import { createHash } from 'node:crypto';
import { ClerkChatApi } from '../credentials/ClerkChatApi.credentials';
import { ClerkChat } from '../nodes/ClerkChat/ClerkChat.node';
import { ClerkChatPollingTrigger } from '../nodes/ClerkChatPollingTrigger/ClerkChatPollingTrigger.node';
import { ClerkChatTrigger } from '../nodes/ClerkChatTrigger/ClerkChatTrigger.node';

/** The keys under which a description holds the names of fields, choices and outputs. */
export const NAMES = ['displayName', 'name', 'outputNames'];

/** The keys under which it holds all that people read. */
export const TEXTS = [...NAMES, 'action', 'description', 'hint', 'message', 'placeholder'];

/** The texts of the nodes and the credential in n8n's editor, as far as they are under these keys. */
export function textsOnScreen(keys: string[]): Set<string> {
	const texts = new Set<string>();
	const collect = (value: unknown): void => {
		if (typeof value !== 'object' || value === null) return;
		for (const [key, inside] of Object.entries(value)) {
			for (const text of keys.includes(key) ? [inside].flat() : [])
				if (typeof text === 'string') texts.add(text);
			collect(inside);
		}
	};
	const nodes = [new ClerkChat(), new ClerkChatTrigger(), new ClerkChatPollingTrigger()];
	collect([...nodes.map(({ description }) => description), new ClerkChatApi()]);
	return texts;
}

/** Identifies the version of an example that its picture shows. */
export function hashOf(example: Buffer): string {
	return createHash('sha256').update(example).digest('hex').slice(0, 16);
}
