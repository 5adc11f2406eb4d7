import { readReply } from '../../nodes/ClerkChat/waiting/replies';
import type { Buttons, Question } from '../../nodes/ClerkChat/waiting/question';

/* What each text means for an approval, for two labels unrelated to yes and no, and for a free text question. */

const MESSAGE = 'May we charge $500 for the repair?';

const ask = (buttons?: Buttons, isNumbered = false): Question => ({
	message: MESSAGE,
	until: '3000-01-01T00:00:00.000Z',
	replyHours: 24,
	...(buttons && { buttons, isNumbered }),
});

const approval = ask({ approve: 'Approve', decline: 'Decline' });
const labels = ask({ approve: 'Morning', decline: 'Afternoon' }, true);
const freeText = ask();

/** `1` and `2` are the buttons, `text` is a text; otherwise why it is no answer. */
function meaning(question: Question, text: string): string {
	const { says, answer } = readReply(question, text);
	if (!answer) return says;
	return 'approved' in answer ? (answer.approved ? '1' : '2') : 'text';
}

const NOT = 'notUnderstood';

/** The texts of a row, and what each of them means for the three questions. */
const TABLE: Array<[texts: string[], approval: string, labels: string, freeText: string]> = [
	// Yes.
	[
		['yes', 'Yes', 'YES!', ' yes. ', '"Yes"', '“Yes”', 'y', 'Y', 'yeah', 'yep', 'Yup!', 'ｙｅｓ'],
		'1',
		NOT,
		'text',
	],
	[['ok', 'OK', 'Ok.', 'O.K.', 'okay', 'k', 'K', 'kk', 'sure', 'Sure!', 'Ok…'], '1', NOT, 'text'],
	[['approve', 'Approve.', 'APPROVED', 'approved 👍', 'yes, approved'], '1', NOT, 'text'],
	[
		['Yes thank you', 'yes thanks', 'Yes, thank you!', 'ok thanks', 'Sure, thanks.', 'k thanks'],
		'1',
		NOT,
		'text',
	],
	[
		['yes please', 'Yes, please!', 'Yes, that works', 'that works', 'That works!', 'ok that works'],
		'1',
		NOT,
		'text',
	],
	[['sounds good', 'Go ahead', 'ok, go ahead', 'Sounds good, thanks'], '1', NOT, 'text'],
	[['👍', '👍🏿', '👍👍', '👌', '✅', '✔️', '✔︎', 'Yes 👍', 'yes yes', 'Ok 👍🏽'], '1', NOT, 'text'],
	// No.
	[['no', 'No.', 'NO!', 'n', 'N', 'nope', 'nah', 'no no', 'ｎｏ'], '2', NOT, 'text'],
	[['no thanks', 'No, thanks', 'No thank you', 'nope, thanks', 'no thank you!'], '2', NOT, 'text'],
	[['decline', 'Declined', 'DECLINE!', '👎', '👎🏻', '❌', 'No 👎'], '2', NOT, 'text'],
	// The labels and their numbers.
	[['Morning', 'morning', 'MORNING!', ' morning. ', '"Morning"'], NOT, '1', 'text'],
	[['Afternoon', 'afternoon.', 'AFTERNOON'], NOT, '2', 'text'],
	[['1', '1.', '#1', '1)', '(1)', '1️⃣', '１', '1 Morning', '1: morning'], NOT, '1', 'text'],
	[['2', '2.', '2️⃣', '2 afternoon'], NOT, '2', 'text'],
	[['3', '12', '1 or 2', '1 2', '2 Morning', '1 afternoon', '1/2', '1st'], NOT, NOT, 'text'],
	[['Morning or afternoon', 'Morning please', 'this morning', 'mornings'], NOT, NOT, 'text'],
	// Both, neither, and what begins like an answer.
	[['yes no', 'Yes / No', 'y/n', 'YES or NO', '👍👎', 'no yes', 'ok no'], NOT, NOT, 'text'],
	[
		[
			'yes, but not on Friday',
			'Yes but call first',
			'ok later',
			'Not ok',
			'not yet',
			'yes not now',
			'no problem',
			'No worries',
			'Yes if it is under $300',
			'ok who is this',
			'Sure, when I get paid',
			'yes to the first one',
			'Approve tomorrow',
			'I approve of nothing',
			'dont approve',
			"Don't approve",
			'Yeah right',
			'No idea',
			'No later than 5',
			'later',
		],
		NOT,
		NOT,
		'text',
	],
	[
		['Yes?', 'ok?', 'Approve?', '👍?', 'Yes? Really', 'no?', 'Yes？', 'who is this?', 'why?'],
		NOT,
		NOT,
		'text',
	],
	[['Morning?', '1?', 'Afternoon??'], NOT, NOT, 'text'],
	[
		['Yes. Call me first', 'No. Wait', 'Ok. But only once', 'Yes! Oh no', 'Sure. Which car'],
		NOT,
		NOT,
		'text',
	],
	[
		[
			'My basement is flooding',
			'Our office is closed tomorrow',
			'On Friday at 10',
			'sí',
			'Y2K',
			'yesterday',
			'oklahoma',
			'nothing',
			'thanks',
			'thank you',
			'please',
			'hello',
			'constructor',
			'😂',
			'🙏',
			'$500',
			'n/a',
			"I can't talk right now",
		],
		NOT,
		NOT,
		'text',
	],
	// Nothing that means anything.
	[['?', '??', '…', '...', '!', '-', '"'], NOT, NOT, NOT],
	[['', ' ', '\n\n', '\u200b', '\u0000 \ufeff'], 'empty', 'empty', 'empty'],
	[['x'.repeat(2001)], NOT, NOT, NOT],
	// Carrier words.
	[
		[
			'STOP',
			'stop',
			'Stop.',
			'STOP please',
			'Please stop',
			'STOPALL',
			'UNSUBSCRIBE',
			'unsubscribe me',
			'CANCEL',
			'Cancel!',
			'END',
			'QUIT',
			'REVOKE',
			'OPTOUT',
			'OPT OUT',
			'opt-out',
			'ARRET',
			'Arrêt',
			'REMOVE',
			'remove me please',
			'HELP',
			'help me',
			'INFO',
			'info please',
			'START',
			'UNSTOP',
			'STOP STOP',
			'Stop 🛑',
			'"STOP"',
		],
		'carrierWord',
		'carrierWord',
		'carrierWord',
	],
	[['Stop by at 10', 'Start on Monday', 'Cancel my order', 'the end'], NOT, NOT, 'text'],
	// Reactions: iPhones, iPhones from iOS 18 on, Android, WhatsApp.
	[
		[
			`Liked “${MESSAGE}”`,
			`Loved “${MESSAGE}”`,
			`Disliked “${MESSAGE}”`,
			`Laughed at “${MESSAGE}”`,
			`Emphasized “${MESSAGE}”`,
			`Emphasised “${MESSAGE}”`,
			`Questioned “${MESSAGE}”`,
			`Liked "${MESSAGE}"`,
			`liked "May we…"`,
			'Liked an image',
			'Loved a photo',
			'Laughed at a message',
			'Emphasized an audio message',
			`Removed a like from “${MESSAGE}”`,
			`Removed a heart from “${MESSAGE}”`,
			'Removed a laugh from an image',
			`Reacted 👍 to “${MESSAGE}”`,
			`Reacted 👍🏽 to "${MESSAGE}"`,
			`Reacted with a sticker to “${MESSAGE}”`,
			'Reacted ❤️ to an image',
			`Removed 👍 from “${MESSAGE}”`,
			`👍 to “${MESSAGE}”`,
			`👍 to "${MESSAGE}"`,
			`\u200a\u200b👍\u200b to “\u200aMay we charge $500 for…\u200a”`,
			`❤️ to “${MESSAGE}”`,
			`👍 to ‘${MESSAGE}’`,
			'😂 to a photo',
			`👍 to "May we charge`,
			'Reacted: 👍',
			'Reacted 👍',
		],
		'reaction',
		'reaction',
		'reaction',
	],
	// In other languages: they quote what was asked, and what follows it.
	[
		[
			`Mag „${MESSAGE}“`,
			`Le gustó “${MESSAGE}”`,
			`A aimé « ${MESSAGE} »`,
			`Gefällt mir: „May we charge $500…“`,
			`Hat mit 👍 auf „${MESSAGE}\nTap to answer:\nhttps://n8n.example.com/x“ reagiert`.slice(
				0,
				-9,
			),
		],
		'reaction',
		'reaction',
		'reaction',
	],
	// Nasty ones, judged as a bank would: what is not plainly yes or no is neither.
	[
		['Yes,', 'YES!!!', 'yes :)', '👍🏽', 'k.', 'y!', 'ok ok', '*yes', 'Yes\nyes please'],
		'1',
		NOT,
		'text',
	],
	[['NO!!!', '*no', 'no.no', 'N!', 'nah, thanks'], '2', NOT, 'text'],
	[
		[
			// Other languages, and typing errors.
			'si',
			'oui',
			'ja',
			'nein',
			'da',
			'да',
			'はい',
			'yess',
			'yeas',
			'ya',
			'yea',
			'noo',
			'on',
			'ok!k?',
			'уеѕ',
			'\u202eon',
			'¿yes',
			'¿ok!',
			// What begins with a no, or a yes, and says something else.
			'not yes',
			'not sure',
			'no no, go ahead',
			'no worries, go ahead',
			'No objections',
			'no way',
			'no, yes',
			'yes and no',
			'yes/no',
			'ok but',
			'Yes, call me',
			'Yes I can talk',
			'Yes to Friday, no to $500',
			'ok, 50',
			'approve $50',
			'approve 1 of 2',
			'approve all',
			'unapproved',
			'not approved',
			'disapprove',
			'never approve',
			'approved by whom',
			'yeah right',
			'yeah, no',
			'sure, whatever',
			'Sure thing /s',
			'yes /s',
			'lol ok',
			'ok boomer',
			'I said no',
			'I guess so',
			'yes 🚫',
			'🙅',
			'👍👎👍',
			'🆗',
			'💯',
			'👍 not',
			'ok stop',
			'yes cancel',
			"y'all",
			'no-show',
			'yes-man',
			'K street',
			'Yes - sent from my iPhone',
			'Re: yes',
			// Numbers.
			'0',
			'-1',
			'- 1',
			'− 2',
			'+1',
			'2%',
			'2 %',
			'1‰',
			'@2',
			'@ 2',
			'1.5',
			'1-2',
			'2 or 1',
			'1000',
			'no. 1',
			'yes 1',
		],
		NOT,
		NOT,
		'text',
	],
	// A reaction that names itself in quotes, and those that quote first.
	[
		[
			`Ha messo "Mi piace" a “${MESSAGE}”`,
			`“${MESSAGE}”을(를) 좋아함`,
			`「${MESSAGE}」を"いいね"しました`,
			`Synes godt om »${MESSAGE}«`,
			`Heeft ’${MESSAGE}’ leuk gevonden`,
		],
		'reaction',
		'reaction',
		'reaction',
	],
	[['I liked it', 'Loved your work', 'He said "never"', 'Reacted badly'], NOT, NOT, 'text'],
	// On the edge of being one: where the quotation begins, how long it is, how it ends, and what comes before or after.
	[
		[
			`${'x'.repeat(40)}“${MESSAGE}”`,
			`Mag „${MESSAGE.slice(0, 12)}…“`,
			`Mag „${MESSAGE.slice(0, 15)} …“`,
			`A aimé « ${MESSAGE.slice(0, 18)}… »`,
			'👍🏽 to a photo',
			'👍\u200b to a photo',
			'Reacted 👍🏽',
			'Liked“hello”',
		],
		'reaction',
		'reaction',
		'reaction',
	],
	[
		[
			`${'x'.repeat(41)}“${MESSAGE}”`,
			`Mag „${MESSAGE.slice(0, 11)}…“`,
			'Loved all of the video',
			'Loved the photo you sent',
			'He reacted 👍',
			'Reacted 👍 twice',
		],
		NOT,
		NOT,
		'text',
	],
];

