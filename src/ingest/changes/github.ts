import type { ChangeFormat } from './change-format.ts';
import { announced, neededText, textAt } from './identity.ts';

/**
 * GitHub's deployment_status, once it succeeded:
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#deployment_status
 */
export const githubDeployments: ChangeFormat = {
  name: 'github',
  says: 'GitHub `deployment_status` events of state `success`',
  recognises: ({ header, json }) =>
    header('x-github-event') !== undefined ||
    (textAt(json, 'deployment_status', 'state') !== null && textAt(json, 'deployment', 'id') !== null),
  read: ({ json }) => {
    if (textAt(json, 'deployment_status', 'state') !== 'success') return [];
    const place = 'GitHub deployment_status';
    const service = neededText(json, place, 'repository', 'name');
    const version = versionOf(textAt(json, 'deployment', 'ref'), neededText(json, place, 'deployment', 'sha'));
    const entry = {
      id: `${service}-${version}`,
      kind: 'binary',
      service,
      to: version,
      at: neededText(json, place, 'deployment_status', 'created_at'),
    };
    const repository = textAt(json, 'repository', 'full_name') ?? service;
    return announced(entry, place, repository, neededText(json, place, 'deployment_status', 'id'));
  },
};

/** A branch is deployed again and again, and is no version: the commit says what ran. */
function versionOf(ref: string | null, sha: string): string {
  return ref !== null && /^v?\d/.test(ref) ? ref : sha;
}
