/** How a quantile lies inside a bucket: evenly, or evenly in its logarithm (exponential buckets). */
export type Interpolation = 'linear' | 'logarithmic';

export interface BucketQuantile {
  readonly value: number;
  readonly bucketLow: number;
  readonly bucketHigh: number;
  /** The quantile lies in the open last bucket: `value` is only a lower bound of it. */
  readonly saturated: boolean;
}

const NOWHERE: BucketQuantile = { value: Number.NaN, bucketLow: Number.NaN, bucketHigh: Number.NaN, saturated: false };

/** Lower end of bucket `index`; the lowest bucket starts at `first` where its bound lies above, else has no start. */
export function bucketLowerEdge(bounds: Float64Array, index: number, first = 0): number {
  if (index > 0) return bounds[index - 1]!;
  return (bounds[0] ?? Number.NEGATIVE_INFINITY) > first ? first : Number.NEGATIVE_INFINITY;
}

export function bucketUpperEdge(bounds: Float64Array, index: number): number {
  return bounds[index] ?? Number.POSITIVE_INFINITY;
}

export function totalCount(counts: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  return total;
}

/** First bucket whose bound is not below the value; the open one for values beyond all bounds. */
export function bucketOf(bounds: Float64Array, value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bounds[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Buckets next to zero have no logarithm and are interpolated evenly. */
function pointInside(low: number, high: number, share: number, interpolation: Interpolation): number {
  if (interpolation === 'logarithmic' && low > 0) return low * (high / low) ** share;
  return low + (high - low) * share;
}

function shareInside(low: number, high: number, value: number, interpolation: Interpolation): number {
  const share =
    interpolation === 'logarithmic' && low > 0
      ? Math.log(value / low) / Math.log(high / low)
      : (value - low) / (high - low);
  return Math.min(1, Math.max(0, share));
}

/**
 * Quantile of bucketed counts (n bounds, n + 1 counts), as Prometheus' histogram_quantile defines it: the lowest
 * bucket starts at `first`, a bucket without a start answers its bound, the open bucket the highest finite bound.
 * p below 0 or above 1 gives -Infinity or Infinity; no counts give NaN.
 */
export function bucketQuantile(
  bounds: Float64Array,
  counts: ArrayLike<number>,
  p: number,
  interpolation: Interpolation,
  first = 0,
): BucketQuantile {
  const total = totalCount(counts);
  if (!(total > 0) || Number.isNaN(p)) return NOWHERE;
  if (p < 0) return { ...NOWHERE, value: Number.NEGATIVE_INFINITY };
  if (p > 1) return { ...NOWHERE, value: Number.POSITIVE_INFINITY };
  const rank = p * total;
  let index = 0;
  let below = 0;
  while (index < bounds.length && !(counts[index]! > 0 && below + counts[index]! >= rank)) {
    below += counts[index]!;
    index++;
  }
  const bucketLow = bucketLowerEdge(bounds, index, first);
  const bucketHigh = bucketUpperEdge(bounds, index);
  if (bucketHigh === Number.POSITIVE_INFINITY) {
    return { value: bounds[bounds.length - 1] ?? Number.NaN, bucketLow, bucketHigh, saturated: true };
  }
  if (bucketLow === Number.NEGATIVE_INFINITY) return { value: bucketHigh, bucketLow, bucketHigh, saturated: false };
  const share = Math.min(1, Math.max(0, (rank - below) / counts[index]!));
  return { value: pointInside(bucketLow, bucketHigh, share, interpolation), bucketLow, bucketHigh, saturated: false };
}

/** How a value divides the buckets: all buckets before `index`, and `inside` (0..1) of bucket `index` lie at or below. */
export function bucketPosition(
  bounds: Float64Array,
  value: number,
  interpolation: Interpolation,
  first = 0,
): { index: number; inside: number } {
  const index = bucketOf(bounds, value);
  const low = bucketLowerEdge(bounds, index, first);
  const high = bucketUpperEdge(bounds, index);
  if (value >= high) return { index, inside: 1 };
  if (low === Number.NEGATIVE_INFINITY || high === Number.POSITIVE_INFINITY) return { index, inside: 0 };
  return { index, inside: shareInside(low, high, value, interpolation) };
}

/**
 * Share of counts <= value, exact at a bound and interpolated inside a bucket. Inside the open bucket nothing is known:
 * its counts are taken to lie above the value.
 */
export function bucketCdf(
  bounds: Float64Array,
  counts: ArrayLike<number>,
  value: number,
  interpolation: Interpolation,
  first = 0,
): number {
  const total = totalCount(counts);
  if (!(total > 0) || Number.isNaN(value)) return Number.NaN;
  const { index, inside } = bucketPosition(bounds, value, interpolation, first);
  let below = 0;
  for (let i = 0; i < index; i++) below += counts[i]!;
  return Math.min(1, (below + inside * counts[index]!) / total);
}

/** Share of counts above a value, summed from the top so that a small share keeps its digits. */
export function shareAbove(
  bounds: Float64Array,
  counts: ArrayLike<number>,
  value: number,
  interpolation: Interpolation,
  first = 0,
): number {
  const total = totalCount(counts);
  if (!(total > 0) || Number.isNaN(value)) return Number.NaN;
  const { index, inside } = bucketPosition(bounds, value, interpolation, first);
  let above = 0;
  for (let i = counts.length - 1; i > index; i--) above += counts[i]!;
  return Math.min(1, (above + (1 - inside) * counts[index]!) / total);
}
