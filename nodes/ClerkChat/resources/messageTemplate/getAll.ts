import { LARGEST_PAGE } from '../../../api/pages';
import { returnAllOrPagedLimit } from '../../description/commonFields';
import type { Operation } from '../../operation';

/** Lists message templates. https://docs.clerk.chat/api-reference/messages/list-message-templates */
export const getAll: Operation = {
	kind: 'list',
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many message templates',
		description: 'Get the message templates of the team',
		routing: {
			request: { method: 'GET', url: '/public/message-templates', qs: { limit: LARGEST_PAGE } },
		},
	},
	fields: returnAllOrPagedLimit,
	list: { paged: true },
};
