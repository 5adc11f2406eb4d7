import type { Task } from '../task';

/** Whom a message goes to, as it is written in its request. */
export function recipientsIn({ claims }: Pick<Task, 'claims'>): string[] {
	return claims.map(({ recipient }) => recipient).filter(Boolean);
}
