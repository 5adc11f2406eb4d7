import { carrierMeaningOf, carrierWordIn } from '../../nodes/api/carrierWords';

const named =
	'STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT ARRET REMOVE HELP INFO START UNSTOP'.split(
		' ',
	);

test.each(named)('%s, in any spelling', (word) => {
	const lower = word.toLowerCase();
	const ways = [word, lower, ` ${word}. `, `${lower}!`, `"${word}"`, `${lower} please`];
	ways.push(`Please, ${lower}`, `${lower} me`, `please ${lower} me.`, `${word}\n`);
	expect(ways.map(carrierWordIn)).toEqual(ways.map(() => word));
});

test.each([
	['OPT OUT', 'OPTOUT'],
	['opt-out', 'OPTOUT'],
	['Stop all', 'STOPALL'],
	['Arrêt', 'ARRET'],
	['ARRE\u0302T', 'ARRET'],
	['\u200eSTOP', 'STOP'],
	['pls stop', 'STOP'],
	['STOP STOP', 'STOP'],
	['C A N C E L', 'CANCEL'],
	['ＳＴＯＰ', 'STOP'],
	['Stop! Stop!! Please stop', 'STOP'],
	['opt out, opt out', 'OPTOUT'],
	['Stop 🛑', 'STOP'],
	['🙏🏽 STOP ❤️', 'STOP'],
	[`STOP${' '.repeat(56)}`, 'STOP'],
])('%j is %s', (text, word) => {
	expect(carrierWordIn(text)).toBe(word);
});

test.each([
	'YES',
	'yes please',
	'please',
	'me',
	'',
	'.',
	'Stop by at 5',
	'stop 2',
	'stop it',
	'The end',
	'Help me move on Friday',
	'start tomorrow',
	'nonstop',
	`STOP${' '.repeat(57)}`,
	undefined,
	null,
	7,
	{ body: 'STOP' },
])("%j isn't one", (text) => {
	expect(carrierWordIn(text)).toBeUndefined();
	expect(carrierMeaningOf(text)).toBeUndefined();
});

test('their meaning', () => {
	expect(named.map(carrierMeaningOf)).toEqual([
		...Array<string>(10).fill('stop'),
		...['help', 'help', 'start', 'start'],
	]);
});
