import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import type { Entry } from './api';
import { API_KEY } from './play';
import type { Execution, Played } from './play';
import type { AgentScenario, Settings, WorkflowScenario } from './scenario';

/* The guarantees of docs/sending.md as the recipients see them. They must hold whatever happened. */

/** What does not hold, in words; empty when all is well. */
export function check(played: Played): string[] {
	const { scenario } = played;
	return [
		...secrets(played),
		...(scenario.kind === 'agent'
			? callsOnce(scenario, played)
			: [
					...deliveredOnce(scenario, played),
					...accountedFor(scenario, played),
					...inOrder(scenario, played),
					...atOnce(scenario, played),
					...notTooMany(scenario, played),
				]),
	];
}

const LEAVES_OPEN: Array<Entry['reply']> = [
	'errorBeside',
	'partlyFailed',
	'empty',
	'unreadable',
	'serverFault',
	'reset',
	'timeout',
];

function isOpen({ reply, late }: Entry): boolean {
	return late || LEAVES_OPEN.includes(reply);
}

function secrets({ executions, calls }: Played): string[] {
	const text = JSON.stringify([executions.map(({ result }) => result), calls]);
	return text.includes(API_KEY) ? ['the API key shows'] : [];
}

/** The executions that an execution was made from, and itself. */
function lineage(execution: Execution): Execution[] {
	return [execution, ...(execution.of ? lineage(execution.of) : [])];
}

/**
 * What an execution has to know of: what was done by those it was made from, and by other retries in the same life of
 * n8n's process. What other retries did in another life is not promised (docs/sending.md).
 */
function knows(execution: Execution, other: Execution): boolean {
	if (lineage(execution).includes(other)) return true;
	return execution.of !== undefined && other.of !== undefined && execution.life === other.life;
}

/** How many items ask for the same. */
function copies({ items }: WorkflowScenario, says: string): number {
	const number = Number(says.split(':')[0]);
	return items.filter((item) => item.says === number).length;
}

function deliveredOnce(scenario: WorkflowScenario, { ledger, executions }: Played): string[] {
	const wrong: string[] = [];
	const byId = new Map(executions.map((execution) => [execution.id, execution]));
	const earlier: Array<{ says: string; execution: Execution; isOpen: boolean; late: boolean }> = [];
	for (const entry of ledger.entries) {
		const { says: all, execution: id, delivered, late } = entry;
		const execution = byId.get(id)!;
		for (const says of all) {
			const known = earlier.filter(
				(each) => each.says === says && knows(execution, each.execution),
			);
			// What is on record, or may be, is not repeated, either; what got there late may have been given up before.
			const isOnRecord =
				scenario.record === 'prompt' &&
				ledger.form.answer !== 'closed' &&
				known.every((each) => !each.execution.cancelled && !each.late);
			// 'Send Again' may have sent one of several equal items twice, and then the other is still to be sent.
			const resends = known.some((each) => each.execution.settings.resend);
			const mayBeRepeated =
				(execution.settings.resend || (copies(scenario, says) > 1 && resends)) &&
				scenario.operation === 'send' &&
				!isOnRecord &&
				known.some((each) => each.execution.cancelled || each.isOpen);
			if (delivered && known.length >= copies(scenario, says) && !mayBeRepeated) {
				wrong.push(`${says} was delivered again in ${id}`);
			}
		}
		if (delivered) {
			earlier.push(...all.map((says) => ({ says, execution, isOpen: isOpen(entry), late })));
		}
	}
	return wrong;
}

/** Which version of the texts the fields ask for; of texts that change, every edit makes another one. */
function versionOf({ changing }: WorkflowScenario, { edit }: Settings): number {
	return changing || edit === 2 ? edit : 0;
}

type Outcome = 'done' | 'refused' | 'unknown' | 'notTried';

function outcomeOf({ json }: INodeExecutionData): Outcome {
	return ((json.error as IDataObject | undefined)?.outcome as Outcome | undefined) ?? 'done';
}

function accountedFor(scenario: WorkflowScenario, { ledger, executions }: Played): string[] {
	const wrong: string[] = [];
	for (const execution of executions) {
		const { result, settings, id } = execution;
		if (result.status !== 'success') continue;
		const out = [...result.items, ...result.errorItems];
		// An abandoned list is returned completely where that doesn't count as failed.
		const linked = [...new Set(out.map(({ pairedItem }) => JSON.stringify(pairedItem)))].sort();
		const expected = scenario.items.map((_, item) => JSON.stringify({ item })).sort();
		if (JSON.stringify(linked) !== JSON.stringify(expected)) {
			wrong.push(`${id}: items out are ${linked.join()}`);
			continue;
		}
		const version = versionOf(scenario, settings);
		const positionOf = ({ pairedItem }: INodeExecutionData) =>
			(pairedItem as { item: number }).item;
		const saysOf = (item: INodeExecutionData) =>
			`${scenario.items[positionOf(item)].says}:r${scenario.runs - 1}:e${version}`;
		// For an item with invalid fields, it is unclear which version it would request.
		const isClear = executions.every((each) => versionOf(scenario, each.settings) === version);
		const delivered = ledger.entries.slice(0, execution.to).filter((entry) => entry.delivered);
		for (const says of new Set(out.map(saysOf))) {
			const items = out.filter((item) => saysOf(item) === says);
			if (!isClear && items.some((item) => settings.unusable.includes(positionOf(item)))) continue;
			const count = (...outcomes: Outcome[]) =>
				items.filter((item) => outcomes.includes(outcomeOf(item))).length;
			const times = (entries: Entry[]) =>
				entries.flatMap((entry) => entry.says.filter((each) => each === says)).length;
			const asked = ledger.entries
				.map((entry) => entry.execution === id && entry.says.includes(says))
				.lastIndexOf(true);
			const known = delivered.filter((entry) => {
				const other = executions.find(({ id: each }) => each === entry.execution)!;
				// What another retry did at the same moment, but later than this one asked, this one cannot know.
				const isLater = ledger.entries.indexOf(entry) >= Math.max(asked, execution.from);
				const isTwin = !lineage(execution).includes(other) && other.to > execution.from;
				return knows(execution, other) && !(isTwin && isLater);
			});
			const given = items.filter(
				(item) => outcomeOf(item) === 'done' && item.json.status !== 'failed',
			).length;
			if (given > times(delivered)) wrong.push(`${id}: ${says} comes out as sent and was not`);
			const denied = count('refused', 'notTried');
			// 'Send Again' may have delivered one of several equal items twice, and another one not at all.
			if (items.length > 1 && executions.some((each) => each.settings.resend)) continue;
			if (items.length - denied < Math.min(times(known), items.length)) {
				wrong.push(`${id}: ${says} is called not sent and was`);
			}
		}
	}
	return wrong;
}

