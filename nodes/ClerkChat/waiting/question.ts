/** A question that an execution waits for. It is saved with the waiting execution, so it contains only plain data. */
export interface Question {
	/** What was texted, without the link. */
	message: string;
	/** The heading of the page; left out for the default heading. */
	title?: string;
	/** Left out when the answer is free text. */
	buttons?: Buttons;
	/** Whether the text numbered the buttons, so that a reply may be "1" or "2". */
	isNumbered?: boolean;
	/** How many hours a reply by text counts. The link works for the same time, and as long as the execution waits. */
	replyHours: number;
	/** When the execution continues without an answer: ISO 8601 in UTC. */
	until: string;
}

/** The labels of the buttons; the first one approves. */
export interface Buttons {
	approve: string;
	decline?: string;
}
