import type { Handlers } from './handler';
import { pageAnswer } from './paging';

/** What the sandbox does with message templates, by operation ID of the OpenAPI document. */
export const messageTemplateHandlers: Handlers = {
	PublicMessageTemplatesController_listMessageTemplates: (call) =>
		pageAnswer(call, call.store.templates),
};
