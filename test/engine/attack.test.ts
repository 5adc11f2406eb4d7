import { closeNetwork } from './closeNetwork';
import {
	clerkChat,
	isTo,
	itemsTo,
	outcomesOf,
	REFUSED,
	setup,
	some,
	toContinue,
} from './deliveries';
import { retry, runNode } from './engine';

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
