/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import type { IDataObject, OnError } from 'n8n-workflow';
import { recordForms, richText } from '../recordForms';
import type { Answer } from '../recordForms';
import { failureOf, itemsFrom, type Execution } from './n8n';
import { credentials, n8n, NODE, sandbox, textingWorkflow, useN8n } from './running';

/*
 * Kills n8n in the middle of a list, restarts it, and runs the workflow again (docs/queueMode.md), with each form of
 * Clerk Chat's record. `CLERK_CHAT_CRASHES` sets the number of crashes, `CLERK_CHAT_CRASH_SEED` their moments and
 * forms. Both are printed.
 */

const { CLERK_CHAT_CRASHES = '3', CLERK_CHAT_CRASH_SEED = '20261128' } = process.env;

/** The sandbox keeps a message when it arrives and answers after this: so several are always without an answer. */
const LATENCY = 150;

const formsWith = (answer: Answer) => recordForms.filter((form) => form.answer === answer);

/** The moments of the crashes, after how many messages and how many milliseconds later, and the form that the record has. */
const kills = fc
	.sample(
		fc.noBias(
			fc.record({
				after: fc.nat(350),
				pause: fc.nat(LATENCY),
				form: fc.oneof(
					{ weight: 2, arbitrary: fc.constantFrom(...formsWith('same')) },
					fc.constantFrom(...formsWith('perhaps')),
					fc.constantFrom(...formsWith('closed')),
				),
				onError: fc.constantFrom('stopWorkflow' as const, 'continueRegularOutput' as const),
			}),
		),
		{ seed: Number(CLERK_CHAT_CRASH_SEED), numRuns: Number(CLERK_CHAT_CRASHES) },
	)
	.map((kill) => ({ ...kill, name: kill.form.name }));

useN8n();

// A record that is in no order, and a little late.
beforeEach(() => {
	sandbox.settings({ latencyMs: LATENCY, record: { order: 'shuffled', listedAfterMs: 1000 } });
});

/** People of their own for each test: n8n's process remembers for a while what it sent. */
function people(count: number): string[] {
	listed += count;
	return Array.from({ length: count }, (_, n) => `+1415${5560000 + listed + n}`);
}
let listed = 0;

/** The text sent to everybody, with everything that may change in transit. */
const textTo = (to: string) => `Hello ${to}. ${richText}`;

/** Saves a workflow that texts these people. */
async function texting(
	list: string[],
	options: IDataObject,
	onError: OnError = 'stopWorkflow',
): Promise<string> {
	const body = `=${textTo('{{ $json.to }}')}`;
	const workflow = await textingWorkflow(list, { body, options }, { onError });
	return await n8n.createWorkflow(workflow, credentials);
}

const ONCE = { skipSentWithinHours: 24 };

/** Who got this many texts. */
const peopleWith = (texts: number) =>
	Object.entries(sandbox.stats().messagesPerRecipient)
		.flatMap(([person, count]) => (count === texts ? [person] : []))
		.sort();

/** The hints, without those about the length of texts. */
const hintsOf = ({ data }: Execution) =>
	(data.resultData.runData[NODE][0].hints ?? [])
		.map(({ message }) => message)
		.filter((hint) => !hint.startsWith('As an SMS'));

/** A message's ID, in any form of the record. */
const idIn = ({ id, messageId }: IDataObject) => Number(id ?? messageId);

/** Every item is linked to its own in the input, and is the message that its person got. */
function expectItemsOf(execution: Execution, list: string[]) {
	expect(failureOf(execution)).toBeUndefined();
	const ids = new Map(sandbox.messages().map(({ message }) => [message.body, message.id]));
	expect(
		itemsFrom(execution, NODE).map(({ json, pairedItem }) => ({ id: idIn(json), pairedItem })),
	).toEqual(list.map((to, item) => ({ id: ids.get(textTo(to)), pairedItem: { item } })));
}

/** Everyone returned as sent got the message, and the item returned is that message. */
function expectSaidTruly(execution: Execution, list: string[]) {
	const texts = new Map(sandbox.messages().map(({ message }) => [message.id, message.body]));
	for (const { json, pairedItem } of itemsFrom(execution, NODE)) {
		if (json.error) continue;
		const { item } = pairedItem as { item: number };
		expect(texts.get(idIn(json))).toBe(textTo(list[item]));
	}
}

/**
 * Runs a workflow, kills n8n at that moment, and starts n8n again.
 *
 * @returns who had a text by then
 */
