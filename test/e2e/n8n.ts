/** A real n8n for tests, demo and benchmark: everything they need in one place. */
export { DEFAULT_N8N_VERSION, installN8n, type InstalledN8n } from './installN8n';
export { packNode } from './packNode';
export { N8n, OWNER, startN8n, type N8nOptions } from './startN8n';
export {
	failureOf,
	itemsFrom,
	N8nRest,
	type CredentialTest,
	type Execution,
	type ExecutionSummary,
} from './n8nRest';
export { credentialFor, startWithSandbox, type Started } from './startWithSandbox';
export { readWorkflow, withParameters, type WorkflowFile } from './workflowFile';
