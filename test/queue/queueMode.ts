/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/require-node-api-error -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import { installN8n, packNode, startN8n, type N8n } from '../e2e/n8n';
import { freePort, N8nProcess } from '../e2e/n8nProcess';
import { POSTGRES, startPostgres } from './postgres';
import { startRedis } from './redis';

/** One `n8n worker`. */
export interface Worker {
	/** The system's number for its process. */
	pid: number;
	/** The ids of the executions that it began, in order, as its log has them. */
	began(): Promise<string[]>;
	/** The most memory that it ever held, in bytes; undefined where there is no /proc. */
	memory(): Promise<number | undefined>;
	/** Ends it at once, in the middle of what it does. */
	kill(): Promise<void>;
	/** Ends it and removes its data; its log too. */
	stop(): Promise<void>;
}

/** n8n in queue mode: the main process, PostgreSQL and Redis. Workers come and go. */
export interface QueueMode {
	n8n: N8n;
	/**
	 * Starts workers at the same time and waits until they are ready.
	 *
	 * @param count how many
	 * @param env further settings for them, by the names n8n documents
	 */
	startWorkers(count: number, env?: Record<string, string>): Promise<Worker[]>;
	/** Ends everything, workers too, and removes all data. */
	stop(): Promise<void>;
}

/**
 * Starts everything but the workers, on 127.0.0.1.
 *
 * @param env further settings for all of n8n's processes, by the names n8n documents
 */
export async function startQueueMode(env: Record<string, string> = {}): Promise<QueueMode> {
	const stops: Array<() => Promise<void>> = [];
	const stop = async () => {
		for (const each of stops.splice(0).reverse()) await each();
	};
	try {
		const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
		stops.push(postgres.stop, redis.stop);
		const tarball = await packNode();
		const shared = {
			EXECUTIONS_MODE: 'queue',
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(postgres.port),
			DB_POSTGRESDB_USER: POSTGRES.user,
			DB_POSTGRESDB_DATABASE: POSTGRES.database,
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(redis.port),
			...env,
		};
		const n8n = await startN8n({ tarball, env: shared });
		stops.push(async () => await n8n.stop());
		const installed = await installN8n();

		const startWorker = async (workerEnv: Record<string, string>): Promise<Worker> => {
			const port = await freePort();
			const process = await N8nProcess.start(installed, tarball, 'worker', {
				...shared,
				QUEUE_HEALTH_CHECK_ACTIVE: 'true',
				QUEUE_HEALTH_CHECK_PORT: String(port),
				N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
				...workerEnv,
			});
			stops.push(async () => await process.stop());
			await process.until(async () => {
				const ready = fetch(`http://127.0.0.1:${port}/healthz/readiness`);
				return await ready.then(
					({ ok }) => ok,
					() => false,
				);
			});
			return {
				pid: process.pid,
				began: async () =>
					[...(await process.log()).matchAll(/Worker started execution (\d+) /g)].map(
						([, id]) => id,
					),
				memory: async () => await process.memory(),
				kill: async () => await process.kill(),
				stop: async () => await process.stop(),
			};
		};

		return {
			n8n,
			startWorkers: async (count, workerEnv = {}) =>
				await Promise.all(Array.from({ length: count }, async () => await startWorker(workerEnv))),
			stop,
		};
	} catch (error) {
		await stop();
		throw error;
	}
}

/**
 * Waits until it is so.
 *
 * @param timeoutMs milliseconds, two minutes if not given
 * @throws when the time is up
 */
export async function until(
	isSo: () => boolean | Promise<boolean>,
	timeoutMs = 120_000,
): Promise<void> {
	const deadline = Date.now() + timeoutMs;
	while (!(await isSo())) {
		if (Date.now() > deadline) throw new Error(`It was not so after ${timeoutMs} ms`);
		await wait(20);
	}
}
