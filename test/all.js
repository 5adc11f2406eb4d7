const { spawn } = require('node:child_process');

/** Runs a command to its end. @returns its exit code, and what it printed where that was not printed at once */
const run = (command, options) =>
	new Promise((resolve) => {
		const child = spawn(command, { shell: true, ...options });
		let printed = '';
		for (const stream of [child.stdout, child.stderr])
			stream?.on('data', (data) => (printed += data));
		child.on('close', (code) => resolve({ command, code: code ?? 1, printed }));
	});

/** `npm test`: the checks beside the tests, as each of them keeps one core busy at most. What they find comes last. */
async function runAll() {
	const files = process.argv.slice(2).map((argument) => JSON.stringify(argument));
	const ended = await Promise.all([
		run(['jest', ...files].join(' '), { stdio: 'inherit' }),
		run('npm run --silent typecheck'),
		run('npm run --silent house'),
	]);
	for (const { command, code, printed } of ended) {
		if (code !== 0) {
			console.error(`\n${command}: failed\n${printed}`);
			process.exitCode = 1;
		} else if (printed) console.log(printed.trim());
	}
}

void runAll();
