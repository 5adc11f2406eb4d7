import { closeNetwork } from './closeNetwork';
import { clerkChat, itemsTo, REFUSED, setup, somebody } from './deliveries';
import { leadingBack, retry, runNode } from './engine';

/* What does not hold yet. */

closeNetwork();

test('two retries at once of a node whose error output leads back: what is refused in one run is sent once', async () => {
	const ann = somebody();
	const chat = clerkChat([{ answer: [401, {}] }, { answer: REFUSED }]);
	const items = itemsTo([ann], 'comes back');
	const first = await runNode(items, setup());
	const again = async () => await retry(first, items, leadingBack(1, setup()));
	await Promise.all([again(), again()]);
	expect(chat.got(ann)).toBe(1);
});
