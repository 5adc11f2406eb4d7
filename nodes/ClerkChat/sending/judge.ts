import { endsAll } from '../../api/faults';
import type { Fault } from '../../api/faults';
import type { Host } from '../host';
import type { Write } from '../operation';
import type { Memory } from './memory';
import type { Note } from './notes';
import type { SendSettings } from './settings';
import { verdict } from './verdict';
import type { Came, Remembered, Verdict } from './verdict';

/** Asks for the {@link verdict} with everything that is the same for a whole run. */
export class Judge {
	constructor(
		private readonly host: Host,
		private readonly write: Write,
		private readonly settings: SendSettings,
		private readonly memory: Memory,
	) {}

	/**
	 * What follows for an item.
	 * @param note what is remembered of its request
	 * @param fault what is known when it did not succeed
	 */
	verdict(came: Came, note: Note | undefined, fault: Fault = {}): Verdict {
		return verdict(came, this.remembered(note), {
			resendUnknown: this.settings.resendUnknown,
			rejectedAsError: this.settings.rejectedAsError,
			stopOnError: !this.host.continueOnFail,
			repeatable: this.write.repeatable === true,
			endsAll: endsAll(fault),
		});
	}

	private remembered(note: Note | undefined): Remembered {
		if (!note) return 'nothing';
		if (note.outcome !== 'onItsWay') return note.outcome;
		// Of what n8n was stopped at, nobody will hear any more.
		return this.memory.isOnItsWay(note) ? 'onItsWay' : 'unknown';
	}
}
