import type { IDataObject } from 'n8n-workflow';
import { closeNetwork } from './closeNetwork';
import { clerkChat, setup, somebody } from './deliveries';
import { leadingBack, runNode } from './engine';

closeNetwork();

test('an item led back that was not delivered comes out as its own message, not as that of another execution', async () => {
	const ann = somebody();
	const items = [{ to: ann, text: 'reminder' }];
	let other: Promise<unknown> | undefined;
	const chat = clerkChat(() => ({}), {
		onLook: async () => {
			if (other) return;
			// Tomorrow's execution says the same, and that one arrives.
			other = runNode(items, { ...setup(), executionId: '2' });
			await other;
			Object.assign(chat.entries[0], { status: 'failed', error: 'switched off' });
		},
	});
	const result = await runNode(items, leadingBack(1, setup({ waitForDeliverySeconds: 60 })));
	const runs = result.data.resultData.runData['Clerk Chat'].map(({ data }) => data?.main ?? []);
	expect(runs[1][0]).toMatchObject([
		{ json: { id: chat.entries[0].id, status: 'failed' } as IDataObject },
	]);
	expect(chat.got(ann)).toBe(2);
});

test('two equal items that were not delivered and are led back come out each as its own message', async () => {
	const ann = somebody();
	const items = [1, 2].map(() => ({ to: ann, text: 'equal' }));
	const chat = clerkChat(() => ({}), {
		onLook: () => chat.entries.forEach((each) => Object.assign(each, { status: 'failed' })),
	});
	const result = await runNode(items, leadingBack(1, setup({ waitForDeliverySeconds: 60 })));
	const runs = result.data.resultData.runData['Clerk Chat'].map(({ data }) => data?.main ?? []);
	const ids = runs[1][0]?.map(({ json }) => json.id);
	expect(ids).toEqual(chat.entries.map(({ id }) => id));
	expect(chat.got(ann)).toBe(2);
});
