import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import { clerkChatApi } from './clerkChatApi';
import type { Answer, Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { asTool, BASE_URL, retry, runNode } from './engine';
import type { Result, Setup } from './engine';
import { linksOf, setupOf, toContinue } from './messages';

/* 'Contact: Create or Update': finds a contact, then updates or creates it. Creates each person once. */

const setup = (fields: INodeParameters = {}, settings?: Setup['settings']): Setup => {
	const keys = { phone: '={{ $json.phone }}', email: '={{ $json.email }}' };
	const additionalFields = { name: '={{ $json.name }}' };
	const all = { matchBy: 'phone', ...keys, additionalFields, ...fields };
	return setupOf('contact upsert', all, settings);
};

const byEmail = { matchBy: 'email' };

/** Each test has people of its own: what was created a moment ago counts in the whole process. */
let tests = 0;
const phone = (n: number) => `+1415555${String(1000 + tests * 10 + n)}`;
const ann = () => ({ phone: phone(1), name: 'Ann' });
const ben = () => ({ phone: phone(2), name: 'Ben' });

interface Behavior {
	/** What is there at first. */
	contacts?: IDataObject[];
	/** Answers to requests that write; undefined: it is done. */
	write?: (asked: Received, index: number) => Answer | undefined;
	/** Whether what answers with an error was done all the same. */
	doneAllTheSame?: boolean;
	/** Whether what is created is listed only in the next run. */
	listedLate?: boolean;
	list?: () => Answer | undefined;
}

/** Contacts as Clerk Chat keeps them. */
function contactsApi({ contacts = [], write, doneAllTheSame, listedLate, list }: Behavior = {}) {
	const kept = new Map(contacts.map((contact) => [String(contact.id), contact]));
	const listed = new Map(kept);
	let count = 0;
	const received = clerkChatApi(
		({ method, path, body }, index) => {
			if (method === 'GET') return list?.() ?? [200, { data: [...listed.values()] }];
			const refusal = write?.(received[index], count++);
			const done = () => {
				const id = method === 'PUT' ? path.split('/').pop()! : `new${kept.size + 1}`;
				const contact = { ...kept.get(id), id, ...body };
				kept.set(id, contact);
				if (!listedLate) listed.set(id, contact);
				return contact;
			};
			if (refusal && !doneAllTheSame) return refusal;
			const contact = done();
			return refusal ?? [method === 'PUT' ? 200 : 201, { data: contact }];
		},
		{ documented: false },
	);
	const requests = () => received.map(({ method, path }) => `${method} ${path.split('/').pop()}`);
	const writes = () => requests().filter((request) => !request.startsWith('GET'));
	return { received, requests, writes, kept };
}

const outcomeOf = ({ items }: Result) =>
	items.map(({ json }) => (json.error as IDataObject | undefined)?.outcome ?? json.id);

closeNetwork();
beforeEach(() => {
	tests++;
	jest.replaceProperty(limits, 'firstRepeatWait', 1);
});

test('changes existing contacts and creates missing ones, reading the list once', async () => {
	const { received, requests } = contactsApi({ contacts: [{ id: '7', phone: phone(1) }] });
	const result = await runNode([ann(), ben()], setup());
	expect(requests()).toEqual(['GET contacts', 'PUT 7', 'POST contacts']);
	expect(received.map(({ body }) => body)).toEqual([undefined, ann(), ben()]);
	expect(received.flatMap(({ violations }) => violations)).toEqual([]);
	expect(result.items).toEqual([
		{ json: { id: '7', ...ann() }, pairedItem: { item: 0 } },
		{ json: { id: 'new2', ...ben() }, pairedItem: { item: 1 } },
	]);
});

test('sends every field', async () => {
	const { received } = contactsApi();
	const additionalFields = {
		name: 'Ann',
		public: false,
		dataFields: { values: [{ name: 'plan', value: 'gold' }] },
		data: '{ "visits": 3 }',
	};
	await runNode([{ ...ann(), email: 'ann@example.com' }], setup({ additionalFields }));
	expect(received[1].body).toEqual({
		phone: phone(1),
		email: 'ann@example.com',
		name: 'Ann',
		public: false,
		data: { visits: 3, plan: 'gold' },
	});
});

test.each([
	['phone', (): IDataObject => ({ phone: `+1 (415) 555-${phone(1).slice(-4)}` })],
	['email', () => ({ email: `Ann${tests}@Example.com` })],
])('by %s, however it is written', async (matchBy, written) => {
	const { requests } = contactsApi({ contacts: [{ id: 'a/b', ...written() }] });
	await runNode([{ ...ann(), email: `ann${tests}@example.com` }], setup({ matchBy }));
	expect(requests()).toEqual(['GET contacts', 'PUT a%2Fb']);
});

test("the credential's default country code completes numbers", async () => {
	const { received } = contactsApi({ contacts: [{ id: '7', phone: phone(1) }] });
	await runNode([{ phone: phone(1).slice(2) }], {
		...setup(),
		credentials: { apiKey: 'k', baseUrl: BASE_URL, defaultCountryCode: '1' },
	});
	expect(received[1]).toMatchObject({ method: 'PUT', body: { phone: phone(1) } });
});

test('the same person in several items: created once, then changed, in their order', async () => {
	const { received, writes, kept } = contactsApi({ listedLate: true });
	const items = [ann(), ben(), { ...ann(), name: 'Ann Smith' }, { ...ann(), name: 'Ann Lee' }];
	const result = await runNode(items, setup());
	expect(writes().filter((request) => request === 'POST contacts')).toHaveLength(2);
	const anns = received.filter(({ body }) => body?.phone === phone(1));
	expect(anns.map(({ body }) => body.name)).toEqual(['Ann', 'Ann Smith', 'Ann Lee']);
	expect(kept.size).toBe(2);
	expect(linksOf(result.items)).toEqual([0, 1, 2, 3]);
});

test("in a loop's next run and in a parallel execution, even if it isn't listed yet", async () => {
	const { writes } = contactsApi({ listedLate: true });
	await Promise.all([
		runNode([ann()], { ...setup(), runs: 2 }),
		runNode([ann()], { ...setup(), executionId: '2' }),
	]);
	expect(writes().map((request) => request.split(' ')[0])).toEqual(['POST', 'PUT', 'PUT']);
});

test("what another account just created isn't changed", async () => {
	const { requests } = contactsApi({ listedLate: true });
	await runNode([ann()], setup());
	const credentials = { apiKey: 'key of another account', baseUrl: BASE_URL };
	await runNode([ann()], { ...setup(), credentials });
	expect(requests()).toEqual(['GET contacts', 'POST contacts', 'GET contacts', 'POST contacts']);
});

test("an older ledger entry doesn't count: the contact is listed, or was deleted", async () => {
	const { requests, kept } = contactsApi({ listedLate: true });
	await runNode([ann()], setup());
	kept.clear();
	const later = Date.now() + 6 * 60_000;
	jest.spyOn(Date, 'now').mockReturnValue(later);
	await runNode([ann()], setup());
	expect(requests()).toEqual(['GET contacts', 'POST contacts', 'GET contacts', 'POST contacts']);
});

describe('when it is unclear', () => {
	const two = () => [1, 2].map((id) => ({ id, phone: phone(1) }));
	/* contactFinding.test.ts covers the other cases. */
	test.each<[string, () => IDataObject, RegExp, RegExp]>([
		['two', () => ({ data: two() }), /2 contacts have the phone number/, /1, 2\..*'Update'/],
		['more', () => ({ data: [], total: 9 }), /whether a contact has/, /may have more/],
	])('there are %s: nothing is created or changed', async (_name, body, message, description) => {
		const { requests } = contactsApi({ list: () => [200, body()] });
		const { error } = await runNode([ann()], setup());
		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(description);
		expect(requests()).toEqual(['GET contacts']);
	});

	test.each([403, 500])('%i for the list: sends nothing', async (status) => {
		const { requests } = contactsApi({ list: () => [status, { message: 'No, thanks' }] });
		const { error } = await runNode([ann(), ben()], setup());
		expect(error?.description).toContain('"No, thanks"');
		expect(requests()).toEqual(['GET contacts']);
	});

	test.each<[INodeParameters, string]>([
		[{ phone: '' }, "'Phone' is empty"],
		[byEmail, "'Email' is empty"],
		[{ matchBy: 'name' }, "'Find By' is not one of its choices"],
		[{ phone: '+1 CALL' }, "'Phone' contains an invalid phone number"],
	])('%j: refused before anything is read', async (fields, message) => {
		const { requests } = contactsApi();
		const { error } = await runNode([ann()], setup(fields));
		expect(error?.message).toContain(message);
		expect(requests()).toEqual([]);
	});
});

describe('when it is unclear whether it was created', () => {
	const first =
		(status: number) =>
		(_: unknown, index: number): Answer | undefined =>
			index === 0 ? [status, {}] : undefined;

	test('created and listed: a later try changes it', async () => {
		const { requests, kept } = contactsApi({ write: first(500), doneAllTheSame: true });
		const result = await runNode([ann()], setup({}, { retryOnFail: true }));
		expect(requests()).toEqual(['GET contacts', 'POST contacts', 'GET contacts', 'PUT new1']);
		expect(result.items).toMatchObject([{ json: { id: 'new1', name: 'Ann' } }]);
		expect(kept.size).toBe(1);
	});

	test.each([500, 408])("%i and not listed: it isn't created again", async (status) => {
		const { writes } = contactsApi({
			write: first(status),
			doneAllTheSame: true,
			listedLate: true,
		});
		const failed = await runNode([ann()], setup({}, { retryOnFail: true, maxTries: 3 }));
		expect(failed.error?.description).toMatch(/unclear whether the contact was created/);
		const retried = await retry(failed, [ann()], setup());
		expect(retried.error?.message).toContain('may have been created');
		expect(writes()).toEqual(['POST contacts']);
	});

	test('nor for another item of the run, or for another execution', async () => {
		const { writes } = contactsApi({ write: first(500) });
		const result = await runNode([ann(), { ...ann(), name: 'Ann Lee' }], setup({}, toContinue));
		expect(outcomeOf(result)).toEqual(['unknown', 'refused']);
		const other = await runNode([ann()], { ...setup({}, toContinue), executionId: '2' });
		expect(other.items[0].json.error).toMatchObject({
			message: 'The same contact may have been created a moment ago',
			outcome: 'refused',
		});
		expect(writes()).toEqual(['POST contacts']);
	});
});

test('a retry returns what was created or changed, and does the rest', async () => {
	const { writes } = contactsApi({
		contacts: [{ id: '7', phone: phone(1) }],
		write: ({ body }, index) => (body.name === 'Cy' && index < 3 ? [422, {}] : undefined),
	});
	const items = [ann(), ben(), { phone: phone(3), name: 'Cy' }];
	const failed = await runNode(items, setup());
	expect(failed.error?.context.itemIndex).toBe(2);
	const retried = await retry(failed, items, setup());
	expect(retried.items.map(({ json }) => json.name)).toEqual(['Ann', 'Ben', 'Cy']);
	expect(writes().sort()).toEqual([...Array<string>(3).fill('POST contacts'), 'PUT 7']);
});

test.each([
	[502, 'repeated', ['PUT 7', 'PUT 7']],
	[500, 'done again by a later try', ['PUT 7', 'GET contacts', 'PUT 7']],
])('a change that gets %i is %s', async (status, _name, after) => {
	const { requests } = contactsApi({
		contacts: [{ id: '7', phone: phone(1) }],
		write: (_, index) => (index === 0 ? [status, {}] : undefined),
	});
	const { items } = await runNode([ann()], setup({}, { retryOnFail: true }));
	expect(items).toMatchObject([{ json: { id: '7' } }]);
	expect(requests()).toEqual(['GET contacts', ...after]);
});

test('an agent creates a contact, and changes it when it asks again', async () => {
	const { writes } = contactsApi({ listedLate: true });
	const fields = {
		phone: "={{ $fromAI('phone') }}",
		email: '',
		additionalFields: { name: "={{ $fromAI('name') }}" },
	};
	const call = asTool(setup(fields));
	await call(ann());
	await call({ ...ann(), name: 'Ann Lee' });
	await call(ann());
	expect(writes()).toEqual(['POST contacts', 'PUT new1', 'PUT new1']);
});
