import { ApiClock } from '../../nodes/api/apiClock';

/* The API's clock, estimated from its responses (nodes/api/apiClock.ts). Times are in ms. */

const ASKED = Date.parse('2026-11-25T12:00:00.000Z');

/** A clock after answers that took so long each, by when the other side's clock was so far ahead. */
function clockAfter(...answers: Array<{ took: number; ahead: number }>): ApiClock {
	const clock = new ApiClock();
	const time = jest.spyOn(Date, 'now');
	for (const { took, ahead } of answers) {
		time.mockReturnValue(ASKED + took);
		clock.read(new Date(ASKED + ahead).toUTCString(), ASKED);
	}
	time.mockRestore();
	return clock;
}

test("a response with a late body doesn't make the clock slow: it counts from the request", () => {
	// Read from when the answer was here, the clock would be 9 s slow, and equal messages of the last 9 s would be ours.
	expect(clockAfter({ took: 9_000, ahead: 0 })).toMatchObject({ offset: 0, error: 9_000 });
});

test('the fastest response counts, whenever it arrived', () => {
	const [slow, quick] = [
		{ took: 900, ahead: 4_000 },
		{ took: 100, ahead: 3_000 },
	];
	for (const answers of [
		[slow, quick],
		[quick, slow],
	]) {
		expect(clockAfter(...answers)).toMatchObject({ offset: 3_000, error: 100 });
	}
});

test.each([undefined, '', 'yesterday'])('no usable `Date` (%j): the clock is unknown', (date) => {
	const clock = new ApiClock();
	expect(clock.isKnown).toBeUndefined();
	clock.read(date, ASKED);
	expect(clock).toMatchObject({ isKnown: false, offset: 0, error: 0 });
});
