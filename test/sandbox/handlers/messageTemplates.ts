import type { Handlers } from './handler';
import { pageAnswer } from './paging';

export const messageTemplateHandlers: Handlers = {
	PublicMessageTemplatesController_listMessageTemplates: (call) =>
		pageAnswer(call, call.store.templates),
};
