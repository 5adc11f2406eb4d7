/**
 * The "never"s of docs/architecture.md, for dependency-cruiser (`npm run house`).
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
	forbidden: [
		{
			name: 'no import circle',
			severity: 'error',
			from: {},
			to: { circular: true },
		},
		{
			name: 'api knows no node',
			severity: 'error',
			from: { path: '^nodes/api/' },
			to: { path: '^(nodes/(?!api/)|credentials/)' },
		},
		{
			name: 'triggers stand apart from the action node',
			severity: 'error',
			from: { path: '^nodes/ClerkChat\\w*Trigger/' },
			to: { path: '^nodes/ClerkChat/' },
		},
		{
			name: 'the action node stands apart from the triggers',
			severity: 'error',
			from: { path: '^nodes/ClerkChat/' },
			to: { path: '^nodes/ClerkChat\\w*Trigger/' },
		},
		{
			name: 'only sending decides whether to send',
			severity: 'error',
			from: { path: '^nodes/', pathNot: '^nodes/ClerkChat/sending/' },
			to: { path: '^nodes/ClerkChat/sending/(?!sendItems\\.ts$)' },
		},
		{
			name: 'what is published needs no tests',
			severity: 'error',
			from: { path: '^(nodes|credentials)/' },
			to: { path: '^test/' },
		},
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		// Types count too: a circle of types is one for whoever reads.
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'tsconfig.json' },
	},
};
