/** The team that every key of the sandbox belongs to. */
export const teamId = '10000000-0000-4000-8000-000000000001';
/** The user who owns that team. */
export const ownerId = '20000000-0000-4000-8000-000000000001';

/**
 * @param group first eight digits
 * @param count counts up from 1 within the group
 * @returns a UUID that is the same in every run
 */
export function makeUuid(group: number, count: number): string {
	return `${String(group).padStart(8, '0')}-0000-4000-8000-${String(count).padStart(12, '0')}`;
}
