import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { isErrorItem } from '../../nodes/api/errors';
import { clerkChatApi } from './clerkChatApi';
import type { Answer, Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { hintsOf, lastTaskOf, leadingBack, retry, runNode } from './engine';
import type { Result, Setup } from './engine';
import { linksOf, setupOf, toContinue, toErrorOutput } from './messages';

const setup = (
	settings?: Setup['settings'],
	additionalFields: INodeParameters = { name: '={{ $json.name }}' },
): Setup => setupOf('contact createMany', { additionalFields }, settings);

const contactsIn = ({ body }: Received) => body.contacts as IDataObject[];

const namesIn = (request: Received) => contactsIn(request).map(({ name }) => name);

/** The contacts that Clerk Chat returns, with an undocumented field. */
const created = (request: Received): Answer => [
	201,
	{
		data: contactsIn(request).map((contact) => ({
			id: `id of ${String(contact.name)}`,
			...contact,
			somethingNew: 1,
		})),
	},
];

const guests = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ name: `Guest ${index}` }));

const bySize = (received: Received[]) =>
	received.map((request) => contactsIn(request).length).sort((a, b) => b - a);

/** The items from one index up to before another. */
const items = (from: number, to: number) =>
	Array.from({ length: to - from }, (_, index) => from + index);

const all = (from: number, to: number) => items(from, to).map((item) => ({ item }));

const namesOut = (out: Result['items']) => out.map(({ json }) => json.name);

const namesOf = (count: number) => guests(count).map(({ name }) => name);

/** The failed items, from the error output or the only output. */
const failedOf = ({ items: out, errorItems }: Result) =>
	[...out, ...errorItems].filter(isErrorItem);

const onErrors = [toContinue, toErrorOutput];

closeNetwork();

describe('requests and results', () => {
	test('one request for all items, each with its own values', async () => {
		const received = clerkChatApi(created);
		const result = await runNode(
			[{ n: 1 }, { n: 2 }],
			setup(
				{},
				{
					name: '=Guest {{ $json.n }}',
					phone: '=+1 415 555 010{{ $json.n }}',
					email: '=guest{{ $json.n }}@example.com',
					public: '={{ $json.n === 2 }}',
					data: '={ "visits": {{ $json.n }} }',
				},
			),
		);
		const contacts = [1, 2].map((n) => ({
			name: `Guest ${n}`,
			phone: `+1415555010${n}`,
			email: `guest${n}@example.com`,
			public: n === 2,
			data: { visits: n },
		}));
		expect(received).toMatchObject([
			{ method: 'POST', path: '/public/contacts/batch', query: {}, violations: [] },
		]);
		expect(received[0].body).toEqual({ contacts });
		expect(result.items).toEqual(
			contacts.map((contact, item) => ({
				json: { id: `id of ${contact.name}`, ...contact, somethingNew: 1 },
				pairedItem: { item },
			})),
		);
		expect(hintsOf(result)).toEqual([]);
	});

	test('a single item is a list of one', async () => {
		const received = clerkChatApi(created);
		const result = await runNode(guests(1), setup());
		expect(received[0].body).toEqual({ contacts: [{ name: 'Guest 0' }] });
		expect(result.items).toMatchObject([{ json: { name: 'Guest 0' }, pairedItem: { item: 0 } }]);
	});

	test('250 items: three requests, the results in item order and linked', async () => {
		const received = clerkChatApi(created);
		const result = await runNode(guests(250), setup());
		expect(bySize(received)).toEqual([100, 100, 50]);
		expect(received.flatMap(({ violations }) => violations)).toEqual([]);
		expect(new Set(received.flatMap(namesIn)).size).toBe(250);
		expect(result.items.map(({ json }) => json.id)).toEqual(
			guests(250).map(({ name }) => `id of ${name}`),
		);
		expect(linksOf(result.items)).toEqual(items(0, 250));
		expect(hintsOf(result)).toEqual([]);
		expect(result.data.executionData?.contextData['node:Clerk Chat']).toEqual({
			sending: {
				version: 1,
				entries: {},
				last: {
					execution: '1',
					run: '0',
					process: expect.any(String),
					began: expect.any(Number) as string,
				},
			},
		});
	});
});

