import { ownerId, teamId } from './ids';

/** A message template as the API returns it. */
export interface MessageTemplate {
	id: number;
	teamId: string;
	name: string;
	body: string;
	type: string;
	isPersonal: boolean;
	attachmentIds: unknown[];
	created: string;
	updated: string;
	userId: string;
	externalId: string;
}

const templateCount = 60;

/** More templates than fit on one page; the first, `Welcome`, has a placeholder for the first name. */
export function seedTemplates(): MessageTemplate[] {
	return Array.from({ length: templateCount }, (_, index) => ({
		id: 101 + index,
		teamId,
		name: index === 0 ? 'Welcome' : `Template ${index + 1}`,
		body: index === 0 ? 'Hi {{first_name}}, good to have you.' : `Text of template ${index + 1}`,
		type: 'sms',
		isPersonal: false,
		attachmentIds: [],
		created: '2026-01-01T00:00:00.000Z',
		updated: '2026-01-01T00:00:00.000Z',
		userId: ownerId,
		externalId: `template-${index + 1}`,
	}));
}
