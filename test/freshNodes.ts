/* eslint-disable @typescript-eslint/no-require-imports, @n8n/community-nodes/no-restricted-globals -- made by test/bundle.ts, which no import can name */
import type { ClerkChat } from '../nodes/ClerkChat/ClerkChat.node';
import type { resources } from '../nodes/ClerkChat/resources';
import type { ClerkChatPollingTrigger } from '../nodes/ClerkChatPollingTrigger/ClerkChatPollingTrigger.node';
import type { limits } from '../nodes/api/limits';

/** The nodes, and what tests change about them. */
export interface FreshNodes {
	ClerkChat: typeof ClerkChat;
	ClerkChatPollingTrigger: typeof ClerkChatPollingTrigger;
	resources: typeof resources;
	limits: typeof limits;
}

/** The nodes as an n8n loads them that has just started: nothing of an earlier process is remembered, while n8n itself stays. */
export function loadFreshNodes(): FreshNodes {
	return (require(process.env.CLERK_CHAT_BUNDLE!) as () => FreshNodes)();
}