describe('counts that do not match', () => {
	test.each([
		['fewer', 3],
		['more', 5],
	])('%s results than items: each linked to all of them, and a hint says so', async (_n, count) => {
		clerkChatApi(() => [
			201,
			{ data: Array.from({ length: count }, (_, index) => ({ id: `${index}` })) },
		]);
		const result = await runNode(guests(4), setup());
		expect(result.items).toEqual(
			Array.from({ length: count }, (_, index) => ({
				json: { id: `${index}` },
				pairedItem: all(0, 4),
			})),
		);
		// Several requests that end so are one line in n8n 2.41.
		const [hint] = lastTaskOf(result.data)!.hints!;
		expect(hint).toMatchObject({ type: 'warning', group: { key: 'unlinked' } });
		expect(hintsOf(result)).toEqual([
			expect.stringMatching(new RegExp(`4 items with ${count} results.*linked to all`)),
		]);
	});

	test('in one slice of three: the others stay linked one by one', async () => {
		clerkChatApi((request) => {
			const [status, body] = created(request) as [number, { data: IDataObject[] }];
			const isSecond = namesIn(request).includes('Guest 100');
			return [status, { data: isSecond ? body.data.slice(1) : body.data }];
		});
		const result = await runNode(guests(250), setup());
		expect(namesOut(result.items)).toEqual(namesOf(250).filter((name) => name !== 'Guest 100'));
		expect(result.items.map(({ pairedItem }) => pairedItem)).toEqual([
			...all(0, 100),
			...Array<unknown>(99).fill(all(100, 200)),
			...all(200, 250),
		]);
		expect(hintsOf(result)).toEqual([expect.stringContaining('100 items with 99 results')]);
	});

	test('a later try repeats the hints and sends nothing again', async () => {
		const received = clerkChatApi((request, index) =>
			namesIn(request).includes('Guest 100') && index < 2
				? [422, {}]
				: [201, { data: [{ id: '1' }] }],
		);
		const result = await runNode(guests(101), setup({ retryOnFail: true }));
		expect(bySize(received)).toEqual([100, 1, 1]);
		expect(result.items.map(({ pairedItem }) => pairedItem)).toEqual([all(0, 100), { item: 100 }]);
		expect(hintsOf(result)).toEqual([expect.stringContaining('100 items with 1 results')]);
	});

	test.each([0, 7])(
		'after an edit of item %i, the others have all results of their request',
		async (edited) => {
			let isAccepted = false;
			clerkChatApi(
				(request) => {
					const count = contactsIn(request).length;
					if (count === 1 && !isAccepted) return [401, {}];
					const [status, { data }] = created(request) as [number, { data: IDataObject[] }];
					return [status, { data: count === 100 ? data.slice(1) : data }];
				},
				{ documented: false },
			);
			const input = items(0, 101).map((n) => ({ n }));
			const failed = await runNode(input, setup({}, { name: '=Guest {{ $json.n }}' }));
			isAccepted = true;
			const name = `=Guest {{ $json.n === ${edited} ? 'New' : $json.n }}`;
			const { items: out } = await retry(failed, input, setup(toContinue, { name }));
			expect(namesOut(out)).toEqual(expect.arrayContaining(namesOf(101).slice(1)));
			const linked = out.flatMap(({ pairedItem }) => pairedItem as { item: number });
			expect(new Set(linked.map(({ item }) => item))).toEqual(new Set(items(0, 101)));
		},
	);

	test('no result is not a success', async () => {
		clerkChatApi(() => [201, { data: [] }]);
		expect(linksOf(failedOf(await runNode(guests(3), setup(toContinue))))).toEqual([0, 1, 2]);
	});
});

describe('one invalid item', () => {
	const oneBad = [...guests(2), { phone: 'none' }, ...guests(1)];

	test('Stop: nothing is sent', async () => {
		const received = clerkChatApi(created);
		const { error } = await runNode(oneBad, setup());
		expect(error?.message).toBe("'Additional Fields' is empty");
		expect(error?.context.itemIndex).toBe(2);
		expect(error?.description).toContain('This is item 3 of 4 (n8n counts from 0).');
		expect(error?.description).toMatch(/^Nothing was created\.<br>/);
		expect(received).toHaveLength(0);
	});

	test.each(onErrors)('$onError: creates the others, all linked', async (settings) => {
		const received = clerkChatApi(created);
		const result = await runNode(oneBad, setup(settings));
		expect(received.map(namesIn)).toEqual([['Guest 0', 'Guest 1', 'Guest 0']]);
		const good = result.items.filter(({ json }) => json.id !== undefined);
		expect(linksOf(good)).toEqual([0, 1, 3]);
		const error = { message: "'Additional Fields' is empty", outcome: 'refused' };
		expect(failedOf(result)).toMatchObject([{ json: { error }, pairedItem: { item: 2 } }]);
		expect(hintsOf(result)).toEqual(["Created 3, failed 1: 'Additional Fields' is empty."]);
	});
});

