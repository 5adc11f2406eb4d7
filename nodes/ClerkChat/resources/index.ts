import type { Resource } from '../shared/operation';
import { message } from './message';

/** Everything that the node can do, in the order in which people see it. */
export const resources: Resource[] = [message];
