import { nearestName } from '../../domain/nearest-name.ts';
import { describeQuality, type QualityFinding } from '../../domain/quality.ts';
import { compareTexts } from '../../domain/text-order.ts';
import type { Upgrade } from '../../domain/upgrade.ts';

const MOST_NAMED = 3;

/** Services that the document names and no telemetry knows, neither by themselves nor as whom somebody called. */
export function unknownServices(known: ReadonlySet<string>, { changes, dependencies }: Upgrade): QualityFinding[] {
  if (known.size === 0) return [];
  const changed = changes.flatMap(({ service }) => (service === null ? [] : [service]));
  return [...unknownIn(changed, known, 'spec.changes'), ...unknownIn(dependencies.flat(), known, 'spec.dependencies')];
}

function unknownIn(names: readonly string[], known: ReadonlySet<string>, where: string): QualityFinding[] {
  const unknown = [...new Set(names)].filter((name) => !known.has(name));
  if (unknown.length === 0) return [];
  const sorted = [...known].sort(compareTexts);
  const named = unknown.slice(0, MOST_NAMED).map((name) => {
    const nearest = nearestName(name, sorted);
    return nearest === null ? name : `${name}, did you mean ${nearest}?`;
  });
  const more = unknown.length > MOST_NAMED ? [`and ${unknown.length - MOST_NAMED} more`] : [];
  return [describeQuality('unknown-service', [...named, ...more].join('; '), where)];
}
