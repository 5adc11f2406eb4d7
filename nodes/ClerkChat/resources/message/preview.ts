import type { IDataObject } from 'n8n-workflow';
import type { ApiRequest } from '../../../api/requester';
import { oddNumbersIn } from '../../description/oddNumbers';
import { segmentsOf } from '../../fields/segments';

/**
 * The message that a test run shows instead of sending. The most important fields come first, so that a table shows
 * them.
 */
export function previewOf({ body: { recipients, body, ...rest } = {} }: ApiRequest): IDataObject {
	const warnings = oddNumbersIn(recipients as string[]);
	return {
		status: 'preview',
		recipients,
		body,
		...(warnings.length > 0 && { warnings }),
		...segmentsOf(String(body)),
		...rest,
	};
}
