import { closeNetwork } from './closeNetwork';
import { clerkChatApi } from './clerkChatApi';
import type { Answer } from './clerkChatApi';
import { leadingBack, retry, runNode } from './engine';

closeNetwork();

test.each([true, false])(
	'a contact that is refused in one run is created once by two retries (at once: %s)',
	async (atOnce) => {
		const answers: Answer[] = [
			[401, {}],
			[422, { message: 'no' }],
		];
		let made = 0;
		const sent = clerkChatApi(
			async () => answers.shift() ?? [201, { data: { id: String(++made), name: 'Ann' } }],
		);
		const setup = {
			parameters: {
				resource: 'contact',
				operation: 'create',
				additionalFields: {
					name: '={{ $json.name }}',
					phoneNumber: '={{ $json.phone }}',
					phone: '={{ $json.phone }}',
				},
				options: {},
			},
		};
		const items = [{ name: 'Ann', phone: '+14157654321' }];
		const stopped = await runNode(items, setup);
		const again = async () => await retry(stopped, items, leadingBack(1, setup));
		const one = again();
		if (!atOnce) await one;
		const results = await Promise.all([one, again()]);
		expect(made).toBe(1);
	},
);
