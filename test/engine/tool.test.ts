import { clerkChatApi, messageObject } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { asTool } from './engine';

closeNetwork();

const parameters = {
	resource: 'message',
	operation: 'send',
	sender: '+14155550100',
	recipients: '+14155550123',
	body: 'Your table is booked.',
};

test('an agent gets the message back', async () => {
	const received = clerkChatApi(() => [201, { data: messageObject(4) }]);
	const answer = await asTool({ parameters })({});
	expect(received).toMatchObject([{ body: { body: 'Your table is booked.' }, violations: [] }]);
	expect(JSON.parse(String(answer))).toMatchObject([{ id: 4, status: 'sent' }]);
});

test('an agent may send the same text twice', async () => {
	const received = clerkChatApi(() => [201, { data: messageObject(4) }]);
	const call = asTool({ parameters });
	await call({});
	await call({});
	expect(received).toHaveLength(2);
});

test('what may have been sent is not sent again, neither by Retry On Fail nor by the agent', async () => {
	const received = clerkChatApi(() => [500, {}]);
	const call = asTool({ parameters, settings: { retryOnFail: true, waitBetweenTries: 1 } });
	await expect(call({})).rejects.toThrow(/trouble on its side[^]*not known whether/);
	await expect(call({})).rejects.toThrow(/trouble on its side[^]*not known whether/);
	expect(received).toHaveLength(1);
});

test('what was refused is tried again', async () => {
	const received = clerkChatApi((_request, index) =>
		index === 0 ? [422, {}] : [201, { data: messageObject(1) }],
	);
	const call = asTool({ parameters, settings: { retryOnFail: true, waitBetweenTries: 1 } });
	await expect(call({})).resolves.toContain('"id":1');
	expect(received).toHaveLength(2);
});

test('bad input names the field', async () => {
	const call = asTool({ parameters: { ...parameters, recipients: '+1 CALL ME' } });
	await expect(call({})).rejects.toThrow(/'To' holds something that is no phone number/);
});
