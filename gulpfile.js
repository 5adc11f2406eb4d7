const { spawn } = require('node:child_process');
const { mkdir, rm, writeFile } = require('node:fs/promises');
const { dirname, posix } = require('node:path');
const { build } = require('esbuild');
const { src, dest, series } = require('gulp');
const { n8n } = require('./package.json');

/** Where all of the package's code goes. n8n loads a file for each node and credential, and they share most of it. */
const BUNDLE = 'dist/clerkChat.js';

/** What n8n provides. */
const PROVIDED = ['n8n-workflow', 'luxon', 'lodash', 'zod', 'p-limit'];

/** The files that n8n loads, such as `dist/nodes/ClerkChat/ClerkChat.node.js`, and the class that it looks for in each. */
const loaded = [...n8n.nodes, ...n8n.credentials].map((file) => ({
	file,
	source: `./${file.replace(/^dist\//, '').replace(/\.js$/, '')}`,
	name: posix.basename(file).split('.')[0],
}));

/** Starts from nothing, so that a file deleted from the sources is not published. */
const clean = () => rm('dist', { recursive: true, force: true });

const types = () =>
	spawn(process.execPath, [require.resolve('typescript/bin/tsc'), '--noEmit'], {
		stdio: 'inherit',
	});

/** One file, without blanks: 200 files made the package 40 % larger. Names stay, so that a stack trace can be read. */
const bundle = () =>
	build({
		stdin: {
			contents: loaded.map(({ name, source }) => `export { ${name} } from '${source}';`).join('\n'),
			resolveDir: __dirname,
			loader: 'ts',
		},
		outfile: BUNDLE,
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'es2022',
		external: PROVIDED,
		charset: 'utf8',
		legalComments: 'none',
		minifyWhitespace: true,
		minifySyntax: true,
	});

const entries = () =>
	Promise.all(
		loaded.map(async ({ file, name }) => {
			const path = posix.relative(posix.dirname(file), BUNDLE);
			await mkdir(dirname(file), { recursive: true });
			await writeFile(file, `exports.${name} = require('${path}').${name};\n`);
		}),
	);

/** The icons and the codex files, at the same relative paths. */
const assets = () =>
	src(['icons/*.svg', 'nodes/**/*.node.json'], { base: '.', encoding: false }).pipe(dest('dist'));

exports.build = series(clean, types, bundle, entries, assets);
exports.default = exports.build;
