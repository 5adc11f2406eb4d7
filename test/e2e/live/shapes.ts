/** How a public report describes values: by their kind, never their content. */

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/;

/** @returns the kind of a value, such as `number`, `date-time` or `list of 2 strings` */
export function kindOf(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) {
		const kinds = [...new Set(value.map(kindOf))];
		if (kinds.length === 0) return 'empty list';
		const few = value.length === 1 ? '' : 's';
		return `list of ${value.length} ${kinds.length === 1 ? kinds[0] + few : 'mixed values'}`;
	}
	if (typeof value === 'string') {
		if (value === '') return 'empty string';
		return DATE_TIME.test(value) ? 'date-time' : 'string';
	}
	return value === undefined ? 'nothing' : typeof value;
}

/** @returns every key of an object with the kind of its value; the kind alone for what has no keys */
export function keysOf(value: unknown): string {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return kindOf(value);
	const keys = Object.entries(value).map(([name, each]) => `${nameOf(name)} ${kindOf(each)}`);
	return keys.length > 0 ? keys.join(', ') : 'empty object';
}

/** @returns a name of the API's, unless it looks like something of the account: then a number or an address */
export function nameOf(name: string): string {
	const isName = /^[A-Za-z_][A-Za-z_-]{0,39}\d{0,2}$/.test(name);
	return isName ? `\`${name}\`` : '[a name that may be private]';
}

/** @returns a word such as a status, for what is one; otherwise the kind */
export function wordOf(value: unknown): string {
	if (typeof value === 'string' && /^[a-z]{1,12}(_[a-z]{1,12})?$/.test(value))
		return `\`${value}\``;
	return kindOf(value);
}

/** @returns a time as people say it, such as `0.4 s` */
export function secondsOf(ms: number): string {
	const seconds = (Math.abs(ms) / 1000).toFixed(Math.abs(ms) < 100 && ms !== 0 ? 3 : 1);
	return `${seconds} s`;
}
