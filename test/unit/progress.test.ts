import type { IExecuteFunctions } from 'n8n-workflow';
import { now } from '../../nodes/api/clock';
import { hostOfNode } from '../../nodes/ClerkChat/host';
import type { Host } from '../../nodes/ClerkChat/host';
import type { Write } from '../../nodes/ClerkChat/write';
import { Progress } from '../../nodes/ClerkChat/progress';

jest.mock('../../nodes/api/clock', () => ({ now: jest.fn() }));

const WRITE = { wording: { thing: 'message', done: 'sent' } } as Write;

let clock: number;
let reports: string[];
let hints: string[];

const progressOf = (total: number) => {
	const host = {
		report: (text: string) => void reports.push(text),
		addHint: (text: string) => void hints.push(text),
	} as unknown as Host;
	return new Progress(host, WRITE, total);
};

beforeEach(() => {
	clock = 1_000;
	reports = [];
	hints = [];
	jest.mocked(now).mockImplementation(() => clock);
});

test("reports the run's progress at most every ten seconds", () => {
	const progress = progressOf(1_000);
	for (let count = 0; count < 240; count++) {
		progress.step(1);
		clock += 100;
	}
	expect(reports).toEqual(['101 of 1,000 messages done', '201 of 1,000 messages done']);
});

test('reports at once if everything waits after a 429, and for how long', () => {
	const progress = progressOf(1_000);
	progress.step(240);
	progress.waits(30_000);
	expect(reports).toEqual(['240 of 1,000 messages done; Clerk Chat asks n8n to wait 30 s']);
});

test('reports no waits too short to read about', () => {
	progressOf(3).waits(2_000);
	expect(reports).toEqual([]);
});

test('reports at the end how long it took and how much of that was waiting', () => {
	const progress = progressOf(1);
	clock += 61_400;
	progress.end(30_000);
	expect(hints).toEqual([
		'1 message took 61 s. 30 s of that was waiting, because Clerk Chat limits how many requests it accepts.',
	]);
});

test('reports nothing at the end of a run that hardly waited', () => {
	progressOf(1_000).end(4_000);
	expect(hints).toEqual([]);
});

test.each([
	['manual', 1],
	['trigger', 0],
])("reports to n8n's log, and in test runs to the browser: %s", (mode, told) => {
	const functions = {
		getMode: () => mode,
		getNode: () => ({ name: 'Text the orders', type: 'clerkChat' }),
		getInputData: () => [],
		getWorkflowDataProxy: () => ({ $runIndex: 0 }),
		getContext: () => ({}),
		getTimezone: () => 'UTC',
		getExecutionId: () => '1',
		getExecutionCancelSignal: () => undefined,
		continueOnFail: () => false,
		logger: { info: jest.fn() },
		sendMessageToUI: jest.fn(),
	};
	hostOfNode(functions as unknown as IExecuteFunctions).report?.('3 of 5 messages done');
	expect(functions.logger.info).toHaveBeenCalledWith('Text the orders: 3 of 5 messages done');
	expect(functions.sendMessageToUI).toHaveBeenCalledTimes(told);
});
