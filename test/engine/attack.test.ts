import { sleep } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import { startProcess } from '../random/process';
import { closeNetwork } from './closeNetwork';
import {
	at,
	clerkChat,
	counts,
	entryOf,
	idsOf,
	isTo,
	killed,
	itemsTo,
	LISTED,
	LOST,
	outcomesOf,
	REFUSED,
	SENDER,
	sendAgain,
	setup,
	skipping,
	some,
	somebody,
	toContinue,
	UNCLEAR,
	UNLISTED,
	wordsOf,
} from './deliveries';
import type { Deliveries, Fate } from './deliveries';
import { retry, runNode } from './engine';
import type { Result, Setup } from './engine';

closeNetwork();
beforeEach(() => void jest.replaceProperty(limits, 'longestSearch', 60_000));

const until = async (isSo: () => boolean) => {
	while (!isSo()) await sleep(1);
};

/** As n8n saves it when the execution ends, before anything else happens. */
const asSaved = (result: Result) => killed(result, () => {});

const FAILED: Fate = { ...LISTED, isDelivered: true, onRecord: { status: 'failed' } };

test('1: Skip If Sent with Send Again, twice at once: what the record shows is not sent again', async () => {
	const ann = somebody();
	const chat: Deliveries = clerkChat([LISTED], {
		// Both have read the record before either sends.
		onLook: async () => (chat.looks.length < 3 ? await until(() => chat.looks.length >= 2) : undefined),
	});
	const items = itemsTo([ann], 'at once');
	const run = async () => await runNode(items, skipping(sendAgain, toContinue));
	const results = await Promise.all([run(), run()]);
	expect(results.map(outcomesOf)).toEqual([['sent'], ['sent']]);
	expect(chat.got(ann)).toBe(1);
});

test('1b: Skip If Sent without Send Again, twice at once: both return what the record shows', async () => {
	const ann = somebody();
	const chat: Deliveries = clerkChat([LISTED], {
		onLook: async () => (chat.looks.length < 3 ? await until(() => chat.looks.length >= 2) : undefined),
	});
	const items = itemsTo([ann], 'at once');
	const run = async () => await runNode(items, skipping({}, toContinue));
	const results = await Promise.all([run(), run()]);
	expect(chat.got(ann)).toBe(1);
	expect(results.map(outcomesOf)).toEqual([['sent'], ['sent']]);
});

test('1c: two retries at once: both return what the record shows', async () => {
	const ann = somebody();
	const chat: Deliveries = clerkChat([{ answer: [401, {}] }, LISTED]);
	const items = itemsTo([ann], 'retries at once');
	const first = await runNode(items, setup());
	const results = await Promise.all([
		retry(first, items, setup({}, toContinue)),
		retry(first, items, setup({}, toContinue)),
	]);
	expect(chat.got(ann)).toBe(1);
	expect(results.map(outcomesOf)).toEqual([['sent'], ['sent']]);
});

test.each([true, false])('2: a skipped message whose earlier result is unclear stays skipped (restart: %s)', async (isRestart) => {
	const [ann, bob] = some(2);
	const chat = clerkChat((request, index) => (index === 0 ? LOST : isTo(bob, request) ? REFUSED : {}));
	const items = itemsTo([ann, bob], 'skipped');
	const first = await runNode(items, setup());
	// Another execution sends it.
	await runNode(itemsTo([ann], 'skipped'), setup());
	expect(chat.got(ann)).toBe(1);
	const again = skipping(sendAgain);
	const second = await retry(first, items, again);
	expect(chat.got(ann)).toBe(1);
	const third = await retry(second, items, {
		...skipping(sendAgain, toContinue),
		...(isRestart && { node: startProcess(1) }),
	});
	expect(chat.got(ann)).toBe(1);
	expect(outcomesOf(third)).toEqual(['sent', 'refused']);
});

