import { errorAnswer } from '../answer';
import { ownerId, teamId } from '../ids';
import type { Contact, ContactFields, Store } from '../store';
import type { Handlers } from './handler';

function pickFields({ name, email, phone, public: isPublic, data }: ContactFields): ContactFields {
	const given = Object.entries({ name, email, phone, public: isPublic, data });
	return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

function create(store: Store, fields: ContactFields): Contact {
	const now = new Date().toISOString();
	const contact = {
		id: String(store.contacts.size + 1),
		teamId,
		createdByUserId: ownerId,
		optOut: false,
		attributes: [],
		created: now,
		updated: now,
		...pickFields(fields),
	};
	store.contacts.set(contact.id, contact);
	return contact;
}

/** What the sandbox does with contacts, by operation ID of the OpenAPI document. */
export const contactHandlers: Handlers = {
	PublicContactsController_create: ({ store, body }) => ({
		status: 201,
		json: { data: create(store, body as ContactFields) },
	}),

	createContactsBatch: ({ store, body }) => ({
		status: 201,
		json: {
			data: (body as { contacts: ContactFields[] }).contacts.map((fields) => create(store, fields)),
		},
	}),

	/** Every query parameter is taken for a field that has to be equal. */
	searchContacts: ({ store, query }) => ({
		status: 200,
		json: {
			data: [...store.contacts.values()].filter((contact) =>
				Object.entries(query).every(
					([name, value]) => String(contact[name as keyof Contact]) === value,
				),
			),
		},
	}),

	/** Fields that are left out stay as they are; `data` is replaced. */
	updateContact: ({ store, params, body }) => {
		const contact = store.contacts.get(params.id);
		if (!contact) return errorAnswer(404, 'Not Found', `No contact has the id ${params.id}`);
		Object.assign(contact, pickFields(body as ContactFields), {
			updated: new Date().toISOString(),
		});
		return { status: 200, json: { data: contact } };
	},
};
