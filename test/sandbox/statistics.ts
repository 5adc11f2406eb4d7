/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { KeptMessage } from './store';

/** A request to the API, as it came and what it got. */
export interface RequestRecord {
	method: string;
	/** With the query. */
	path: string;
	/** Without the key. */
	headers: IncomingHttpHeaders;
	/** Parsed JSON, or text where it is not JSON; left out when there was none. */
	body?: unknown;
	/** Time of arrival, ISO 8601. */
	at: string;
	/**
	 * The HTTP status returned; `reset` if the sandbox broke the connection, `aborted` if the client did before the
	 * response, `null` while there is none yet.
	 */
	status: number | 'reset' | 'aborted' | null;
}

/** What happened since the start or the last reset, in figures. */
export interface SandboxStats {
	/** Requests to the API, whatever their result. */
	requests: number;
	/** How many got which status (see `RequestRecord`); those without one yet are not counted. */
	requestsByStatus: Record<string, number>;
	/** Messages sent and kept that had not failed by then. */
	messages: number;
	/** How many messages (that did not fail) went to which recipient. */
	messagesPerRecipient: Record<string, number>;
	/** Most sockets open at once, among those that carried a request to the API. */
	peakConnections: number;
	/** When the last message (that did not fail) was kept, ISO 8601. */
	lastMessageAt: string | null;
	/** Milliseconds from the first message to the last. */
	wallMs: number;
	/** Milliseconds of CPU time that the whole process has used since the start or the last reset. */
	cpuMs: number;
}

/** Takes note of requests and messages while they happen. */
export interface Statistics {
	/** Registers a request that has arrived. Its body and status are filled in later. */
	begin(record: RequestRecord, socket: Socket): void;
	/** Takes note of what a request got. */
	end(record: RequestRecord, status: Exclude<RequestRecord['status'], null>): void;
	keep(kept: KeptMessage): void;
	requests(): RequestRecord[];
	summary(): SandboxStats;
	/** Forgets everything except connections that are still open. */
	reset(): void;
}

/** Statistics without an entry. Every entry takes the same time, however many there are. */
export function createStatistics(): Statistics {
	const sockets = new Set<Socket>();
	let totals = createTotals();

	function createTotals() {
		return {
			requests: [] as RequestRecord[],
			byStatus: new Map<string, number>(),
			perRecipient: new Map<string, number>(),
			messages: 0,
			peakConnections: sockets.size,
			firstMessage: null as number | null,
			lastMessage: null as number | null,
			cpu: process.cpuUsage(),
		};
	}

	const count = (counts: Map<string, number>, key: string) =>
		counts.set(key, (counts.get(key) ?? 0) + 1);

	return {
		begin(record, socket) {
			if (!sockets.has(socket)) {
				sockets.add(socket);
				socket.once('close', () => sockets.delete(socket));
			}
			totals.requests.push(record);
			totals.peakConnections = Math.max(totals.peakConnections, sockets.size);
		},
		end(record, status) {
			record.status = status;
			count(totals.byStatus, String(status));
		},
		keep({ message, request }) {
			if (message.status === 'failed') return;
			totals.messages += 1;
			totals.lastMessage = Date.now();
			totals.firstMessage ??= totals.lastMessage;
			for (const recipient of request.recipients) count(totals.perRecipient, recipient);
		},
		requests: () => totals.requests,
		summary() {
			const { firstMessage, lastMessage } = totals;
			const cpu = process.cpuUsage(totals.cpu);
			return {
				requests: totals.requests.length,
				requestsByStatus: Object.fromEntries(totals.byStatus),
				messages: totals.messages,
				messagesPerRecipient: Object.fromEntries(totals.perRecipient),
				peakConnections: totals.peakConnections,
				lastMessageAt: lastMessage === null ? null : new Date(lastMessage).toISOString(),
				wallMs: (lastMessage ?? 0) - (firstMessage ?? 0),
				cpuMs: (cpu.user + cpu.system) / 1000,
			};
		},
		reset() {
			totals = createTotals();
		},
	};
}
