import {
	claimEvent,
	EVENTS_REMEMBERED,
	TRIGGERS_REMEMBERED,
	type Claim,
} from '../../nodes/ClerkChatTrigger/repeats';

let lastNumber = 0;

/** A trigger that no other test uses. */
function newTrigger(): string {
	lastNumber += 1;
	return `trigger-${lastNumber}`;
}

/** Claims with empty static data, so that only the memory of the process counts; says whether the event is new. */
function isNew(eventId: string, trigger: string): boolean {
	const claim = claimEvent(eventId, trigger, {});
	if (claim === 'started' || 'decided' in claim) return false;
	claim.started();
	return true;
}

/** The claim of an event that must be new. */
function claimOf(eventId: string, trigger: string): Claim {
	const claim = claimEvent(eventId, trigger, {});
	if (claim === 'started' || 'decided' in claim) throw new Error('it was seen before');
	return claim;
}

describe('the memory of the process', () => {
	test('holds the last events of a trigger and forgets the oldest', () => {
		const trigger = newTrigger();
		for (let number = 0; number <= EVENTS_REMEMBERED; number += 1) {
			expect(isNew(`event-${number}`, trigger)).toBe(true);
		}
		expect(isNew('event-1', trigger)).toBe(false);
		expect(isNew('event-0', trigger)).toBe(true);
	});

	test('holds the triggers last used and forgets the one longest unused', () => {
		const first = newTrigger();
		const second = newTrigger();
		isNew('event', first);
		isNew('event', second);
		for (let number = 2; number < TRIGGERS_REMEMBERED; number += 1) isNew('event', newTrigger());
		expect(isNew('event', first)).toBe(false);
		isNew('event', newTrigger());
		expect(isNew('event', first)).toBe(false);
		expect(isNew('event', second)).toBe(true);
	});

	test('is not emptied for one trigger by the events of another', () => {
		const quiet = newTrigger();
		isNew('event', quiet);
		const busy = newTrigger();
		for (let number = 0; number <= EVENTS_REMEMBERED; number += 1) isNew(`event-${number}`, busy);
		expect(isNew('event', quiet)).toBe(false);
	});

	test('forgets an event that did not start, but not one claimed again since', () => {
		const trigger = newTrigger();
		const first = claimOf('event', trigger);
		first.notStarted();
		expect(isNew('event', trigger)).toBe(true);
		first.notStarted();
		expect(isNew('event', trigger)).toBe(false);
	});

	test('says what to wait for while the first is being started', async () => {
		const trigger = newTrigger();
		const first = claimOf('event', trigger);
		const second = claimEvent('event', trigger, {});
		if (second === 'started' || !('decided' in second)) throw new Error('it must wait');
		first.started();
		await second.decided;
		expect(claimEvent('event', trigger, {})).toBe('started');
	});
});
