import { formatInstant } from '../../../src/domain/window.ts';
import { listedChanges } from './check-scenario.ts';
import { clockOf } from './clock.ts';
import type { Event, WrittenScenario } from './written-scenario.ts';

/** Where the telemetry lies, from the document. */
export const TELEMETRY_FILE = 'telemetry.jsonl';

/** Stands on a service that nothing calls and no telemetry shows, at the time of another change: it must change nothing. */
export const IRRELEVANT_CHANGE = 'irrelevant-change';

/** The upgrade document of a scenario (JSON is YAML), with an irrelevant change listed first where one is wanted. */
export function documentOf(scenario: WrittenScenario, withIrrelevant = false): string {
  const clock = clockOf(scenario.load);
  const window = (startMs: number, endMs: number) => ({ start: formatInstant(startMs), end: formatInstant(endMs) });
  const changes = listedChanges(scenario).map((event) =>
    changeOf(event, formatInstant(clock.afterPostStart(event.atMinute))),
  );
  const irrelevant = {
    id: IRRELEVANT_CHANGE,
    kind: 'binary',
    service: 'nobody-calls-it',
    from: '1',
    to: '2',
    at: changes[0]?.at,
  };
  return JSON.stringify({
    apiVersion: 'postflight/v1',
    kind: 'Upgrade',
    metadata: { name: scenario.name },
    spec: {
      ...(clock.windowStartMs === clock.postStartMs ? {} : { window: window(clock.windowStartMs, clock.postStartMs) }),
      baseline: window(clock.baselineStartMs, clock.windowStartMs),
      post: window(clock.postStartMs, clock.endMs),
      changes: withIrrelevant ? [irrelevant, ...changes] : changes,
      telemetry: [{ otlp: TELEMETRY_FILE }],
      strata: strataOf(scenario),
    },
  });
}

function changeOf({ kind, id, place, from, to }: Event, at: string) {
  const stated = { id, kind, at };
  switch (kind) {
    case 'dependency':
      return { ...stated, peer: place };
    case 'flag':
      return { ...stated, service: place, flag: id, from, to };
    case 'config':
      return { ...stated, service: place, key: id, from, to };
    case 'binary':
      return { ...stated, service: place, from, to };
    default:
      return { ...stated, service: place };
  }
}

function strataOf({ load }: WrittenScenario): string[] {
  const attributes = load.services.flatMap(({ endpoints }) => endpoints.map(({ kinds }) => kinds?.attribute ?? null));
  return [...new Set(attributes.filter((attribute) => attribute !== null))];
}
