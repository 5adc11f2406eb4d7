import type { IDataObject } from 'n8n-workflow';
import { FakeRecord } from './fakeRecord';
import { PollingHost } from './pollingHost';

/* A polling trigger, Clerk Chat's record, and a clock for both. Importing this creates new ones for each test. */

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** When each test begins. */
export const START = Date.parse('2026-05-01T12:00:00.000Z');

/** What time it is, in ms; only {@link pass} and {@link setClock} change it. */
export let clock = START;
export let record: FakeRecord;
export let host: PollingHost;

/** A record of Clerk Chat with nothing on it. */
export const emptyRecord = (): FakeRecord => new FakeRecord(() => clock);

/** Starts over: another trigger, with nothing on record. */
export function begin(workflowId?: string): void {
	clock = START;
	record = emptyRecord();
	host = new PollingHost(record, workflowId);
}

beforeEach(() => {
	begin();
	jest.spyOn(Date, 'now').mockImplementation(() => clock);
});
afterEach(() => jest.restoreAllMocks());

export function pass(ms: number): void {
	clock += ms;
}

export function setClock(time: number): void {
	clock = time;
}

/** From now on the credential leads to this record. */
export function use(other: FakeRecord, apiKey = host.apiKey): void {
	host.apiKey = apiKey;
	host.record = record = other;
}

/** Publishes the workflow with these parameters; a second passes. */
export async function publish(parameters: IDataObject = host.parameters): Promise<void> {
	host.parameters = parameters as never;
	await host.publish();
	pass(SECOND);
}

/** Saves the published workflow with other parameters. */
export async function edit(parameters: IDataObject): Promise<void> {
	host.parameters = parameters as never;
	await host.publish('update');
}

/** So much time passes, and n8n polls. */
export async function poll(after = MINUTE): Promise<void> {
	pass(after);
	await (host.isDurable ? host.scheduledTick() : host.tick());
}

export async function polls(count: number, after = MINUTE): Promise<void> {
	for (let each = 0; each < count; each++) await poll(after);
}

/** Publishes the workflow with these parameters, and n8n polls a minute later. */
export async function publishAndPoll(parameters: IDataObject = host.parameters): Promise<void> {
	host.parameters = parameters as never;
	await host.publish();
	await poll();
}

/** Switches the workflow off, and on again at once. */
export async function publishAnew(): Promise<void> {
	host.unpublish();
	await host.publish();
	await poll();
}

/** How many requests the next poll takes. */
export async function requestsOfPoll(after = MINUTE): Promise<number> {
	const before = record.requests.length;
	await poll(after);
	return record.requests.length - before;
}

/** The texts of the messages returned. */
export const bodies = (output = 0): unknown[] => host.out(output).map(({ body }) => body);

/** Adds a received text. */
export const text = (body: string, changes: IDataObject = {}, at = clock): IDataObject =>
	record.add({ body, ...changes }, { at });

/** Adds a message that someone on the team sent. */
export const sent = (body: string, status = 'sending', at = clock): IDataObject =>
	record.add({ inbound: false, body, status }, { at });
