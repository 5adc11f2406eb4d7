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

/** How much time lies between two polls, in ms, by 'Poll Times'; a minute when they do not say. */
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

/** Of a cron expression, the longest that may lie between two of its times, about. */
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
