import { LoadOptionsContext } from 'n8n-core';
import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { additionalData, API_KEY, workflowOf } from './engine';
import type { Setup } from './engine';

/** What n8n passes to a picker in the editor: its own context, with its own way to make requests. */
export function editor(
	baseUrl: string,
	apiKey = API_KEY,
	more: Partial<Setup['credentials']> = {},
): ILoadOptionsFunctions {
	const setup: Setup = { parameters: {}, credentials: { apiKey, baseUrl, ...more } };
	const workflow = workflowOf([], setup);
	const node = workflow.getNode('Clerk Chat')!;
	return new LoadOptionsContext(workflow, node, additionalData(setup), '');
}
