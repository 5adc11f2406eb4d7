import type { IDataObject } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';
import { clerkChatApi } from './clerkChatApi';
import type { Answer, Received } from './clerkChatApi';

/** What arrived at a slow API. */
export interface Seen {
	/** The bodies, in the order in which they arrived. */
	bodies: IDataObject[];
	/** The most simultaneous requests. */
	peak: number;
}

/**
 * A {@link clerkChatApi} that responds late.
 * @param delay returns the ms before a response
 */
export function slowApi(answer: (request: Received) => Answer, delay: () => number): Seen {
	const seen: Seen = { bodies: [], peak: 0 };
	let inFlight = 0;
	clerkChatApi(
		async (request) => {
			seen.bodies.push(request.body);
			seen.peak = Math.max(seen.peak, ++inFlight);
			await sleep(delay());
			inFlight--;
			return answer(request);
		},
		{ documented: false },
	);
	return seen;
}
