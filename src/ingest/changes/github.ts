import type { ChangeFormat } from './change-format.ts';
import { announced, neededText, textAt } from './identity.ts';

/**
 * GitHub's deployment_status, once it succeeded:
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#deployment_status
 */
export const githubDeployments: ChangeFormat = {
  name: 'github',
  says: 'GitHub `deployment_status` events of state `success`',
  recognises: ({ json }) =>
    textAt(json, 'deployment_status', 'state') !== null && textAt(json, 'deployment', 'id') !== null,
  read: ({ json }) => {
    if (textAt(json, 'deployment_status', 'state') !== 'success') return [];
    const place = 'GitHub deployment_status';
    const service = neededText(json, place, 'repository', 'name');
    const sha = neededText(json, place, 'deployment', 'sha');
    const entry = {
      id: `${service}-${textAt(json, 'deployment', 'ref') ?? sha}`,
      kind: 'binary',
      service,
      to: textAt(json, 'deployment', 'ref') ?? sha,
      at: neededText(json, place, 'deployment_status', 'created_at'),
    };
    const repository = textAt(json, 'repository', 'full_name') ?? service;
    return announced(entry, place, repository, neededText(json, place, 'deployment_status', 'id'));
  },
};
