import nock from 'nock';

/** A test's mistakes with the network. To the node they look like ended connections, so they are recorded here. */
export const mistakes: string[] = [];

/**
 * For the tests of one file: no request leaves this machine, and mocks and prepared responses are removed after each
 * test. A test with unanswered requests fails, whatever the node does with them.
 */
export function closeNetwork(): void {
	const unanswered = ({ method, host, path }: Record<string, string | undefined>) => {
		if (!host?.startsWith('127.0.0.1')) mistakes.push(`nobody answers ${method} ${path}`);
	};
	beforeAll(() => {
		if (!nock.isActive()) nock.activate();
		nock.disableNetConnect();
		nock.enableNetConnect('127.0.0.1');
		nock.emitter.on('no match', unanswered);
	});
	afterEach(() => {
		nock.cleanAll();
		jest.restoreAllMocks();
		expect(mistakes.splice(0)).toEqual([]);
	});
	afterAll(() => {
		nock.emitter.off('no match', unanswered);
		nock.enableNetConnect();
		// Jest runs other files in the same process, where requests would still pass through nock.
		nock.restore();
	});
}
