import type { QualityCode } from '../../../domain/quality.ts';
import type { StreamKind, Temporality } from '../../../domain/telemetry.ts';

/** In the order in which readers number the kinds of data a metric may hold. */
export const DATA_KINDS: readonly StreamKind[] = ['gauge', 'sum', 'histogram', 'exponential-histogram', 'summary'];

const TEMPORALITIES: readonly Temporality[] = ['delta', 'cumulative', 'instant'];
const DELTA = 1;
const CUMULATIVE = 2;

/** Has to say whether it is delta or cumulative. */
export function isAggregated(kind: StreamKind): boolean {
  return kind !== 'gauge' && kind !== 'summary';
}

/**
 * By the protocol's number; null where a metric of this kind has to say delta or cumulative and does not. A summary has none:
 * its count and sum are since its start.
 */
export function temporalityOf(kind: StreamKind, value: number): Temporality | null {
  if (kind === 'summary') return 'cumulative';
  if (kind === 'gauge') return 'instant';
  if (value === DELTA) return 'delta';
  return value === CUMULATIVE ? 'cumulative' : null;
}

export interface MetricRefusal {
  readonly code: QualityCode;
  readonly detail: string;
}

/** Why no point of a metric can be used; null where they can. */
export function metricRefusal(
  named: boolean,
  temporality: Temporality | null,
  temporalityProblem: string,
): MetricRefusal | null {
  if (!named) return { code: 'bad-point', detail: 'the metric has no name' };
  return temporality === null ? { code: 'unspecified-temporality', detail: temporalityProblem } : null;
}

/** How many numbers `shapeNumber` answers. */
export const SHAPES = 2 * DATA_KINDS.length * TEMPORALITIES.length;

/** A number for what identifies a stream beside its names and attributes. */
export function shapeNumber(kind: StreamKind, temporality: Temporality, monotonic: boolean): number {
  const shape = DATA_KINDS.indexOf(kind) * TEMPORALITIES.length + TEMPORALITIES.indexOf(temporality);
  return 2 * shape + Number(monotonic);
}
