import type { NodeHint } from 'n8n-workflow';

/** What stands beside the node before it runs. */
export const hints: NodeHint[] = [
	{
		type: 'info',
		location: 'outputPane',
		whenToDisplay: 'beforeExecution',
		displayCondition:
			'={{ $parameter["resource"] === "message" && $parameter["operation"] === "send" && !["preview", "redirect"].includes($parameter["options"]?.testRuns) }}',
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
			'={{ $parameter["resource"] === "campaign" && $parameter["operation"] === "start" && $input.all().length > 1 }}',
		message:
			'Several items come in, and each starts a campaign of its own. One that an earlier item has started is not started again.',
	},
];
