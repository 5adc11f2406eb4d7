import type { Task } from '../task';

/** The recipients of a task, as its request has them. */
export function recipientsIn({ claims }: Pick<Task, 'claims'>): string[] {
	return claims.map(({ recipient }) => recipient).filter(Boolean);
}
