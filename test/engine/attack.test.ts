import { closeNetwork } from './closeNetwork';
import {
	clerkChat,
	isTo,
	itemsTo,
	outcomesOf,
	REFUSED,
	setup,
	some,
	somebody,
	toContinue,
} from './deliveries';
import { leadingBack, retry, runNode } from './engine';

/* What does not hold yet. */

closeNetwork();

test('a group message sent is returned once and whole, however much others have sent since', async () => {
	const [ann, bob, cat] = some(3);
	const bulk = 'x'.repeat(1_000_000);
	clerkChat(
		(request) => (isTo(cat, request) ? REFUSED : isTo(ann, request) ? {} : { says: { bulk } }),
		{ documented: false },
	);
	const items = itemsTo([`${ann}, ${bob}`, cat], 'kept');
	const first = await runNode(items, setup());
	await runNode(itemsTo(some(25), 'huge'), setup({}, toContinue));
	const again = await retry(first, items, setup({}, toContinue));
	expect(outcomesOf(again)).toEqual(['sent', 'refused']);
	expect(again.items[0].json.body).toBe('kept');
});

test('two retries at once of a node whose error output leads back: what is refused in one run is sent once', async () => {
	const ann = somebody();
	const chat = clerkChat([{ answer: [401, {}] }, { answer: REFUSED }]);
	const items = itemsTo([ann], 'comes back');
	const first = await runNode(items, setup());
	const again = async () => await retry(first, items, leadingBack(1, setup()));
	await Promise.all([again(), again()]);
	expect(chat.got(ann)).toBe(1);
});
