import { errorAnswer } from './answer';
import type { Answer } from './answer';
import type { Sandbox } from './sandbox';
import type { SettingsChanges } from './settings';
import type { StatusChange } from './statuses';
import { readIncomingText } from './texts';
import type { DeliverRequest } from './webhooks';

/** What the control interface answers, by method and name. */
const routes: Record<string, (sandbox: Controlled, body: unknown) => unknown> = {
	'GET requests': (sandbox) => sandbox.requests(),
	'GET messages': (sandbox) => sandbox.messages(),
	'GET stats': (sandbox) => sandbox.stats(),
	'GET deliveries': (sandbox) => sandbox.deliveries(),
	'POST settings': (sandbox, body) => sandbox.settings(body as SettingsChanges),
	'POST receive': (sandbox, body) => sandbox.receive(readIncomingText(body)),
	'POST status': (sandbox, body) => sandbox.setStatus(body as StatusChange),
	'POST reset': (sandbox) => sandbox.reset(),
};

/** What can be observed and controlled from outside a sandbox. */
export type Controlled = Omit<Sandbox, 'url' | 'port' | 'apiKey' | 'close'>;

/**
 * Answers a request to the control interface.
 *
 * @param sandbox what is looked into, or steered
 * @param route method and name, for example `GET stats`
 * @param body parsed JSON
 */
export async function answerControl(
	sandbox: Controlled,
	route: string,
	body: unknown,
): Promise<Answer> {
	if (route === 'POST deliver') {
		try {
			return { status: 200, json: await sandbox.deliver(body as DeliverRequest) };
		} catch (error) {
			return errorAnswer(502, 'Bad Gateway', String(error));
		}
	}
	if (!Object.hasOwn(routes, route)) {
		return errorAnswer(404, 'Not Found', `There is no ${route}`);
	}
	try {
		const json = routes[route](sandbox, body);
		return json === undefined ? { status: 204 } : { status: 200, json };
	} catch (error) {
		return errorAnswer(400, 'Bad Request', (error as Error).message);
	}
}
