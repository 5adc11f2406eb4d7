'use strict';

/*
 * n8n's own floor: a programmatic node that does nothing but the request, a hundred at a time. No pace, no memory, no
 * order, no checks. What this costs per item, a node in n8n cannot be below.
 */
class BenchFloor {
	constructor() {
		this.description = {
			displayName: 'Bench Floor',
			name: 'benchFloor',
			group: ['output'],
			version: 1,
			description: 'Nothing but the request',
			defaults: { name: 'Bench Floor' },
			inputs: ['main'],
			outputs: ['main'],
			credentials: [{ name: 'clerkChatApi', required: true }],
			properties: [
				{ displayName: 'URL', name: 'url', type: 'string', default: '' },
				{ displayName: 'To', name: 'recipients', type: 'string', default: '' },
				{ displayName: 'Message', name: 'body', type: 'string', default: '' },
			],
		};
	}

	async execute() {
		const items = this.getInputData();
		const out = [];
		let next = 0;
		const worker = async () => {
			while (next < items.length) {
				const item = next++;
				const json = await this.helpers.httpRequestWithAuthentication.call(this, 'clerkChatApi', {
					method: 'POST',
					url: this.getNodeParameter('url', item),
					body: {
						sender: '+14155550100',
						recipients: [this.getNodeParameter('recipients', item)],
						body: this.getNodeParameter('body', item),
						mediaUrls: [],
					},
					json: true,
				});
				out[item] = { json: json.data, pairedItem: { item } };
			}
		};
		await Promise.all(Array.from({ length: 100 }, worker));
		return [out];
	}
}

module.exports = { BenchFloor };
