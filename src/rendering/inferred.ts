import { formatCount } from '../domain/numbers.ts';
import type { InferredCandidate, Inputs } from '../domain/report.ts';
import { formatRange, formatTime } from '../domain/times.ts';

/** Where the candidates came from, said where the document did not list them; null where it did. */
export function candidatesWords({ changes, inferred }: Inputs): string | null {
  if (changes === 'stated') return null;
  return inferred.length === 0
    ? 'the document lists none, and the telemetry shows none'
    : 'inferred from the telemetry, since the document lists none';
}

/** What was seen of a candidate, without its name. */
export function sightingWords({ first, last, instances: [met, seen] }: InferredCandidate): string {
  const when = first === last ? `at ${formatTime(first)}` : formatRange(first, last);
  return `first seen ${when}, on ${formatCount(met)} of ${formatCount(seen)} ${seen === 1 ? 'instance' : 'instances'}`;
}
