import nock from 'nock';

/**
 * For the tests of one file: no request leaves this machine, and the answers that one test has set up, as well as what it
 * has mocked, are gone before the next.
 */
export function closeNetwork(): void {
	beforeAll(() => {
		nock.disableNetConnect();
		nock.enableNetConnect('127.0.0.1');
	});
	afterEach(() => {
		nock.cleanAll();
		jest.restoreAllMocks();
	});
	afterAll(() => nock.enableNetConnect());
}
