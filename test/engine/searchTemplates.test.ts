import type { IDataObject } from 'n8n-workflow';
import { ClerkChat } from '../../nodes/ClerkChat/ClerkChat.node';
import { startSandbox } from '../sandbox/sandbox';
import type { Sandbox } from '../sandbox/sandbox';
import { clerkChatApi } from './clerkChatApi';
import type { Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { editor } from './editor';
import { BASE_URL } from './engine';

/* The 'Template' picker. n8n calls it in the editor, not while a workflow runs. */

const { searchTemplates } = new ClerkChat().methods.listSearch;

const search = async (baseUrl: string, filter?: string, paginationToken?: string) =>
	await searchTemplates.call(editor(baseUrl), filter, paginationToken);

/** Responds to every page as given, and records the requests. */
const api = (dataOf: (asked: Received) => IDataObject) =>
	clerkChatApi((asked) => [200, dataOf(asked)], { documented: false });

const answering = (...data: unknown[]) => api(() => ({ data, total: data.length }) as IDataObject);

const valuesOf = async (baseUrl: string, filter?: string) =>
	(await search(baseUrl, filter)).results.map(({ value }) => value);

const template = (id: number, more: IDataObject = {}): IDataObject => ({
	id,
	name: `Template ${id}`,
	body: `Text ${id}`,
	...more,
});

closeNetwork();

describe('with the sandbox, which has 60 templates', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	afterAll(async () => {
		await sandbox.close();
	});

	const ask = async (filter?: string, paginationToken?: string) =>
		await searchTemplates.call(editor(sandbox.url, sandbox.apiKey), filter, paginationToken);

	test('name and text of each, the ID as its value, and a token for more', async () => {
		const { results, paginationToken } = await ask();
		expect(results).toHaveLength(50);
		expect(results.slice(0, 2)).toEqual([
			{ name: 'Welcome: Hi {{first_name}}, good to have you.', value: '101' },
			{ name: 'Template 2: Text of template 2', value: '102' },
		]);
		expect(paginationToken).toBeDefined();
	});

	test('page by page: each template once', async () => {
		const names: string[] = [];
		let token: string | undefined;
		let pages = 0;
		do {
			const page = await ask(undefined, token);
			names.push(...page.results.map(({ name }) => name));
			token = page.paginationToken as string | undefined;
			pages++;
		} while (token !== undefined && pages < 5);
		expect(new Set(names).size).toBe(60);
		expect(names).toHaveLength(60);
	});

	test('a filter searches all pages at once, because the editor then requests no second one', async () => {
		expect(await ask('template 57')).toEqual({
			results: [{ name: 'Template 57: Text of template 57', value: '157' }],
		});
		const values = (await ask('template 5')).results.map(({ value }) => value);
		expect(values).toEqual(['105', ...Array.from({ length: 10 }, (_, n) => String(150 + n))]);
	});
});

describe('search', () => {
	const some = () =>
		answering(
			template(1, { name: 'Welcome', body: 'Hi {{first_name}}' }),
			template(2, { name: 'Sale', body: 'Everything must go' }),
		);

	test.each([
		['welc', ['1']],
		['SALE', ['2']],
		['first_name', ['1']],
		['must GO', ['2']],
		['nothing like it', []],
		['', ['1', '2']],
		[undefined, ['1', '2']],
	])('%j', async (filter, values) => {
		some();
		expect(await valuesOf(BASE_URL, filter)).toEqual(values);
	});

	test('makes a documented request', async () => {
		const received = some();
		await search(BASE_URL, undefined, '3/100');
		expect(received).toMatchObject([
			{ path: '/public/message-templates', query: { limit: '50', page: '3' }, violations: [] },
		]);
	});

	test('a word in a long text, beyond the part shown', async () => {
		answering(template(1, { body: `${'Long text. '.repeat(20)}See you in Lisbon` }));
		expect(await valuesOf(BASE_URL, 'lisbon')).toEqual(['1']);
	});
});

describe('what is shown', () => {
	test('a long text with line breaks: its beginning, on one line', async () => {
		answering(template(7, { body: `One\n\n  two\t${'three '.repeat(50)}` }));
		const [{ name }] = (await search(BASE_URL)).results;
		expect(name).toMatch(/^Template 7: One two three three .*…$/);
		expect(name.length).toBeLessThanOrEqual(100);
	});

	test.each<[string, IDataObject, string]>([
		['no name', { name: undefined }, 'Text 7'],
		['an empty name', { name: '' }, 'Text 7'],
		['null as name', { name: null }, 'Text 7'],
		['no text', { body: undefined }, 'Template 7'],
		['a blank text', { body: ' \n' }, 'Template 7'],
		['neither', { name: '', body: '' }, 'Template 7'],
	])('a template with %s', async (_name, more, expected) => {
		answering(template(7, more));
		const { results } = await search(BASE_URL);
		expect(results).toEqual([{ name: expected, value: '7' }]);
	});
});

describe('odd lists', () => {
	const templates = (count: number) =>
		Array.from({ length: count }, (_, index) => template(index + 1));
	const page = templates(50);

	test('a filter, and a server that ignores the page number: stops', async () => {
		const received = api(() => ({ data: page }));
		expect(await valuesOf(BASE_URL, 'template 7')).toEqual(['7']);
		expect(received).toHaveLength(2);
	});

	test('a filter, and endless templates: stops after 20 pages', async () => {
		const received = api(({ query }) => ({
			data: page.map(({ id }) => template(Number(query.page) * 100 + Number(id))),
		}));
		expect(await valuesOf(BASE_URL, 'template 2001')).toEqual(['2001']);
		expect(received).toHaveLength(20);
	});

	test('none at all', async () => {
		answering();
		expect(await search(BASE_URL)).toEqual({ results: [] });
	});

	test('exactly one full page: there may be more, and the next page is the last', async () => {
		api(({ query }) => ({ data: query.page === '1' ? page : [], total: 50 }));
		const { paginationToken } = await search(BASE_URL);
		// Knowing the total, it may also stop at once.
		if (paginationToken !== undefined) {
			expect(await search(BASE_URL, '', String(paginationToken))).toEqual({ results: [] });
		}
	});

	test('pages of 25 although 50 were requested: the rest can be reached', async () => {
		api(({ query: { page: number } }) => ({
			data: templates(60).slice((Number(number) - 1) * 25, Number(number) * 25),
			total: 60,
		}));
		const { results, paginationToken } = await search(BASE_URL);
		expect(results).toHaveLength(25);
		expect(paginationToken).toBeDefined();
	});

	test("leaves out entries that aren't templates", async () => {
		answering(null, 'x', template(1));
		expect(await valuesOf(BASE_URL)).toEqual(['1']);
	});
});
