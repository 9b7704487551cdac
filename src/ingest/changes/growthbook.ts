import { formatInstant } from '../../domain/window.ts';
import type { ChangeFormat } from './change-format.ts';
import { announced, neededText, textAt } from './identity.ts';

/** What traffic may see; drafts, reviews and experiments are other events, and publishing a revision is also an update. */
const OF_TRAFFIC = ['feature.created', 'feature.updated', 'feature.deleted'];
/** Times before 1973 in milliseconds are times of our days in seconds. */
const LEAST_MS = 1e11;
/** The last time a `Date` can hold (ECMA-262, 21.4.1.1). */
const LATEST_MS = 8.64e15;

/** https://docs.growthbook.io/app/webhooks/event-webhooks; an update that reaches no environment is of names and tags. */
export const growthbookFeatures: ChangeFormat = {
  name: 'growthbook',
  says: "GrowthBook's event webhooks of features",
  recognises: ({ json }) =>
    textAt(json, 'event') !== null && textAt(json, 'api_version') !== null && textAt(json, 'created') !== null,
  read: ({ json }) => {
    const event = neededText(json, 'GrowthBook', 'event');
    const environments = affectedBy(json);
    if (!OF_TRAFFIC.includes(event) || environments.length === 0) return [];
    const place = `GrowthBook ${event}`;
    const flag = neededText(json, place, 'data', 'object', 'id');
    const created = neededText(json, place, 'created');
    const at = instantOf(created);
    const [from, to] = [stateIn(json, 'previous_attributes', environments), stateIn(json, 'object', environments)];
    const turned = event === 'feature.updated' && from !== to ? { from, to } : {};
    return announced({ id: `${flag} ${at}`, kind: 'flag', flag, ...turned, at }, place, event, flag, created);
  },
};

function affectedBy(json: unknown): string[] {
  const stated = (json as { environments?: unknown }).environments;
  return Array.isArray(stated) ? stated.filter((one) => typeof one === 'string') : [];
}

/** On or off, where the environments that are affected agree. */
function stateIn(json: unknown, of: 'object' | 'previous_attributes', environments: readonly string[]): string | null {
  const states = environments.map((name) => textAt(json, 'data', of, 'environments', name, 'enabled'));
  const [first = null] = states;
  if (first === null || states.some((state) => state !== first)) return null;
  return first === 'true' ? 'on' : 'off';
}

function instantOf(created: string): string {
  const stated = Number(created);
  const atMs = Math.abs(stated) < LEAST_MS ? stated * 1000 : stated;
  return Math.abs(atMs) <= LATEST_MS ? formatInstant(atMs) : created;
}