test('2b: the same without Send Again in the last retry: it is returned as skipped', async () => {
	const [ann, bob] = some(2);
	const chat = clerkChat((request, index) => (index === 0 ? LOST : isTo(bob, request) ? REFUSED : {}));
	const items = itemsTo([ann, bob], 'skipped');
	const first = await runNode(items, setup());
	await runNode(itemsTo([ann], 'skipped'), setup());
	const second = await retry(first, items, skipping(sendAgain));
	const third = await retry(second, items, setup({}, toContinue));
	expect(chat.got(ann)).toBe(1);
	expect(outcomesOf(third)).toEqual(['sent', 'refused']);
});

test('3: a second try on record as failed does not make a first one forgotten that may have been sent', async () => {
	const ann = somebody();
	let tries = 0;
	const chat: Deliveries = clerkChat(() => {
		tries++;
		if (tries === 1) return UNLISTED;
		if (tries === 2) return LOST;
		return {};
	});
	const changing = { body: '={{ $json.text }} {{ Math.random() }}' };
	const items = itemsTo([ann], 'changing');
	const first = await runNode(items, setup({}, {}, changing));
	const second = await retry(first, items, setup(sendAgain, {}, changing));
	expect(chat.sent).toHaveLength(2);
	// Clerk Chat gave the second one up; the first one isn't listed yet.
	const text = String(chat.texts()[1]);
	chat.entries.push(entryOf({ text, to: ann }, { status: 'failed' }));
	const third = await retry(second, items, setup({}, toContinue, changing));
	expect(chat.got(ann)).toBe(1);
	expect(outcomesOf(third)).toEqual(['unknown']);
});

test('4: a group message found by a retry that texts one member only is sent for all', async () => {
	const [ann, bob, cat] = some(3);
	const chat = clerkChat((request, index) => (index === 0 ? UNLISTED : isTo(cat, request) ? REFUSED : {}));
	const items = itemsTo([`${ann}, ${bob}`, cat], 'group');
	const first = await runNode(items, setup());
	chat.list();
	const one = { recipients: "={{ $json.to.split(', ')[0] }}" };
	const second = await retry(first, items, setup({}, {}, one));
	const third = await retry(second, items, setup({}, toContinue));
	expect(outcomesOf(third)).toEqual(['sent', 'refused']);
	expect(counts(chat, [ann, bob])).toEqual([1, 1]);
});

test('4b: and nobody gets it again', async () => {
	const [ann, bob, cat] = some(3);
	const chat = clerkChat((request, index) => (index === 0 ? UNLISTED : isTo(cat, request) ? REFUSED : {}));
	const items = itemsTo([`${ann}, ${bob}`, cat], 'group');
	const first = await runNode(items, setup());
	chat.list();
	const one = { recipients: "={{ $json.to.split(', ')[0] }}" };
	const second = await retry(first, items, setup({}, {}, one));
	const separately = { severalNumbers: 'separately', ...sendAgain };
	await retry(second, items, setup(separately, toContinue));
	expect(counts(chat, [ann, bob])).toEqual([1, 1]);
});

test('5: found failed by one retry, whose own try is refused; the next retry of the first execution sends it', async () => {
	const ann = somebody();
	const chat = clerkChat([
		{ answer: UNCLEAR, isDelivered: true, onRecord: false },
		REFUSED,
	]);
	const items = itemsTo([ann], 'failed');
	const first = asSaved(await runNode(items, setup()));
	chat.list();
	Object.assign(chat.entries[0], { status: 'failed' });
	const second = await retry(first, items, setup({}, toContinue));
	expect(outcomesOf(second)).toEqual(['refused']);
	const third = await retry(first, items, setup({}, toContinue));
	expect(outcomesOf(third)).toEqual(['sent']);
});

test('5b: found failed by another execution; the retry sends it, as it would have without that', async () => {
	const ann = somebody();
	const chat = clerkChat([
		{ answer: UNCLEAR, isDelivered: true, onRecord: false },
		REFUSED,
	]);
	const items = itemsTo([ann], 'failed');
	const first = asSaved(await runNode(items, setup()));
	chat.list();
	Object.assign(chat.entries[0], { status: 'failed' });
	const second = await runNode(items, skipping({}, toContinue));
	expect(outcomesOf(second)).toEqual(['refused']);
	const third = await retry(first, items, setup({}, toContinue));
	expect(outcomesOf(third)).toEqual(['sent']);
});


