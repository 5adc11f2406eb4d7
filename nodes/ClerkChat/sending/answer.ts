import type { IDataObject } from 'n8n-workflow';
import type { Outcome } from '../../api/outcome';
import { hideSecrets, wordsFor } from '../../api/faults';
import type { Fault, Words } from '../../api/faults';
import type { Write } from '../operation';
import type { Asked } from './requests';
import type { Came } from './verdict';
import { adviceWhenUnknown, answeredWithError, doubtful, rejected } from './words';

/** What came of a request: what there is to give out, or what to say of it. */
export interface Answer {
	came: Exclude<Came, 'nothing'>;
	results?: IDataObject[];
	words?: Words;
	fault?: Fault;
}

/**
 * Reads what came of a request, for the items that share it.
 * @param outcome undefined when it was not made
 */
export function answerOf(
	outcome: Outcome<IDataObject[]> | undefined,
	write: Write,
	{ asked, ...telling }: { asked: Asked[]; secrets: string[]; timezone: string },
): Answer {
	if (!outcome) return { came: 'notTried' };
	const to = asked.length === 1 ? write.to?.(asked[0].request) : undefined;
	if (outcome.kind !== 'done') {
		const { kind: came, fault } = outcome;
		if (came === 'refused') return { came, words: wordsFor(fault, telling), fault };
		const words = wordsFor(fault, { ...telling, advice: adviceWhenUnknown(write) });
		return { came, words: doubtful(write, words, to), fault };
	}
	const { result: results, status } = outcome;
	const rejections = results.map((result) => write.rejection?.(result));
	const given = rejections.find((rejection) => rejection !== undefined);
	if (!given) return { came: 'done', results };
	const reason = hideSecrets(given.reason, telling.secrets);
	// What was given up in part may have reached somebody.
	if (rejections.every((rejection) => rejection?.outcome === 'refused')) {
		return { came: 'givenUp', results, words: rejected(write, reason), fault: { status } };
	}
	const words = doubtful(write, answeredWithError(write, reason), to);
	return { came: 'unknown', words, fault: { status } };
}
