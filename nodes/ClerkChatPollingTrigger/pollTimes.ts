import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { isObject } from '../api/bodies';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const BY_MODE: Record<string, number> = {
	everyMinute: MINUTE,
	everyHour: HOUR,
	everyDay: DAY,
	everyWeek: 7 * DAY,
	everyMonth: 31 * DAY,
};

/** The time between two polls, in ms, according to 'Poll Times'; a minute if they don't say. */
export function intervalOf(context: IPollFunctions): number {
	const { item } = context.getNodeParameter('pollTimes', {}) as IDataObject;
	const times = [item ?? []].flat().filter(isObject).map(intervalIn);
	return times.length > 0 ? Math.min(...times) : MINUTE;
}

function intervalIn({ mode, value, unit, cronExpression }: IDataObject): number {
	if (mode === 'everyX') return (Number(value) || 1) * (unit === 'minutes' ? MINUTE : HOUR);
	if (mode === 'custom') return intervalOfCron(String(cronExpression));
	return BY_MODE[String(mode)] ?? MINUTE;
}

/** For a cron expression, roughly the longest time between two of its runs. */
function intervalOfCron(expression: string): number {
	const fields = expression.trim().split(/\s+/);
	const [minutes = '*', hours = '*', ...days] = fields.length > 5 ? fields.slice(1) : fields;
	if (days.some((field) => field !== '*' && field !== '?')) return 7 * DAY;
	if (hours !== '*') return stepOf(hours) * HOUR || DAY;
	if (minutes === '*') return MINUTE;
	return stepOf(minutes) * MINUTE || HOUR;
}

function stepOf(field: string): number {
	return Number(/^(?:\*|\d+)\/(\d+)$/.exec(field)?.[1] ?? 0);
}
