import type { ChangeEvent, ChangeFormat, ReadChange } from './change-format.ts';
import { announced, neededText, textAt } from './identity.ts';

const PREFIX = 'dev.cdevents.';
/** A service runs another artifact than before: https://cdevents.dev/docs/continuous-deployment/. Versions follow the name. */
const DEPLOYING = /^dev\.cdevents\.service\.(deployed|upgraded|rolledback)\./;

/** CDEvents, bare or as CloudEvents in structured, batched or binary mode. */
export const cdevents: ChangeFormat = {
  name: 'cdevents',
  says: 'CDEvents `service.deployed`, `service.upgraded` and `service.rolledback`, bare or as CloudEvents',
  recognises: (event) => {
    if (event.header('ce-type')?.startsWith(PREFIX)) return true;
    const events = eventsOf(event);
    return events.length > 0 && events.every((one) => typeOf(one)?.startsWith(PREFIX));
  },
  read: (event) => eventsOf(event).flatMap(readOne),
};

/** The CDEvents of a request, out of the CloudEvents that may carry them. */
function eventsOf({ json }: ChangeEvent): unknown[] {
  const carried = Array.isArray(json) ? json : [json];
  return carried.map((one) => {
    const isCarrier = textAt(one, 'specversion') !== null && textAt(one, 'data', 'context', 'type') !== null;
    return isCarrier ? (one as { data: unknown }).data : one;
  });
}

function typeOf(event: unknown): string | null {
  return textAt(event, 'context', 'type');
}

function readOne(event: unknown): ReadChange[] {
  if (!DEPLOYING.test(typeOf(event) ?? '')) return [];
  const place = 'CDEvents';
  const service = lastSegment(neededText(event, place, 'subject', 'id'));
  const artifact = neededText(event, place, 'subject', 'content', 'artifactId');
  const version = versionOf(artifact);
  const entry = {
    id: `${service}-${version}`,
    kind: 'binary',
    service,
    to: version,
    at: neededText(event, place, 'context', 'timestamp'),
  };
  const source = neededText(event, place, 'context', 'source');
  return announced(entry, place, source, neededText(event, place, 'context', 'id'));
}

/** Subjects are often paths: `namespace/service`. */
function lastSegment(subject: string): string {
  return subject.split('/').filter(Boolean).at(-1) ?? subject;
}

/** The version of a package URL, which stands between `@` and what qualifies it; other identifiers are taken whole. */
function versionOf(artifact: string): string {
  const version = /^pkg:[^?#]*@([^?#@]+)/.exec(artifact)?.[1];
  if (version === undefined) return artifact;
  try {
    return decodeURIComponent(version);
  } catch {
    return version;
  }
}
