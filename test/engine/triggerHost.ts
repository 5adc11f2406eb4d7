/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type {
	ClientRequest,
	IncomingMessage,
	OutgoingHttpHeaders,
	Server,
	ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { HookContext, WebhookContext } from 'n8n-core';
import { Workflow } from 'n8n-workflow';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INode,
	INodeExecutionData,
	INodeParameters,
	IWebhookData,
	IWebhookDescription,
	IWebhookResponseData,
	IWorkflowExecuteAdditionalData,
	Logger,
	WorkflowActivateMode,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { ClerkChatTrigger } from '../../nodes/ClerkChatTrigger/ClerkChatTrigger.node';

/** What n8n adds to a request before a node sees it (n8n's body-parser and parse-incoming-message). */
type Request = IncomingMessage & {
	rawBody?: Buffer;
	readRawBody?: () => Promise<void>;
	body?: unknown;
	contentType?: string;
};

/** The part of Express's response that n8n and the node use. */
type Response = ServerResponse & {
	status: (code: number) => Response;
	json: (body: unknown) => void;
};

/** How one trigger is set up. */
export interface Trigger {
	workflowId?: string;
	nodeId?: string;
	parameters?: INodeParameters;
	/** `undefined`: the credential was deleted. */
	credential?: ICredentialDataDecryptedObject;
}

/** What Clerk Chat gets back. */
export interface Answer {
	status: number;
	body: string;
}

/** Everything about a delivery that a test may change. */
export interface Sending {
	headers?: OutgoingHttpHeaders;
	/** A production call if not given; `manual` is a call to the test URL. */
	mode?: WorkflowExecuteMode;
}

const NODE = 'Clerk Chat Trigger';

/**
 * How long n8n takes to write an execution to its database, in ms. Requests that overlap do so here, as they do in n8n.
 */
const MS_TO_START = 20;

/**
 * Stands in for the part of n8n that takes webhook calls, and follows n8n 2.41.1 step by step: `body-parser.js`,
 * `live-webhooks.js`, `webhook-helpers.js`, `workflow-runner.js`, `workflow-static-data.service.js`. The context that
 * the node runs in is n8n-core's own, and the calls come over HTTP.
 */
export class TriggerHost {
	/** The items that each execution started with. */
	executions: INodeExecutionData[][] = [];

	/** What n8n would record as a failed execution: errors that the node threw. */
	failures: unknown[] = [];

	/** Everything that was logged, with its details. */
	logged: string[] = [];

	/** For which events n8n cannot start executions, because its database or queue is down. */
	startFails: (event: IDataObject) => boolean = () => false;

	/** What n8n answers then. */
	statusOfFailure = 500;

	/** What n8n waits for while it starts an execution. */
	whileStarting: (response: Response) => Promise<unknown> = async () => await wait(MS_TO_START);

	/** n8n 1.x does not copy the workflow before it starts an execution; this one is also done at once. */
	isOldAndQuick = false;

	/** Of the trigger node in the workflow. */
	typeVersion = 2;

	/** The static data in the database, as text, by workflow. */
	stored = new Map<string, string>();

	private readonly node = new ClerkChatTrigger();

	private readonly server: Server = createServer((request, response) => {
		void this.handle(request as Request, response as Response);
	});

	/** @param trigger how it is set up; may be changed between calls */
	constructor(public trigger: Trigger) {}

	async start(): Promise<void> {
		this.server.listen(0, '127.0.0.1');
		await once(this.server, 'listening');
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		this.server.close();
		await once(this.server, 'close');
	}

	/**
	 * What n8n does before it takes calls: when a workflow is published, when n8n starts, and with `manual` when the editor
	 * listens (n8n 2.41.1's `webhook.service.js`, createWebhookIfNotExists).
	 *
	 * @throws what the node throws: the workflow is not published then
	 */
	async activate(activation: WorkflowActivateMode = 'activate'): Promise<void> {
		const workflow = this.workflowOf(undefined);
		const [webhookDescription] = this.node.description.webhooks as IWebhookDescription[];
		const context = new HookContext(
			workflow,
			workflow.getNode(NODE) as INode,
			this.additionalData(),
			activation === 'manual' ? 'manual' : 'trigger',
			activation,
			{ webhookDescription } as IWebhookData,
		);
		Object.defineProperty(context, 'logger', { value: this.logger });
		const { checkExists, create } = this.node.webhookMethods.default;
		if (!(await checkExists())) await create.call(context);
	}

	/** The static data of the trigger's node as stored in the database. */
	staticData(workflowId = this.workflowId): IDataObject {
		const all = JSON.parse(this.stored.get(workflowId) ?? '{}') as Record<string, IDataObject>;
		return all[`node:${NODE}`] ?? {};
	}

	/** Calls the webhook with these bytes and waits for the answer. */
	async send(body: string | Buffer, sending: Sending = {}): Promise<Answer> {
		const call = this.callOf(sending);
		call.end(body);
		const [answer] = (await once(call, 'response')) as [IncomingMessage];
		return { status: answer.statusCode ?? 0, body: (await readAll(answer)).toString('utf8') };
	}

	/** Calls the webhook, closes the connection while n8n is starting the workflow, and waits until it has answered. */
	async sendAndHangUp(body: string, sending: Sending): Promise<void> {
		const call = this.callOf(sending);
		call.on('error', () => {});
		const { whileStarting } = this;
		await new Promise<void>((resolve) => {
			this.whileStarting = async (response) => {
				response.once('prefinish', resolve);
				call.destroy();
				await once(response, 'close');
			};
			call.end(body);
		});
		this.whileStarting = whileStarting;
	}

	private callOf({ headers = {}, mode = 'webhook' }: Sending): ClientRequest {
		const { port } = this.server.address() as AddressInfo;
		return httpRequest({
			port,
			method: 'POST',
			agent: false,
			headers: { 'content-type': 'application/json', 'x-test-mode': mode, ...headers },
		});
	}

	private get logger(): Logger {
		const log = (message: string, details?: object) => {
			this.logged.push(`${message} ${JSON.stringify(details)}`);
		};
		return { error: log, warn: log, info: log, debug: log };
	}

	private get workflowId(): string {
		return this.trigger.workflowId ?? 'workflow';
	}

	private async handle(request: Request, response: Response): Promise<void> {
		const mode = request.headers['x-test-mode'] as WorkflowExecuteMode;
		delete request.headers['x-test-mode'];
		response.status = (code) => Object.assign(response, { statusCode: code });
		response.json = (body) => {
			response.setHeader('content-type', 'application/json');
			response.end(JSON.stringify(body));
		};
		try {
			await readBody(request, this.typeVersion);
		} catch {
			response.status(422).json({ message: 'Failed to parse request body' });
			return;
		}
		await this.callNode(request, response, mode);
	}

	private async callNode(
		request: Request,
		response: Response,
		mode: WorkflowExecuteMode,
	): Promise<void> {
		const { workflowId } = this;
		const text = mode === 'manual' ? undefined : this.stored.get(workflowId);
		const staticData = text === undefined ? undefined : (JSON.parse(text) as IDataObject);
		const workflow = this.workflowOf(staticData);
		const [description] = this.node.description.webhooks as IWebhookDescription[];
		let result: IWebhookResponseData;
		try {
			const context = new WebhookContext(
				workflow,
				workflow.getNode(NODE) as INode,
				this.additionalData(request, response),
				mode,
				{ webhookDescription: description } as IWebhookData,
				[],
				null,
			);
			Object.defineProperty(context, 'logger', { value: this.logger });
			result = await this.node.webhook.call(context);
		} catch (error) {
			this.failures.push(error);
			response.status(500).json({ message: 'Workflow could not be started!' });
			return;
		}
		if (result.workflowData !== undefined) {
			if (!this.isOldAndQuick) {
				// n8n copies the workflow here, which takes away the mark that its static data were changed.
				this.workflowOf(staticData);
				await this.whileStarting(response);
			}
			if (this.startFails(result.workflowData[0][0].json)) {
				const message = 'There was a problem executing the workflow';
				response.status(this.statusOfFailure).json({ message });
				return;
			}
			this.executions.push(...result.workflowData);
		}
		const changed = (workflow.staticData as { __dataChanged?: boolean }).__dataChanged === true;
		if (changed && mode !== 'manual') {
			this.stored.set(workflowId, JSON.stringify(workflow.staticData));
		}
		if (result.noWebhookResponse) return;
		if (result.workflowData !== undefined) response.end(description.responseData);
		else response.json(result.webhookResponse ?? { message: 'Webhook call received' });
	}

	private workflowOf(staticData: IDataObject | undefined): Workflow {
		const node: INode = {
			id: this.trigger.nodeId ?? 'trigger',
			name: NODE,
			type: 'n8n-nodes-clerk-chat.clerkChatTrigger',
			typeVersion: this.typeVersion,
			position: [0, 0],
			parameters: { ...this.trigger.parameters },
			credentials: { clerkChatApi: { id: '1', name: 'Clerk Chat' } },
		};
		return new Workflow({
			id: this.workflowId,
			nodes: [node],
			connections: {},
			active: true,
			nodeTypes: {
				getByName: () => this.node,
				getByNameAndVersion: () => this.node,
				getKnownTypes: () => ({}),
			},
			staticData,
		});
	}

	private additionalData(request?: Request, response?: Response): IWorkflowExecuteAdditionalData {
		const { credential } = this.trigger;
		return {
			httpRequest: request,
			httpResponse: response,
			credentialsHelper: {
				isCredentialUsableByNode: () => true,
				getDecrypted: async () => {
					if (credential === undefined) throw new Error('Credential does not exist');
					return credential;
				},
			},
		} as unknown as IWorkflowExecuteAdditionalData;
	}
}

/**
 * What n8n does with a body before the node is called: it undoes gzip, keeps the bytes in `rawBody`, and parses them where
 * the content type says JSON; JSON that cannot be parsed ends there, with 422. For a node of version 2 it does so with
 * the content types it knows, and leaves the others to the node.
 */
async function readBody(request: Request, version: number): Promise<void> {
	request.contentType = request.headers['content-type']?.split(';')[0].toLowerCase().trim();
	const gzipped = request.headers['content-encoding'] === 'gzip';
	request.readRawBody = async () => {
		if (request.rawBody) return;
		if (!request.readable) throw new Error('Request body stream was aborted or is not readable');
		request.rawBody = await readAll(gzipped ? request.pipe(createGunzip()) : request);
	};
	if (request.contentType === 'multipart/form-data') {
		await readAll(request);
		request.body = { data: {}, files: {} };
		return;
	}
	if (version > 1 && !KNOWN_TYPES.some((type) => request.contentType?.startsWith(type))) return;
	await request.readRawBody();
	const text = request.rawBody!.toString('utf8');
	if (text === '') return;
	if (request.contentType === 'application/json') request.body = JSON.parse(text);
	if (request.contentType === 'text/plain') request.body = text;
	if (request.contentType === 'application/x-www-form-urlencoded') request.body = { [text]: '' };
}

const KNOWN_TYPES = ['application/json', 'text/plain', 'application/x-www-form-urlencoded'];

async function readAll(stream: NodeJS.ReadableStream): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of stream) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}
