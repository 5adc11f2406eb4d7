/**
 * A question that an execution waits for. It is kept with the execution while that waits, so it holds nothing but plain
 * data.
 */
export interface Question {
	/** What was texted, without the link. */
	message: string;
	/** The heading of the page; left out for the one that is always there. */
	title?: string;
	/** Left out when the answer is a text. */
	buttons?: Buttons;
	/** Whether the text numbered them, so that a reply may be "1" or "2". */
	isNumbered?: boolean;
	/** For how many hours a reply by text counts. The link works until then, and as long as the execution waits. */
	replyHours: number;
	/** When the execution goes on without an answer: ISO 8601 in UTC. */
	until: string;
}

/** The labels of the buttons: the first one approves. */
export interface Buttons {
	approve: string;
	decline?: string;
}