describe('a slice that fails', () => {
	const failing = (answer: Answer, times = Infinity) => {
		let failures = 0;
		return clerkChatApi((request) =>
			namesIn(request).includes('Guest 100') && failures++ < times ? answer : created(request),
		);
	};

	test.each<[number, string]>([
		[422, 'refused'],
		[500, 'unknown'],
	])('%i with Continue: every item of it is an error item, linked', async (status, outcome) => {
		failing([status, { message: 'phone must be unique' }]);
		const result = await runNode(guests(250), setup(toContinue));
		expect(linksOf(result.items)).toEqual(items(0, 250));
		expect(linksOf(failedOf(result))).toEqual(items(100, 200));
		for (const { json } of failedOf(result)) {
			expect(json.error).toMatchObject({
				outcome,
				httpCode: String(status),
				description: expect.stringContaining('phone must be unique') as string,
			});
		}
	});

	test('with Stop: the error names its first item, and the counts are right', async () => {
		failing([422, {}]);
		const { error } = await runNode(guests(250), setup());
		expect(error?.context.itemIndex).toBe(100);
		expect(error?.description).toMatch(/^Created 150, failed 100: Clerk Chat didn't accept/);
		expect(error?.description).toContain('This is item 101 of 250 (n8n counts from 0).');
	});

	test('refused: Retry On Fail sends only that slice again', async () => {
		const received = failing([422, {}], 1);
		const result = await runNode(guests(250), setup({ retryOnFail: true }));
		expect(bySize(received)).toEqual([100, 100, 100, 50]);
		expect(received.filter((request) => namesIn(request).includes('Guest 100'))).toHaveLength(2);
		expect(namesOut(result.items)).toEqual(namesOf(250));
		expect(linksOf(result.items)).toEqual(items(0, 250));
	});

	test('perhaps created: Retry On Fail sends nothing again, and the advice covers the whole request', async () => {
		const received = failing([503, {}], 1);
		const { error } = await runNode(guests(250), setup({ retryOnFail: true }));
		expect(error?.description).toMatch(/unclear whether the contact was created[^]*one request/);
		expect(bySize(received)).toEqual([100, 100, 50]);
	});

	test("n8n's Retry button sends only that slice again", async () => {
		const received = failing([422, {}], 1);
		const stopped = await runNode(guests(250), setup());
		expect(stopped.status).toBe('error');
		const retried = await retry(stopped, guests(250), setup());
		expect(bySize(received)).toEqual([100, 100, 100, 50]);
		expect(namesOut(retried.items)).toEqual(namesOf(250));
	});
});

test("how items are grouped into requests doesn't affect the ledger", async () => {
	let fail = true;
	const received = clerkChatApi((request) =>
		fail && namesIn(request).includes('Guest 120') ? [422, {}] : created(request),
	);
	const fields = (phone: string) => ({ name: '={{ $json.name }}', phone });
	const stopped = await runNode(guests(130), setup({}, fields('+14155550123')));
	expect(bySize(received)).toEqual([100, 30]);
	fail = false;
	const unusable = fields('={{ $json.name === "Guest 3" ? "+1" : "+14155550123" }}');
	const retried = await retry(stopped, guests(130), setup(toContinue, unusable));
	// Only those of the refused request, whatever happened to earlier items.
	expect(received.slice(2).flatMap(namesIn)).toEqual(namesOf(130).slice(100));
	// Also of the one whose fields are not usable any more: it was created.
	expect(namesOut(retried.items)).toEqual(namesOf(130));
});

describe('two retries of one execution, with an error output that leads back into the node', () => {
	test.each(['contact create', 'contact createMany'])(
		'%s: a contact that is refused in one run is created once',
		async (operation) => {
			const answers: Answer[] = [
				[401, {}],
				[422, { message: 'no' }],
			];
			let count = 0;
			clerkChatApi(({ body }) => answers.shift() ?? [201, { id: `id ${++count}`, ...body }], {
				documented: false,
			});
			const creating = setupOf(operation, { additionalFields: { name: '={{ $json.name }}' } });
			const stopped = await runNode(guests(1), creating);
			const again = async () => await retry(stopped, guests(1), leadingBack(1, creating));
			await again();
			const second = await again();
			expect(count).toBe(1);
			expect(lastTaskOf(second.data)?.data?.main[0]).toMatchObject([{ json: { id: 'id 1' } }]);
		},
	);

	test('results that cannot be told apart are linked to the items they have here', async () => {
		let refusals = 0;
		let isAccepted = false;
		clerkChatApi(
			(request) => {
				if (!isAccepted) return [401, {}];
				if (contactsIn(request).length > 2) return created(request);
				return refusals++ === 0 ? [422, {}] : [201, { data: [{ id: 'of both' }] }];
			},
			{ documented: false },
		);
		const stopped = await runNode(guests(102), setup());
		isAccepted = true;
		const again = async () => await retry(stopped, guests(102), leadingBack(1, setup()));
		const [first, second] = [await again(), await again()];
		const lastOf = ({ data }: Result) => lastTaskOf(data)?.data?.main[0]?.at(-1);
		// There, they were the only ones in its second run.
		expect(lastOf(first)).toEqual({ json: { id: 'of both' }, pairedItem: all(0, 2) });
		expect(lastOf(second)).toEqual({ json: { id: 'of both' }, pairedItem: all(100, 102) });
	});
});
