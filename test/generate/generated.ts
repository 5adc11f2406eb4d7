import { errorsPage } from './errorTable';
import { numberingPlansSource } from './numberingPlans';
import { timeZonesSource } from './timeZones';

/** The generated files, and what makes their source. */
export const generated: Record<string, () => string> = {
	'docs/errors.md': errorsPage,
	'nodes/api/numberingPlans.ts': numberingPlansSource,
	'nodes/ClerkChat/sending/guards/timeZones.ts': timeZonesSource,
};