async function crash(id: string, { after, pause }: { after: number; pause: number }) {
	await n8n.startWorkflow(id);
	while (sandbox.messages().length < after) await wait(1);
	await wait(pause);
	const unanswered = sandbox.requests().filter(({ status }) => status === null).length;
	await n8n.kill();
	// What had left n8n may still arrive.
	await wait(200);
	const had = peopleWith(1);
	console.log(`Killed when ${had.length} texts were out, ${unanswered} of them without an answer`);
	await n8n.startAgain();
	return had;
}

/** Words for people say what was found or not known, and what to do. */
const REASON =
	/may have been sent already (Sent \d+, unclear \d+\. )?Clerk Chat lists a message that may be this one \(ID .*\): .* Look at the conversation in Clerk Chat\.|Nothing was sent: Clerk Chat's message history couldn't be read .*\. [A-Z].*\.$/s;

/** Why an execution, or some of its items, refused to send. */
function refusalsOf(execution: Execution): string[] {
	const errors = [
		failureOf(execution),
		...itemsFrom(execution, NODE).map(({ json }) => json.error as IDataObject | undefined),
	];
	return errors.flatMap((each) =>
		each ? [`${String(each.message)} ${String(each.description)}`] : [],
	);
}

describe(`n8n killed in the middle of 500 texts, and the workflow run again (seed ${CLERK_CHAT_CRASH_SEED})`, () => {
	test.each(kills)(
		'after $after texts and $pause ms, record $name, $onError: everybody once, or an error that says why',
		async ({ form, onError, ...moment }) => {
			const list = people(500);
			const id = await texting(list, ONCE, onError);
			const had = await crash(id, moment);
			// Only now: a record that cannot be read at all would have kept the first run from sending.
			sandbox.settings({ record: { form: form.name } });
			expect(had.length).toBeLessThan(list.length);

			const execution = await n8n.runWorkflow(id);
			const once = peopleWith(1);
			const refusals = refusalsOf(execution);
			console.log(
				`Record ${form.name} (${form.answer}), ${onError}: ${once.length} of ${list.length} texted once, ` +
					`${sandbox.stats().messages - once.length} more; ${refusals.length} refusals. ${refusals[0] ?? ''}`,
			);
			// Nobody twice, and who had a text by then still counts.
			expect(sandbox.stats().messages).toBe(once.length);
			expect(once).toEqual(expect.arrayContaining(had));
			expectSaidTruly(execution, list);
			if (refusals.length === 0) {
				expect(once).toEqual(list);
				expectItemsOf(execution, list);
				const sent = list.length - had.length;
				expect(hintsOf(execution)).toEqual([`Sent ${sent}, skipped ${had.length}.`]);
				return;
			}
			expect(form.answer).not.toBe('same');
			for (const words of refusals) expect(words).toMatch(REASON);
		},
	);

	test('without the option, everybody already texted is texted again', async () => {
		const list = people(100);
		const id = await texting(list, {});
		const had = await crash(id, { after: 30, pause: 0 });
		await n8n.runWorkflow(id);
		expect(peopleWith(2)).toEqual(had);
		expect(peopleWith(1)).toEqual(list.filter((person) => !had.includes(person)));
	});
});

describe('two executions of the same list at the same moment', () => {
	const both = async (id: string) => {
		const started = await Promise.all([n8n.startWorkflow(id), n8n.startWorkflow(id)]);
		return await Promise.all(started.map(async (each) => await n8n.waitForExecution(each)));
	};

	test('everybody once, and both return all messages', async () => {
		const list = people(500);
		const executions = await both(await texting(list, ONCE));
		expect(peopleWith(1)).toEqual(list);
		expect(sandbox.stats().messages).toBe(list.length);
		for (const execution of executions) expectItemsOf(execution, list);
		const told = executions.flatMap(hintsOf).join(' ');
		const sumOf = (word: RegExp) =>
			[...told.matchAll(word)].reduce((sum, [, count]) => sum + Number(count), 0);
		expect([sumOf(/sent (\d+)/gi), sumOf(/skipped (\d+)/gi)]).toEqual([500, 500]);
	});

	test('without the option, everybody twice', async () => {
		const list = people(50);
		await both(await texting(list, {}));
		expect(peopleWith(2)).toEqual(list);
	});
});

describe('a text that Clerk Chat accepted without responding', () => {
	test.each([
		['the connection ended', '+15005550602'],
		['it answered 500', '+15005550614'],
	])('%s: the record shows it, the message is returned, and a hint says so', async (_, taken) => {
		const list = ['+14155550101', taken, '+14155550103'];
		const execution = await n8n.runWorkflow(await texting(list, {}));
		expect(peopleWith(1)).toEqual([...list].sort());
		expect(sandbox.stats().messages).toBe(list.length);
		expectItemsOf(execution, list);
		expect(hintsOf(execution)).toEqual(["Sent 3 (1 confirmed by Clerk Chat's history)."]);
	});
});
