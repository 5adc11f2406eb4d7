import type { NodeHint } from 'n8n-workflow';

/** The hints that the node shows before it runs. */
export const hints: NodeHint[] = [
	{
		type: 'info',
		location: 'outputPane',
		whenToDisplay: 'beforeExecution',
		displayCondition:
			'={{ $parameter["resource"] === "message" && $parameter["operation"] === "send" && !["preview", "redirect"].includes($parameter["options"]?.testRuns) && !("skipSentWithinHours" in ($parameter["options"] ?? {})) }}',
		message:
			"Each run sends a real text for every item. To see the texts first, add the option 'In Test Runs'.",
	},
	{
		type: 'info',
		location: 'outputPane',
		whenToDisplay: 'beforeExecution',
		displayCondition:
			'={{ $parameter["resource"] === "message" && $parameter["operation"] === "sendAndWait" }}',
		message: "Each run sends a real text: the first item's question. Then the workflow waits.",
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
			"In the editor, this shows the campaign but doesn't start it. To start it from here, set the option 'In Test Runs' to 'Send'. A published workflow starts it.",
	},
	{
		type: 'warning',
		location: 'outputPane',
		whenToDisplay: 'beforeExecution',
		displayCondition:
			'={{ $parameter["resource"] === "campaign" && $parameter["operation"] === "start" && $parameter["options"]?.testRuns === "send" }}',
		message: 'Each run starts a real campaign: everyone on the list gets a text.',
	},
	{
		type: 'warning',
		location: 'outputPane',
		whenToDisplay: 'beforeExecution',
		displayCondition:
			'={{ $parameter["resource"] === "campaign" && $parameter["operation"] === "start" && $input.all().length > 1 }}',
		message:
			'Each input item starts its own campaign. Items with the same campaign start it only once.',
	},
];
