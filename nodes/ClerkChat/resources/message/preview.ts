import type { IDataObject } from 'n8n-workflow';
import type { ApiRequest } from '../../../api/requester';
import { segmentsOf } from '../../fields/segments';

/** What would go out, for a test run that only shows it. What people look for stands first, where a table shows it. */
export function previewOf({ body: { recipients, body, ...rest } = {} }: ApiRequest): IDataObject {
	return { status: 'preview', recipients, body, ...segmentsOf(String(body)), ...rest };
}
