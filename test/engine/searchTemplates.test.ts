import type { IDataObject } from 'n8n-workflow';
import nock from 'nock';
import { ClerkChat } from '../../nodes/ClerkChat/ClerkChat.node';
import { startSandbox } from '../sandbox/sandbox';
import type { Sandbox } from '../sandbox/sandbox';
import { clerkChatApi } from './clerkChatApi';
import type { Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { editor } from './editor';
import { BASE_URL } from './engine';

/* What fills the picker of 'Template'. n8n calls it while somebody edits the node, not while a workflow runs. */

const { searchTemplates } = new ClerkChat().methods.listSearch;

const search = async (baseUrl: string, filter?: string, paginationToken?: string) =>
	await searchTemplates.call(editor(baseUrl), filter, paginationToken);

/** Answers every page with what it is told, and keeps what was asked. */
const api = (dataOf: (asked: Received) => IDataObject) =>
	clerkChatApi((asked) => [200, dataOf(asked)], { documented: false });

const answering = (...data: unknown[]) => api(() => ({ data, total: data.length }) as IDataObject);

const template = (id: number, more: IDataObject = {}): IDataObject => ({
	id,
	name: `Template ${id}`,
	body: `Text ${id}`,
	...more,
});

closeNetwork();

test("the field 'Template' of 'send' is filled by this, and can be searched", () => {
	const { properties } = new ClerkChat().description;
	const fields = properties.flatMap(({ options }) => options ?? []);
	const field = fields.find(({ name }) => name === 'templateId');
	expect(field).toMatchObject({
		type: 'resourceLocator',
		modes: [
			{ name: 'list', typeOptions: { searchListMethod: 'searchTemplates', searchable: true } },
			{ name: 'id' },
		],
	});
});

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

	test('name and text of each, the ID as its value, and how to ask for more', async () => {
		const { results, paginationToken } = await ask();
		expect(results).toHaveLength(50);
		expect(results.slice(0, 2)).toEqual([
			{ name: 'Welcome: Hi {{first_name}}, good to have you.', value: '101' },
			{ name: 'Template 2: Text of template 2', value: '102' },
		]);
		expect(paginationToken).toBeDefined();
	});

	test('page by page: each template once, then no more', async () => {
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

	test('a filter looks through all pages at once: the editor asks for no second one then', async () => {
		expect(await ask('template 57')).toEqual({
			results: [{ name: 'Template 57: Text of template 57', value: '157' }],
		});
		const values = (await ask('template 5')).results.map(({ value }) => value);
		expect(values).toEqual(['105', ...Array.from({ length: 10 }, (_, n) => String(150 + n))]);
	});

	test('a key that is not accepted ends in an error, not in an empty list', async () => {
		await expect(searchTemplates.call(editor(sandbox.url, 'wrong'))).rejects.toThrow();
	});
});

test('a redirect is not followed: the key would go along to the other host', async () => {
	const elsewhere = nock('https://elsewhere.test').get(/.*/).reply(200, { data: [] });
	clerkChatApi(() => [302, '', { location: 'https://elsewhere.test/' }]);
	await expect(search(BASE_URL)).rejects.toThrow();
	expect(elsewhere.isDone()).toBe(false);
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
		const { results } = await search(BASE_URL, filter);
		expect(results.map(({ value }) => value)).toEqual(values);
	});

	test('the request is one that the API documents', async () => {
		const received = some();
		await search(BASE_URL, undefined, '3/100');
		expect(received).toMatchObject([
			{ path: '/public/message-templates', query: { limit: '50', page: '3' }, violations: [] },
		]);
	});

	test('a word in a long text, behind what is shown of it', async () => {
		answering(template(1, { body: `${'Long text. '.repeat(20)}See you in Lisbon` }));
		const { results } = await search(BASE_URL, 'lisbon');
		expect(results.map(({ value }) => value)).toEqual(['1']);
	});
});

describe('what is shown', () => {
	const shown = async (more: IDataObject) => {
		answering(template(7, more));
		const { results } = await search(BASE_URL);
		return results[0].name;
	};

	test('a long text with line breaks: its beginning, on one line', async () => {
		const name = await shown({ body: `One\n\n  two\t${'three '.repeat(50)}` });
		expect(name).toMatch(/^Template 7: One two three three .*…$/);
		expect(name.length).toBeLessThanOrEqual(100);
	});

	test.each<[string, IDataObject, string]>([
		['no name', { name: undefined }, 'Text 7'],
		['an empty name', { name: '' }, 'Text 7'],
		['null as name', { name: null }, 'Text 7'],
		['no text', { body: undefined }, 'Template 7'],
		['a blank text', { body: ' \n' }, 'Template 7'],
	])('a template with %s', async (_name, more, expected) => {
		answering(template(7, more));
		const { results } = await search(BASE_URL);
		expect(results).toEqual([{ name: expected, value: '7' }]);
	});

	test('neither name nor text: something that can be picked', async () => {
		const name = await shown({ name: '', body: '' });
		expect(name).toContain('7');
	});
});

describe('odd lists', () => {
	const page = Array.from({ length: 50 }, (_, index) => template(index + 1));

	test('a filter, and a server that ignores the page number: it ends', async () => {
		const received = api(() => ({ data: page }));
		const { results } = await search(BASE_URL, 'template 7');
		expect(results.map(({ value }) => value)).toEqual(['7']);
		expect(received).toHaveLength(2);
	});

	test('a filter, and no end of templates: it stops after 20 pages', async () => {
		const received = api(({ query }) => ({
			data: page.map(({ id }) => template(Number(query.page) * 100 + Number(id))),
		}));
		const { results } = await search(BASE_URL, 'template 2001');
		expect(results.map(({ value }) => value)).toEqual(['2001']);
		expect(received).toHaveLength(20);
	});

	test('none at all', async () => {
		answering();
		expect(await search(BASE_URL)).toEqual({ results: [] });
	});

	test('just as many as fit on a page: more may come, and the next page is the last', async () => {
		const all = Array.from({ length: 50 }, (_, index) => template(index + 1));
		api(({ query }) => ({ data: query.page === '1' ? all : [], total: 50 }));
		const { paginationToken } = await search(BASE_URL);
		// Knowing the total, it may also stop at once.
		if (paginationToken !== undefined) {
			expect(await search(BASE_URL, '', String(paginationToken))).toEqual({ results: [] });
		}
	});

	test('pages of 25 although 50 were asked for: the others can be reached', async () => {
		const all = Array.from({ length: 60 }, (_, index) => template(index + 1));
		api(({ query }) => {
			const page = Number(query.page);
			return { data: all.slice((page - 1) * 25, page * 25), total: 60 };
		});
		const { results, paginationToken } = await search(BASE_URL);
		expect(results).toHaveLength(25);
		expect(paginationToken).toBeDefined();
	});

	test('entries that are no templates are left out', async () => {
		answering(null, 'x', template(1));
		const { results } = await search(BASE_URL);
		expect(results.map(({ value }) => value)).toEqual(['1']);
	});
});

test.each([`${BASE_URL}/`, `${BASE_URL}//`, `${BASE_URL} `])(
	'the base URL %j works as it does when the node runs',
	async (baseUrl) => {
		const received = answering(template(1));
		await search(baseUrl);
		expect(received.map(({ path }) => path)).toEqual(['/public/message-templates']);
	},
);
