import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { RateLimiterRes } from 'rate-limiter-flexible';
import { errorAnswer } from './answer';
import type { Answer } from './answer';

/** At most `limit` requests in each window of `perMs` milliseconds; a window opens with the first request in it. */
export interface RateLimit {
	limit: number;
	perMs: number;
}

/**
 * Tells whether a request is over the limit.
 *
 * @param apiKey each key has a limit of its own
 * @returns the 429 to send, with `Retry-After` in whole seconds; `undefined` when the request may pass
 */
export type RateLimiter = (apiKey: string) => Promise<Answer | undefined>;

/**
 * @param rateLimit what to keep to; `null` lets everything pass
 * @returns a limiter that has counted nothing yet
 */
export function createRateLimiter(rateLimit: RateLimit | null): RateLimiter {
	if (!rateLimit) return async () => undefined;
	const limiter = new RateLimiterMemory({
		points: rateLimit.limit,
		duration: rateLimit.perMs / 1000,
	});
	return async (apiKey) =>
		await limiter.consume(apiKey).then(
			() => undefined,
			({ msBeforeNext }: RateLimiterRes) => ({
				...errorAnswer(429, 'Too Many Requests', 'ThrottlerException: Too Many Requests'),
				headers: { 'retry-after': String(Math.max(1, Math.ceil(msBeforeNext / 1000))) },
			}),
		);
}