const ROWS = TABLE.flatMap(([texts, ...meanings]) =>
	texts.map((text) => [text.length > 60 ? text.slice(0, 60) : text, text, ...meanings] as const),
);

test('the table holds as many texts as it takes', () => {
	expect(ROWS.length).toBeGreaterThanOrEqual(150);
	expect(new Set(ROWS.map(([, text]) => text)).size).toBe(ROWS.length);
});

test.each(ROWS)('%j', (_, text, toApproval, toLabels, toFreeText) => {
	expect([approval, labels, freeText].map((question) => meaning(question, text))).toEqual([
		toApproval,
		toLabels,
		toFreeText,
	]);
});

describe('labels', () => {
	test.each<[Buttons, boolean, string, string]>([
		// An exact label wins over the rules about words.
		[{ approve: 'Now', decline: 'Later' }, false, 'later', '2'],
		[{ approve: 'Now', decline: 'Later' }, false, 'Later!', '2'],
		[{ approve: 'Yes, but call first', decline: 'No' }, false, 'yes but call first', '1'],
		[{ approve: 'Why?', decline: 'Fine' }, false, 'why?', '1'],
		[{ approve: 'Ok', decline: 'Not now' }, false, 'not now', '2'],
		// A carrier word is answered by its number alone.
		[{ approve: 'Keep', decline: 'Cancel' }, true, 'Cancel', 'carrierWord'],
		[{ approve: 'Keep', decline: 'Cancel' }, true, '2', '2'],
		[{ approve: 'Stop', decline: 'Go on' }, true, 'stop', 'carrierWord'],
		[{ approve: 'Stop', decline: 'Go on' }, true, '1', '1'],
		// Numbers count if the Answer Line shows them.
		[{ approve: 'Keep', decline: 'Cancel' }, false, '2', NOT],
		[{ approve: 'Morning' }, true, '1', '1'],
		[{ approve: 'Morning' }, true, '2', NOT],
		// Yes and no count for the buttons that say so.
		[{ approve: 'Yes, deliver it', decline: 'No, another day' }, false, 'yes', '1'],
		[{ approve: 'Yes, deliver it', decline: 'No, another day' }, false, 'nope', '2'],
		[{ approve: 'Accept', decline: 'Reject' }, false, 'ok', '1'],
		[{ approve: 'Accept', decline: 'Reject' }, false, 'no', '2'],
		[{ approve: 'Confirm' }, false, 'yes', '1'],
		[{ approve: 'Approve' }, false, 'no', NOT],
		[{ approve: 'Approve', decline: 'Later' }, false, 'yes', '1'],
		[{ approve: 'Approve', decline: 'Later' }, false, 'no', NOT],
		[{ approve: 'Morning', decline: 'No' }, false, 'yes', NOT],
		[{ approve: 'Morning', decline: 'No' }, false, 'no', '2'],
		[{ approve: 'Ja, bitte', decline: 'Nein' }, false, 'JA BITTE!', '1'],
		[{ approve: 'Ja, bitte', decline: 'Nein' }, false, 'ja', NOT],
		[{ approve: 'Ja, bitte', decline: 'Nein' }, false, 'yes', NOT],
		[{ approve: 'Ship it 🚀', decline: 'Wait' }, false, 'ship it🚀', '1'],
		[{ approve: 'Ship it 🚀', decline: 'Wait' }, false, 'ok', NOT],
		[{ approve: "Let's go", decline: 'Wait' }, false, 'Let’s go', '1'],
		// Where they turn the words around, or both say the same, only the labels count.
		[{ approve: 'No', decline: 'Yes' }, false, 'no', '1'],
		[{ approve: 'No', decline: 'Yes' }, false, 'yes', '2'],
		[{ approve: 'No', decline: 'Yes' }, false, 'nope', NOT],
		[{ approve: 'No', decline: 'Yes' }, false, 'ok', NOT],
		[{ approve: 'Yes, Monday', decline: 'Yes, Tuesday' }, false, 'yes', NOT],
		[{ approve: 'Yes, Monday', decline: 'Yes, Tuesday' }, false, 'Yes Tuesday', '2'],
		[{ approve: 'Yes, now', decline: 'Yes, later' }, false, 'yes', NOT],
		[{ approve: 'Yes, now', decline: 'Yes, later' }, false, 'yes later', '2'],
		[{ approve: 'Accept', decline: 'OK, but not on Friday' }, false, 'ok', NOT],
		[{ approve: 'No, cancel it', decline: 'No, keep it' }, false, 'no', NOT],
		[{ approve: 'Do not approve', decline: 'Approve' }, false, 'yes', NOT],
		// Many leave out accents.
		[{ approve: 'Sí', decline: 'No' }, false, 'Si', '1'],
		[{ approve: 'Sí', decline: 'No' }, false, 'si?', NOT],
		[{ approve: 'Evet', decline: 'Hayır' }, false, 'HAYIR', '2'],
		[{ approve: 'Ναι', decline: 'Όχι' }, false, 'ΟΧΙ', '2'],
		[{ approve: 'Öffnen', decline: 'Schließen' }, false, 'SCHLIESSEN', '2'],
		[{ approve: 'Yes', decline: 'No' }, false, 'y\u0336e\u0336s\u0336', NOT],
		// But not where that makes one of two.
		[{ approve: 'Año', decline: 'Ano' }, false, 'ano', '2'],
		[{ approve: 'Año', decline: 'Anó' }, false, 'ano', NOT],
		// In Greek a semicolon asks.
		[{ approve: 'Ναι', decline: 'Όχι' }, false, 'Ναι;', NOT],
		[{ approve: 'Ναι', decline: 'Όχι' }, false, 'Ναι', '1'],
		// And in Amharic a mark of its own.
		[{ approve: 'አዎ', decline: 'አይ' }, false, 'አዎ፧', NOT],
		[{ approve: 'OK, not now', decline: 'Now' }, false, 'ok', NOT],
		// Labels that can't be told apart don't count.
		[{ approve: 'Fine!', decline: 'Fine?' }, false, 'fine', NOT],
		[{ approve: '!', decline: '?' }, false, '!', NOT],
		[{ approve: '!', decline: 'No' }, false, '...', NOT],
		// An accent alone is no button, least of all the one that is missing.
		[{ approve: '!', decline: 'No' }, false, '´', NOT],
		[{ approve: 'Approve' }, false, '´', NOT],
		[{ approve: 'Approve' }, false, '¨', NOT],
		// And a label without a word says nothing.
		[{ approve: '!', decline: 'Later' }, false, 'yes', NOT],
		[{ approve: "Yes, don't wait", decline: 'Wait' }, false, 'yes', NOT],
		[{ approve: 'Yes, don’t wait', decline: 'Wait' }, false, 'yes', NOT],
		[{ approve: 'No', decline: 'Decline' }, false, 'nope', NOT],
	])('%j (numbered: %s): "%s" is %s', (buttons, isNumbered, text, expected) => {
		expect(meaning(ask(buttons, isNumbered), text)).toBe(expected);
	});
});

test.each(['☎️ ¿A qué hora llamamos?', '👨‍👩‍👧 ¿Cuántos vienen?'])(
	'a reaction quotes what was asked, with the emoji in it: %s',
	(message) => {
		expect(readReply({ ...freeText, message }, `Le gustó “${message}”`).says).toBe('reaction');
	},
);

test('a reaction quotes what was asked, with the quotation marks and dots in it', () => {
	const question = { ...freeText, message: 'Dr. “Bo” asks… may we come on Friday?' };
	for (const text of [`Mag „${question.message}“`, 'Mag „Dr. “Bo” asks… may…“']) {
		expect(readReply(question, text).says).toBe('reaction');
	}
	expect(readReply(question, 'Mag „Dr. “Ann” asks… may we“').says).toBe('answer');
});
