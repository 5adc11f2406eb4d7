import { addressOf } from '../../../api/matching';
import type { Task } from '../task';
import { recipientsIn } from './guard';
import type { Guard, Hold } from './guard';
import { notAllowed } from './words';

/** Allows messages only to the numbers on a list ('Only To'). */
export class OnlyTo implements Guard {
	private readonly allowed: Set<string>;

	/** @param list addresses as the field readers return them */
	constructor(private readonly list: string[]) {
		this.allowed = new Set(list.map(addressOf));
	}

	check(task: Task): Hold | undefined {
		const other = recipientsIn(task).filter((to) => !this.allowed.has(addressOf(to)));
		if (other.length === 0) return undefined;
		return { code: 'notAllowed', words: notAllowed(other, this.list) };
	}
}
