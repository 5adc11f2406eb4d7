import type { NodeHint } from 'n8n-workflow';

/** What stands beside the node before it runs. */
export const hints: NodeHint[] = [
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
