import type { Host } from '../../host';
import { RunningRecord } from '../../../api/record';
import type { Reading } from '../../../api/record';
import type { Requester } from '../../../api/requester';
import type { IContextObject } from 'n8n-workflow';

/** What the runs of an execution have read of the record, by server and key. */
const records = new WeakMap<IContextObject, Map<string, RunningRecord>>();

/**
 * The record as a run reads it: a loop reads it once, then only what is new. Within a run, guards and Skip If Sent
 * share one reading.
 */
export class RunRecord {
	private last?: Promise<Reading | undefined>;

	constructor(private readonly host: Host) {}

	/**
	 * Reads what is on record by now.
	 * @param since how far back, in ms since 1970
	 * @returns everything since then, possibly with older entries; undefined when the run was stopped
	 */
	async readNow(requester: Requester, since: number): Promise<Reading | undefined> {
		this.last = this.recordOf(requester).read(requester, since);
		return await this.last;
	}

	/** Returns the last reading of this run; reads now if there is none. */
	async read(requester: Requester, since: number): Promise<Reading | undefined> {
		return (await this.last) ?? (await this.readNow(requester, since));
	}

	private recordOf({ baseURL, secrets }: Requester): RunningRecord {
		const { flow } = this.host;
		const key = [baseURL, ...secrets].join(' ');
		const known = records.get(flow) ?? new Map<string, RunningRecord>();
		records.set(flow, known);
		const record = known.get(key) ?? new RunningRecord();
		known.set(key, record);
		return record;
	}
}
