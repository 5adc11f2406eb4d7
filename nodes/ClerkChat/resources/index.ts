import type { Resource } from '../operation';
import { agent } from './agent';
import { campaign } from './campaign';
import { contact } from './contact';
import { inbox } from './inbox';
import { message } from './message';
import { messageTemplate } from './messageTemplate';
import { user } from './user';

/** Everything that the node can do, in the order shown to people. */
export const resources: Resource[] = [
	agent,
	campaign,
	contact,
	inbox,
	message,
	messageTemplate,
	user,
];
