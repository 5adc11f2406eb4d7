import { returnAllOrLimit } from '../../description/commonFields';
import type { Operation } from '../../operation';

/** Lists message templates. https://docs.clerk.chat/api-reference/messages/list-message-templates */
export const getAll: Operation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many message templates',
		description: 'Get the message templates of the team',
	},
	fields: returnAllOrLimit,
	read: { query: () => ({ url: '/public/message-templates', qs: {} }), paged: true },
};
