/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resources } from '../../nodes/ClerkChat/resources';

const fileText = (path: string) => readFileSync(join(__dirname, '../..', path), 'utf8');

/** Everything that the node can do, by the names that people see. */
const all = resources.flatMap(({ option, operations }) =>
	operations.map((operation) => ({
		names: [option.name, operation.option.name],
	})),
);

test("the README's table of operations is complete, in the same order", () => {
	const [, table] = fileText('README.md').split('| Resource | Operation |');
	const rows = table.split('\n\n')[0].split('\n').slice(2);
	expect(rows.map((row) => row.split(' | ').slice(0, 2))).toEqual(
		all.map(({ names: [resource, operation] }) => [`| ${resource}`, operation]),
	);
});

test('resources and operations are listed alphabetically, sending first', () => {
	for (const list of [resources, ...resources.map(({ operations }) => operations)]) {
		const names = list.map(({ option }) => option.name);
		const rank = (name: string) => (name.startsWith('Send') ? 0 : 1);
		expect(names).toEqual([...names].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)));
	}
});

test.each(resources)('$option.name: the default operation is one of its own', (resource) => {
	const values = resource.operations.map(({ option }) => option.value);
	expect(values).toContain(resource.defaultOperation);
});
