import type { NativeHistogramAnswer } from './query-api.ts';

/** A native histogram as an exponential one. */
export interface ExponentialHistogram {
  readonly count: number;
  readonly sum: number;
  readonly scale: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly offset: number;
  readonly buckets: Float64Array;
}

const CLOSED_BOTH = 3;
const LOWEST_SCALE = -4;
const HIGHEST_SCALE = 8;
const MOST_BUCKETS = 1 << 14;
/** Bounds were printed with all their digits; their logarithms differ from whole numbers by rounding alone. */
const TOLERANCE = 1e-6;

/**
 * The API spells native histograms as the ends of their buckets, without the schema. That is one whose bounds are powers of
 * 2^(2^-scale), with bucket (base^index, base^(index+1)]; null where the ends are no such powers: custom buckets.
 */
export function exponentialOf(answer: NativeHistogramAnswer): ExponentialHistogram | null {
  let zeroCount = 0;
  let zeroThreshold = 0;
  let scale = Number.NaN;
  const indices: number[] = [];
  const counts: number[] = [];
  for (const [ends, low, high, counted] of answer.buckets ?? []) {
    const lower = numberOf(low);
    const upper = numberOf(high);
    const count = Number(counted);
    if (ends === CLOSED_BOTH || upper <= 0) {
      if (ends === CLOSED_BOTH) zeroThreshold = upper;
      zeroCount += count;
      continue;
    }
    if (Number.isNaN(scale)) scale = scaleOf(lower, upper);
    const index = Math.log2(upper) * 2 ** scale - 1;
    if (!(Math.abs(index - Math.round(index)) < TOLERANCE) || scale !== scaleOf(lower, upper)) return null;
    indices.push(Math.round(index));
    counts.push(count);
  }
  const offset = indices.length === 0 ? 0 : Math.min(...indices);
  const length = indices.length === 0 ? 0 : Math.max(...indices) - offset + 1;
  if (length > MOST_BUCKETS) return null;
  const buckets = new Float64Array(length);
  for (const [i, index] of indices.entries()) buckets[index - offset]! += counts[i]!;
  const count = counts.reduce((sum, one) => sum + one, zeroCount);
  return {
    count,
    sum: numberOf(answer.sum),
    scale: Number.isNaN(scale) ? 0 : scale,
    zeroThreshold,
    zeroCount,
    offset,
    buckets,
  };
}

function scaleOf(lower: number, upper: number): number {
  const scale = Math.round(-Math.log2(Math.log2(upper / lower)));
  return scale >= LOWEST_SCALE && scale <= HIGHEST_SCALE ? scale : Number.NaN;
}

/** JSON has no infinity, and Number no "+Inf". */
export function numberOf(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
