/* eslint-disable @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import type { INode } from 'n8n-workflow';
import { Waits } from '../../nodes/api/waits';
import { Requester } from '../../nodes/api/requester';
import { inTurns } from '../../nodes/api/turns';
import { randomFrom } from './network';

/** A made-up API with a limit for each window, and the machine that asks it. Times in ms. */
export interface World {
	messages: number;
	latency: number;
	/** So many in each window. */
	limit: number;
	windowMs?: number;
	/** Windows open with the first request in them, or at whole seconds. */
	aligned?: boolean;
	/** So many at the same time; what is more gets a 429 as well. */
	parallel?: number;
	/** How long the machine is busy with one request or answer. */
	busyMs?: number;
	/** Pauses of its event loop: about how many in a second, and from how long to how long. */
	pauses?: { perSecond: number; from: number; to: number };
	/** What others send meanwhile: so many in each second from then until then. */
	others?: Array<{ from: number; to: number; perSecond: number }>;
	/** Messages at the same time; left out, that is found out. */
	atOnce?: number;
	seed?: number;
}

/** What became of it. */
export interface Sent {
	/** How many went through, for each window that was over before the end. */
	windows: number[];
	refused: number;
	wallMs: number;
	/** Of what the limit allows, without the first window and without the share of others. */
	ofLimit: number;
	lost: number;
}

/** Sends messages through the real requester, in a made-up time. */
export async function sendThrough(world: World): Promise<Sent> {
	const { latency, limit, windowMs = 1000, busyMs = 1, parallel = Infinity } = world;
	const random = randomFrom(world.seed ?? 1);
	let now = 1_000_000;
	const begin = now;
	const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
	const events: Array<{ at: number; run: () => void }> = [];
	const at = (time: number, run: () => void) => {
		let index = events.length;
		while (index > 0 && events[index - 1].at > time) index--;
		events.splice(index, 0, { at: time, run });
	};

	// The machine: one thing after the other, and nothing during a pause.
	const pauses: Array<{ start: number; end: number }> = [];
	let freeAt = now;
	let pausesUntil = now;
	const awake = (time: number): number => {
		const { perSecond, from, to } = world.pauses ?? { perSecond: 0, from: 0, to: 0 };
		while (perSecond > 0 && pausesUntil <= time) {
			const start = pausesUntil + (-Math.log(1 - random()) * 1000) / perSecond;
			const end = start + from + random() * (to - from);
			pauses.push({ start, end });
			pausesUntil = end;
		}
		const pause = pauses.find(({ start, end }) => time >= start && time < end);
		return pause ? pause.end : time;
	};
	const onMachine = (time: number, ms: number, run: () => void) =>
		at(awake(time), () => {
			freeAt = awake(Math.max(freeAt, now) + ms);
			at(freeAt, run);
		});
	const wait = jest
		.spyOn(Waits.prototype, 'wait')
		.mockImplementation(async (ms) => await new Promise((done) => onMachine(now + ms, 0, done)));

	// The other side.
	let opened = -Infinity;
	let used = 0;
	let inFlight = 0;
	let refused = 0;
	let went = 0;
	let firstAt = 0;
	let lastAt = 0;
	let byOthers = 0;
	const windows: number[] = [];
	const take = (isOurs: boolean) => {
		if (now >= opened + windowMs) {
			opened = world.aligned ? Math.floor(now / windowMs) * windowMs : now;
			used = 0;
			windows.push(0);
		}
		if (used >= limit) return false;
		used++;
		if (isOurs) {
			windows[windows.length - 1]++;
			firstAt ||= now;
			lastAt = now;
		} else if (went > 0) byOthers++;
		return true;
	};
	for (const { from, to, perSecond } of world.others ?? []) {
		for (let time = from; time < to; time += 1000 / perSecond) at(begin + time, () => take(false));
	}
	const request = async () =>
		await new Promise((answer) => {
			onMachine(now, busyMs, () =>
				at(now + latency / 4, () => {
					const isRefused = inFlight >= parallel || !take(true);
					const seconds = Math.max(1, Math.ceil((opened + windowMs - now) / 1000));
					const reply = isRefused
						? { statusCode: 429, headers: { 'retry-after': String(seconds) }, body: {} }
						: { statusCode: 201, headers: {}, body: { id: 1 } };
					if (isRefused) refused++;
					else {
						went++;
						inFlight++;
					}
					at(now + (isRefused ? 1 : latency / 2), () => {
						if (!isRefused) inFlight--;
						onMachine(now + latency / 4, busyMs, () => answer(reply));
					});
				}),
			);
		});

	const requester = await Requester.create(
		{
			node: { name: 'Clerk Chat' } as INode,
			connect: async () => ({
				credential: { apiKey: 'a-key-of-some-length', baseUrl: 'https://api.local' },
				request: request as never,
			}),
		},
		{ transport: {} },
		world.atOnce,
	);
	let done = 0;
	const jobs = Array.from({ length: world.messages }, () => ({}));
	const all = inTurns(jobs, requester.concurrency, async () => {
		const options = { read: (body: unknown) => body, repeatable: false };
		const outcome = await requester.perform({ method: 'POST', url: '/public/messages' }, options);
		if (outcome?.kind === 'done') done++;
	});
	let isOver = false;
	void all.then(() => (isOver = true));
	for (;;) {
		await new Promise((flushed) => setImmediate(flushed));
		if (isOver) break;
		const event = events.shift();
		if (!event) throw new Error('nothing happens any more');
		now = Math.max(now, event.at);
		event.run();
	}
	clock.mockRestore();
	wait.mockRestore();
	const wallMs = lastAt - firstAt;
	const allowed = (limit * wallMs) / windowMs - byOthers;
	const ofLimit = (world.messages - limit) / allowed;
	return { windows, refused, wallMs, ofLimit, lost: world.messages - done };
}
