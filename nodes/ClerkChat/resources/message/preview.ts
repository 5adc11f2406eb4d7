import type { IDataObject } from 'n8n-workflow';
import type { ApiRequest } from '../../../api/requester';
import { oddNumbersIn } from '../../description/oddNumbers';
import { segmentsOf } from '../../fields/segments';

/** What would go out, for a test run that only shows it. What people look for stands first, where a table shows it. */
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
