import type { Buttons } from './question';

/** Words that mean yes or no on their own, also when repeated. */
const YES = 'yes y yeah yep yup ok okay k kk sure approve approved 👍 👌 ✅ ✔'.split(' ');
const NO = 'no n nope nah decline declined 👎 ❌ ✖'.split(' ');

const YES_PHRASES = ['o k', 'yes please', 'sounds good', 'go ahead', 'that works'];

/** What may follow a yes or no without changing it. */
const THANKS = ['thanks', 'thank you'];

/** What the first word of a button means, in addition to the words above. */
const YES_LABELS = 'accept accepted agree agreed allow confirm confirmed proceed'.split(' ');
const NO_LABELS = 'deny denied disagree disapprove refuse refused reject rejected'.split(' ');

/** A label with one of these words may mean the opposite of how it begins. */
const TURNS = /\b(but|cancel|dont|later|never|not|stop)\b/;

export type Meaning = 'yes' | 'no';

/** Lower case, without punctuation and emoji skin tones, with single spaces. */
export function plain(text: string): string {
	return text
		.normalize('NFKC')
		.toLowerCase()
		.replace(/\p{Emoji_Modifier}|[\u{fe0e}\u{fe0f}]|\u{200d}|\u{20e3}/gu, '')
		.replace(/\p{So}/gu, ' $& ')
		.replace(/\p{P}/gu, (mark) => (mark === "'" || mark === '’' ? '' : ' '))
		.replace(/[\p{Cc}\p{Cf}]/gu, ' ')
		.replace(/\s+/g, ' ')
		.trim();
}

/** A plain text as people write it without accents: "si" for "sí", "HAYIR" for "hayır", "SCHLIESSEN". */
export function unaccented(said: string): string {
	// Keep strokes through letters: they cross out what is written.
	return said
		.toUpperCase()
		.toLowerCase()
		.normalize('NFD')
		.replace(/[\u0300-\u0333\u0339-\u036f]/g, '')
		.normalize('NFC')
		.replace(/ς/g, 'σ');
}

/** The meaning of a whole plain text; repetition doesn't change it ("yes yes", "Ok 👍", "sure, that works"). */
export function meaningOf(said: string): Meaning | undefined {
	if (consistsOf(said, [...YES, ...YES_PHRASES])) return 'yes';
	return consistsOf(said, NO) ? 'no' : undefined;
}

/**
 * The words that count in addition to the labels: a word counts if it means the same as a button, and no button means
 * the opposite.
 */
export function wordsThatCount({ approve, decline }: Buttons): Set<Meaning> {
	const first = meaningOfLabel(approve);
	const second = decline === undefined ? undefined : meaningOfLabel(decline);
	const words = new Set<Meaning>();
	// A button "No" that approves reverses the words. With the buttons "Yes, now" and "Yes, later", a "yes" may mean
	// either.
	if (beginningOf(approve) === 'no' || beginningOf(decline ?? '') === 'yes') return words;
	if (first === 'yes') words.add('yes');
	if (second === 'no') words.add('no');
	return words;
}

function meaningOfLabel(label: string): Meaning | undefined {
	const said = plain(label);
	return TURNS.test(said) ? undefined : beginningOf(label);
}

function beginningOf(label: string): Meaning | undefined {
	const said = plain(label);
	const [first] = said.split(' ');
	if (YES_LABELS.includes(first)) return 'yes';
	if (NO_LABELS.includes(first)) return 'no';
	return meaningOf(said) ?? meaningOf(first);
}

/** Whether a text consists only of such words and phrases, apart from a "thanks" at its end. */
function consistsOf(said: string, units: string[]): boolean {
	let rest = said;
	const cut = (among: string[]) => {
		const unit = among.find((each) => rest === each || rest.startsWith(`${each} `));
		if (unit !== undefined) rest = rest.slice(unit.length).trim();
		return unit !== undefined;
	};
	// Longest first, so that "yes please" isn't read as "yes" and something else.
	const longestFirst = [...units].sort((a, b) => b.length - a.length);
	let count = 0;
	while (rest !== '' && cut(longestFirst)) count++;
	if (count > 0) cut(THANKS);
	return count > 0 && rest === '';
}
