import type { NodeHint } from 'n8n-workflow';

/** What stands beside the node before it runs. */
export const hints: NodeHint[] = [
	{
		type: 'info',
		location: 'outputPane',
		whenToDisplay: 'beforeExecution',
		displayCondition:
			'={{ $parameter["resource"] === "message" && $parameter["operation"] === "send" && !["preview", "redirect"].includes($parameter["options"]?.testRuns) && !("skipSentWithinHours" in ($parameter["options"] ?? {})) }}',
		message:
			"Running this sends a real text for each item, every time. To see the texts first, add the option 'In Test Runs'.",
	},
	{
		type: 'info',
		location: 'outputPane',
		whenToDisplay: 'beforeExecution',
		displayCondition:
			'={{ $parameter["resource"] === "message" && $parameter["operation"] === "sendAndWait" }}',
		message:
			'Running this sends a real text, every time: the question of the first item. Then the workflow waits.',
	},
	{
		type: 'warning',
		location: 'outputPane',
		whenToDisplay: 'beforeExecution',
		displayCondition:
			'={{ $parameter["resource"] === "message" && ["send", "sendAndWait"].includes($parameter["operation"]) && /[,;\\n]/.test(String($parameter["recipients"]).trim()) && !$parameter["options"]?.severalNumbers }}',
		message:
			"'To' has several numbers. They share one message and may see each other's numbers. To text each person separately, use the option 'Several Numbers' of 'Send'.",
	},
	{
		type: 'info',
		location: 'outputPane',
		whenToDisplay: 'beforeExecution',
		displayCondition:
			'={{ $parameter["resource"] === "campaign" && $parameter["operation"] === "start" && $parameter["options"]?.testRuns !== "send" }}',
		message:
			"In the editor, this shows the campaign and does not start it. To start it from here, set the option 'In Test Runs' to 'Send'. A published workflow starts it.",
	},
	{
		type: 'warning',
		location: 'outputPane',
		whenToDisplay: 'beforeExecution',
		displayCondition:
			'={{ $parameter["resource"] === "campaign" && $parameter["operation"] === "start" && $parameter["options"]?.testRuns === "send" }}',
		message: 'Running this starts a real campaign, every time: everyone on the list gets a text.',
	},
	{
		type: 'warning',
		location: 'outputPane',
		whenToDisplay: 'beforeExecution',
		displayCondition:
			'={{ $parameter["resource"] === "campaign" && $parameter["operation"] === "start" && $input.all().length > 1 }}',
		message:
			'Several items come in, and each starts a campaign of its own. One that an earlier item has started is not started again.',
	},
];
