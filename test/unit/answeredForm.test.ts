import { changedForms } from '../../nodes/api/answeredForm';

/* The form in which Clerk Chat returns what was requested. */

const asked = {
	sender: '+14155550100',
	recipients: ['+14155550123'],
	body: 'Your order “4711” has shipped.',
};
const given = { id: 1, sender: asked.sender, members: asked.recipients, body: asked.body };

test('no change if everything is as requested, or missing', () => {
	expect(changedForms(asked, given)).toEqual([]);
	expect(changedForms(asked, { ...given, members: [asked.sender, '+14155550123'] })).toEqual([]);
	expect(changedForms(asked, { id: 1 })).toEqual([]);
});

test('changes that matching can handle', () => {
	const message = {
		...given,
		sender: '14155550100',
		members: ['(415) 555-0123'],
		body: 'Your order "4711" has shipped.',
	};
	expect(changedForms(asked, message)).toEqual([
		{ field: 'sender', asked: asked.sender, given: '14155550100', isBridged: true },
		{ field: 'people', asked: '+14155550123', given: '(415) 555-0123', isBridged: true },
		{ field: 'text', asked: asked.body, given: message.body, isBridged: true },
	]);
});

test("changes that it can't", () => {
	const message = {
		...given,
		sender: 'Support',
		members: [{ id: 812, name: 'Anna' }],
		body: `${asked.body} Reply STOP to opt out.`,
	};
	expect(changedForms(asked, message)).toEqual([
		{ field: 'sender', asked: asked.sender, given: 'Support', isBridged: false },
		{ field: 'people', asked: '+14155550123', given: '{"id":812,"name":"Anna"}', isBridged: false },
		{ field: 'text', asked: asked.body, given: message.body, isBridged: false },
	]);
});
