import { formatInstant } from '../../domain/window.ts';
import type { ChangeFormat } from './change-format.ts';
import { announced, neededText, textAt } from './identity.ts';

/** `proj/default:env/production:flag/backoff.v2` */
const FLAG_OF_RESOURCE = /:flag\/([^:;]+)/;

/** The last time a `Date` can hold (ECMA-262, 21.4.1.1). */
const LATEST_MS = 8.64e15;

/** An entry of LaunchDarkly's audit log, which is what its webhooks carry: https://launchdarkly.com/docs/api/webhooks. */
export const launchdarklyFlags: ChangeFormat = {
  name: 'launchdarkly',
  says: "LaunchDarkly's webhooks of flags",
  recognises: ({ json }) =>
    textAt(json, '_id') !== null && textAt(json, 'kind') !== null && textAt(json, 'date') !== null,
  read: ({ json }) => {
    if (textAt(json, 'kind') !== 'flag') return [];
    const place = 'LaunchDarkly';
    const resource = neededText(json, place, 'accesses', 0, 'resource');
    const flag = FLAG_OF_RESOURCE.exec(resource)?.[1] ?? neededText(json, place, 'name');
    const id = neededText(json, place, '_id');
    const atMs = Number(neededText(json, place, 'date'));
    const at = Math.abs(atMs) <= LATEST_MS ? formatInstant(atMs) : neededText(json, place, 'date');
    const verb = textAt(json, 'titleVerb') ?? '';
    const to = /\bturned on\b/.test(verb) ? 'on' : /\bturned off\b/.test(verb) ? 'off' : null;
    return announced({ id: `${flag} ${at}`, kind: 'flag', flag, to, at }, place, id);
  },
};
