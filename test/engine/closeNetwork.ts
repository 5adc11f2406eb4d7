import nock from 'nock';

/** What a test did wrong with the network. To the node it looks like a connection that ended, so it is told apart here. */
export const mistakes: string[] = [];

/**
 * For the tests of one file: no request leaves this machine, and the answers that one test has set up, as well as what it
 * has mocked, are gone before the next. A test whose requests nobody answers fails, whatever the node makes of them.
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
