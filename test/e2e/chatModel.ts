/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { N8n } from './startN8n';

/** What an agent says to its model: the parts of OpenAI's chat completions that are used here. */
export interface Conversation {
	messages: Array<{ role: string; content: string | null }>;
	tools?: Array<{ function: { name: string; description: string; parameters: object } }>;
}

/** Simulates OpenAI's chat completions. */
export interface ChatModel {
	/** What the credential for OpenAI takes as 'Base URL'. */
	url: string;
	/** The requests received, oldest first. */
	conversations: Conversation[];
	/** What the model calls its first tool with, once in each conversation; undefined: it calls none. */
	toolInput?: object;
	close(): Promise<void>;
}

/** Gives n8n a credential for OpenAI that leads to the model. @returns its ID */
export async function createModelCredential(n8n: N8n, { url }: ChatModel): Promise<string> {
	return await n8n.createCredential('openAiApi', 'OpenAI account', {
		apiKey: 'not-needed-here',
		url,
	});
}

/**
 * Starts a model that calls the first tool offered, if it is told to call one, and then repeats the result. Otherwise
 * it repeats the last message.
 */
export async function startChatModel(): Promise<ChatModel> {
	const server = createServer(async (request, response) => {
		let text = '';
		for await (const chunk of request) text += String(chunk);
		const conversation = JSON.parse(text) as Conversation;
		model.conversations.push(conversation);
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify(completion(conversation, model.toolInput)));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const model: ChatModel = {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		conversations: [],
		close: async () => {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
	return model;
}

function completion({ messages, tools }: Conversation, toolInput?: object): object {
	const last = messages.at(-1);
	const call = {
		id: 'call_1',
		type: 'function',
		function: { name: tools?.[0]?.function.name, arguments: JSON.stringify(toolInput) },
	};
	const isAnswered = last?.role === 'tool';
	const calls = tools !== undefined && toolInput !== undefined && !isAnswered;
	const said = isAnswered ? `The tool said: ${last?.content}` : `You wrote: ${last?.content}`;
	const message = calls
		? { role: 'assistant', content: null, tool_calls: [call] }
		: { role: 'assistant', content: said };
	return {
		id: 'chatcmpl-1',
		object: 'chat.completion',
		created: 0,
		model: 'test',
		choices: [{ index: 0, finish_reason: calls ? 'tool_calls' : 'stop', message }],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}
