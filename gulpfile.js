const { spawn } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { Transform } = require('node:stream');
const { src, dest, series } = require('gulp');

/** Starts from nothing, so that a file deleted from the sources is not published. */
const clean = () => rm('dist', { recursive: true, force: true });

const compile = () =>
	spawn(process.execPath, [require.resolve('typescript/bin/tsc')], { stdio: 'inherit' });

/** The compiler knows no tabs; its four spaces are 2 % of the package. */
const tabs = () =>
	src('dist/**/*.js')
		.pipe(
			new Transform({
				objectMode: true,
				transform(file, _, done) {
					const indented = file.contents
						.toString()
						.replace(/^( {4})+/gm, (spaces) => '\t'.repeat(spaces.length / 4));
					file.contents = Buffer.from(indented);
					done(null, file);
				},
			}),
		)
		.pipe(dest('dist'));

/** What the compiler leaves behind: the icons and the codex files, at the same relative paths. */
const assets = () =>
	src(['icons/*.svg', 'nodes/**/*.node.json'], { base: '.', encoding: false }).pipe(dest('dist'));

exports.build = series(clean, compile, tabs, assets);
exports.default = exports.build;