/** In an execution's first try, messages to the same people are sent in item order. */
function inOrder(scenario: WorkflowScenario, { ledger, executions }: Played): string[] {
	if (scenario.operation !== 'send' || scenario.runs > 1) return [];
	return executions.flatMap(({ id, settings }) => {
		if (settings.retryOnFail) return [];
		const first = ledger.entries.filter(({ execution }) => execution === id);
		const said = [...new Set(first.map(({ says }) => says[0]))];
		return [0, 1, 2].flatMap((to) => {
			// Equal items can't be distinguished, so only texts of a single item count.
			const single = scenario.items.filter(
				({ says }, index) =>
					scenario.items.findIndex((item) => item.says === says) === index &&
					scenario.items.filter((item) => item.says === says).length === 1,
			);
			const wanted = single.filter((item) => item.to === to).map(({ says }) => String(says));
			const went = said.map((text) => text.split(':')[0]).filter((text) => wanted.includes(text));
			const sorted = [...went].sort((a, b) => wanted.indexOf(a) - wanted.indexOf(b));
			return went.join() === sorted.join() ? [] : [`${id}: to ${to} went ${went.join()}`];
		});
	});
}

function atOnce(_scenario: WorkflowScenario, { ledger, executions }: Played): string[] {
	return executions.flatMap(({ id, settings }) => {
		const most = Math.max(
			0,
			...ledger.entries.filter((e) => e.execution === id).map((e) => e.atOnce),
		);
		const allowed = _scenario.operation === 'send' ? settings.maxConcurrency : limits.mostAtOnce;
		return most > allowed ? [`${id}: ${most} at the same time`] : [];
	});
}

/** No more than 'Most Messages in a Run' allows; 'Send Again' may send one of them twice. */
function notTooMany({ operation }: WorkflowScenario, { ledger, executions }: Played): string[] {
	if (operation !== 'send') return [];
	return executions.flatMap(({ id, settings: { most = Infinity, resend } }) =>
		[0, 1].flatMap((run) => {
			const sent = ledger.entries.filter(
				({ execution, delivered, says: [text] }) =>
					delivered && execution === id && text.includes(`:r${run}:`),
			);
			return resend || sent.length <= most ? [] : [`${id}: ${sent.length} sent, allowed ${most}`];
		}),
	);
}

/**
 * Of calls that say the same at the same moment one is sent; later ones are sent again, unless an earlier one may have
 * been.
 */
function callsOnce({ groups, resend, record }: AgentScenario, { ledger, calls }: Played): string[] {
	const wrong: string[] = [];
	for (const says of [0, 1]) {
		const entries = ledger.entries.filter((entry) => entry.says[0].startsWith(`${says}:`));
		if (entries.some(({ late }) => late)) continue;
		const asking = groups.filter((texts) => texts.includes(says)).length;
		const delivered = entries.filter((entry) => entry.delivered).length;
		if (delivered > asking) wrong.push(`${says}: ${asking} moments, delivered ${delivered} times`);
		// What the record shows is known: that it was sent, or that it was given up.
		const isReadable = ledger.form.answer === 'same' && (record === 'prompt' || record === 'late');
		// A response with an ID is found by the ID, in any listed form.
		const isSettled = ({ listed, reply }: Entry) =>
			listed && (isReadable || reply === 'errorBeside');
		const open = entries.findIndex(
			(entry) => LEAVES_OPEN.includes(entry.reply) && !isSettled(entry),
		);
		if (!resend && open >= 0 && open < entries.length - 1) {
			wrong.push(`${says}: asked again after it may have been sent`);
		}
		// Calls of one moment may be answered with the same message; those of two moments are two messages.
		const succeeded = new Map<string, Set<number>>();
		for (const { says: said, failed, answer, group } of calls) {
			if (said !== says || failed) continue;
			const [{ id }] = JSON.parse(answer) as Array<{ id: unknown }>;
			succeeded.set(String(id), (succeeded.get(String(id)) ?? new Set()).add(group));
		}
		const sent = entries.filter((entry) => entry.reply === 'sent').length;
		if (succeeded.size < sent || succeeded.size > delivered) {
			wrong.push(`${says}: ${succeeded.size} messages came out, ${sent} to ${delivered} were sent`);
		}
		for (const [id, moments] of succeeded) {
			if (moments.size > 1)
				wrong.push(`${says}: message ${id} came out at ${moments.size} moments`);
		}
	}
	return wrong;
}