test('6: what another retry has sent is returned as sent, though a third execution texted one of the group', async () => {
	const [ann, bob, cat] = some(3);
	let isAnnSent = false;
	const chat: Deliveries = clerkChat(async (request, index): Promise<Fate> => {
		if (index === 0) return { answer: [401, {}] };
		// Until the other retry sends the group message.
		if (isTo(cat, request)) await until(() => chat.sent.length === 3);
		// Until the third execution has texted Ann.
		if (isTo(bob, request)) await until(() => isAnnSent);
		return {};
	});
	const items = itemsTo([cat, `${ann}, ${bob}`], 'three at once');
	const first = await runNode(items, setup());
	const skips = retry(first, items, skipping({}, toContinue));
	await until(() => chat.sent.length === 2);
	const sends = retry(first, items, setup({ maxConcurrency: 2 }, toContinue));
	await until(() => chat.sent.length === 3);
	await runNode(itemsTo([ann], 'three at once'), setup());
	await sleep(20);
	isAnnSent = true;
	const results = await Promise.all([skips, sends]);
	expect(results.map(outcomesOf)).toEqual([
		['sent', 'sent'],
		['sent', 'sent'],
	]);
});

test('4c: a retry that sends Separately and Again finds a group message of another retry for all its people', async () => {
	const [ann, bob] = some(2);
	let isDone = false;
	const chat: Deliveries = clerkChat(
		async (_request, index): Promise<Fate> => {
			if (index === 0) return { answer: [401, {}] };
			await sleep(30);
			return index === 1 ? LISTED : {};
		},
		// The other retry's own search is slow.
		{
			onLook: async () => (chat.looks.length === isSlow ? await until(() => isDone) : undefined),
		},
	);
	const isSlow = 2;
	const items = itemsTo([`${ann}, ${bob}`], 'both ways');
	const first = await runNode(items, setup());
	const together = retry(first, items, setup({}, toContinue));
	await until(() => chat.sent.length === 2);
	const options = { severalNumbers: 'separately', ...sendAgain };
	const separate = await retry(first, items, setup(options, toContinue));
	isDone = true;
	expect(outcomesOf(await together)).toEqual(['sent']);
	expect(counts(chat, [ann, bob])).toEqual([1, 1]);
	expect(outcomesOf(separate)).toEqual(['sent']);
});



test('8: a group message sent is returned once and whole, however much others have sent since', async () => {
	const [ann, bob, cat] = some(3);
	const bulk = 'x'.repeat(1_000_000);
	clerkChat(
		(request) =>
			isTo(cat, request) ? REFUSED : isTo(ann, request) ? {} : { says: { bulk } },
		{ documented: false },
	);
	const items = itemsTo([`${ann}, ${bob}`, cat], 'kept');
	const first = asSaved(await runNode(items, setup()));
	await runNode(itemsTo(some(25), 'huge'), setup({}, toContinue));
	const again = await retry(first, items, setup({}, toContinue));
	expect(outcomesOf(again)).toEqual(['sent', 'refused']);
	expect(again.items[0].json.body).toBe('kept');
});


test('10: Send Again sends nothing that the record may show, while another execution has an equal message in flight', async () => {
	const ann = somebody();
	let isDone = false;
	const chat: Deliveries = clerkChat(async (_request, index): Promise<Fate> => {
		if (index === 0) return UNLISTED;
		if (index === 1) await until(() => isDone);
		return {};
	});
	const items = itemsTo([ann], 'blocked');
	const first = await runNode(items, setup());
	chat.list();
	// The workflow is started once more: that may text Ann, too.
	const other = runNode(items, setup({}, toContinue));
	await until(() => chat.sent.length === 2);
	const again = await Promise.race([retry(first, items, setup(sendAgain, toContinue)), sleep(2_000)]);
	isDone = true;
	await other;
	expect(chat.sent).toHaveLength(2);
	void again;
});

void [at, idsOf, wordsOf, FAILED];
