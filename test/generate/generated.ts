import { numberingPlansSource } from './numberingPlans';

/** The generated files, and what makes their source. */
export const generated: Record<string, () => string> = {
	'nodes/api/numberingPlans.ts': numberingPlansSource,
};
