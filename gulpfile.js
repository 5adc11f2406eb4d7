const { spawn } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { src, dest, series } = require('gulp');

/** Starts from nothing, so that a file deleted from the sources is not published. */
const clean = () => rm('dist', { recursive: true, force: true });

const compile = () =>
	spawn(process.execPath, [require.resolve('typescript/bin/tsc')], { stdio: 'inherit' });

/** What the compiler leaves behind: the icons and the codex files, at the same relative paths. */
const assets = () =>
	src(['icons/*.svg', 'nodes/**/*.node.json'], { base: '.', encoding: false }).pipe(dest('dist'));

exports.build = series(clean, compile, assets);
exports.default = exports.build;
