import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';
import { Requester } from '../../nodes/api/requester';
import { Accounts } from '../../nodes/ClerkChat/sending/ledger/account';
import type { LedgerEntry } from '../../nodes/ClerkChat/sending/ledger/ledgerEntry';

/* Whose messages count as this run's if the credential has another key or server. */

const SERVER = 'https://api.test';

const NOON = Date.parse('2026-11-25T12:00:00.000Z');

const MINUTE = 60_000;

/** A requester with a key; the record lists what is given, or cannot be read. */
async function requesterOf(apiKey: string, listed: IDataObject[] | 'broken' = []) {
	const asked: IDataObject[] = [];
	const request = async ({ qs = {} }: IHttpRequestOptions) => {
		asked.push(qs);
		const headers = { date: new Date().toUTCString() };
		if (listed === 'broken') return { statusCode: 404, body: {}, headers };
		return { statusCode: 200, body: { data: listed, total: listed.length }, headers };
	};
	const credential = { apiKey, baseUrl: SERVER, allowedHttpRequestDomains: 'all' };
	const connect = async () => ({ credential, request });
	const requester = await Requester.create({ node: {} as never, connect }, { transport: {} });
	return { requester, asked };
}

/** By which account the ledger knows a key. */
async function accountOf(apiKey: string): Promise<string> {
	const accounts = new Accounts();
	await accounts.use((await requesterOf(apiKey)).requester, []);
	return accounts.current;
}

const entry = (changes: Partial<LedgerEntry>) =>
	({ server: SERVER, state: 'sent', began: NOON, results: [{ id: 1 }], ...changes }) as LedgerEntry;

test('before the credential is read, every entry counts', () => {
	expect(new Accounts().owns(entry({ account: 'any' }))).toBe(true);
});

test('server and key identify an account', async () => {
	const [one, same, other] = await Promise.all(['a', 'a', 'b'].map(accountOf));
	expect(same).toBe(one);
	expect(other).not.toBe(one);
});

describe('messages that an earlier key sent', () => {
	test.each<[string, Partial<LedgerEntry>, IDataObject[] | 'broken', boolean]>([
		['counts when it is on record', {}, [{ id: 9 }, { id: '1' }], true],
		['does not when it is not', {}, [{ id: 9 }], false],
		['does not when nothing is on record', {}, [], false],
		['does not when the record cannot be read', {}, 'broken', false],
		['does not when nobody knows its ID', { results: undefined }, [{ id: 1 }], false],
		['does not if its result is unclear', { state: 'unknown' }, [{ id: 1 }], false],
		['does not on another server', { server: 'https://elsewhere.test' }, [{ id: 1 }], false],
	])('%s', async (_, changes, listed, isOwn) => {
		const accounts = new Accounts();
		const { requester } = await requesterOf('new', listed);
		const earlier = entry({ account: await accountOf('old'), ...changes });
		await accounts.use(requester, [earlier]);
		expect(accounts.owns(earlier)).toBe(isOwn);
		expect(accounts.owns(entry({ account: accounts.current }))).toBe(true);
	});

	test("aren't searched for if the key is the same", async () => {
		const accounts = new Accounts();
		const { requester, asked } = await requesterOf('same');
		const own = entry({ account: await accountOf('same') });
		await accounts.use(requester, [own]);
		expect(asked).toEqual([]);
		expect(accounts.owns(own)).toBe(true);
	});

	test('are searched for around their time, all at once, and only the newest 50', async () => {
		const { requester, asked } = await requesterOf('new', [{ id: 1 }]);
		const accounts = new Accounts();
		const account = await accountOf('old');
		const at = (minute: number, changes: Partial<LedgerEntry> = {}) =>
			entry({ account, began: NOON + minute * MINUTE, results: [{ id: 1 }], ...changes });
		const newest = Array.from({ length: 49 }, () => at(3));
		await accounts.use(requester, [
			at(-600),
			at(0, { ended: NOON + 5 * MINUTE }),
			...newest,
			entry({ account: 'another', began: NOON, results: [{ id: 2 }] }),
		]);
		// Ten minutes before and after, and one for clocks that differ.
		const minutes = asked.map(({ start, end }) =>
			[start, end].map((time) => Math.round((Date.parse(String(time)) - NOON) / MINUTE)),
		);
		expect(minutes).toEqual([
			[-11, 16],
			[-11, 11],
		]);
		expect([account, 'another'].map((each) => accounts.owns(entry({ account: each })))).toEqual([
			true,
			false,
		]);
	});
});
