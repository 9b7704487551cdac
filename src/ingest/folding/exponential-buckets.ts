import { exponentialLowerBound, exponentialUpperBound } from '../../statistics/exponential-mapping.ts';

/** `counts[0]` is the zero bucket, `counts[1 + i]` the bucket of index `offset + i`: (base^index, base^(index+1)]. */
export interface ExponentialBuckets {
  readonly scale: number;
  readonly zeroThreshold: number;
  readonly offset: number;
  readonly counts: Float64Array;
}

/** A merge that would need more buckets loses resolution instead: 64 powers of two at scale 6. */
const MOST_BUCKETS = 4096;

/**
 * The same observations at a coarser scale: index >> delta, exact (OpenTelemetry metrics data model, "perfect
 * subsetting"). A scale that is not coarser changes nothing.
 */
export function downscale(buckets: ExponentialBuckets, scale: number): ExponentialBuckets {
  const delta = buckets.scale - scale;
  if (delta <= 0) return buckets;
  const length = buckets.counts.length - 1;
  const factor = 2 ** delta;
  const offset = Math.floor(buckets.offset / factor);
  const last = Math.floor((buckets.offset + length - 1) / factor);
  const counts = new Float64Array(1 + (length === 0 ? 0 : last - offset + 1));
  counts[0] = buckets.counts[0]!;
  for (let i = 0; i < length; i++) {
    counts[1 + Math.floor((buckets.offset + i) / factor) - offset]! += buckets.counts[1 + i]!;
  }
  return { scale, zeroThreshold: buckets.zeroThreshold, offset, counts };
}

/**
 * The same observations with a zero bucket at least this wide: buckets below move into it, and the threshold rises to
 * the edge of a populated bucket that it would cut (OpenTelemetry metrics data model, zero count and zero threshold).
 */
export function widenZero(buckets: ExponentialBuckets, zeroThreshold: number): ExponentialBuckets {
  if (zeroThreshold <= buckets.zeroThreshold) return buckets;
  let threshold = zeroThreshold;
  let zeros = buckets.counts[0]!;
  let folded = 0;
  for (; folded < buckets.counts.length - 1; folded++) {
    const index = buckets.offset + folded;
    if (exponentialLowerBound(index, buckets.scale) >= threshold) break;
    const count = buckets.counts[1 + folded]!;
    if (count === 0) continue;
    zeros += count;
    threshold = Math.max(threshold, exponentialUpperBound(index, buckets.scale));
  }
  const counts = buckets.counts.slice(folded);
  counts[0] = zeros;
  return { scale: buckets.scale, zeroThreshold: threshold, offset: buckets.offset + folded, counts };
}

/** Both at the coarser scale and the wider zero bucket; raising one threshold may raise the other's. */
export function aligned(
  a: ExponentialBuckets,
  b: ExponentialBuckets,
): readonly [ExponentialBuckets, ExponentialBuckets] {
  const scale = sharedScale(a, b);
  let left = downscale(a, scale);
  let right = downscale(b, scale);
  while (left.zeroThreshold !== right.zeroThreshold) {
    const threshold = Math.max(left.zeroThreshold, right.zeroThreshold);
    left = widenZero(left, threshold);
    right = widenZero(right, threshold);
  }
  return [left, right];
}

function sharedScale(a: ExponentialBuckets, b: ExponentialBuckets): number {
  let scale = Math.min(a.scale, b.scale);
  while (width(downscale(a, scale), downscale(b, scale)) > MOST_BUCKETS) scale--;
  return scale;
}

function width(a: ExponentialBuckets, b: ExponentialBuckets): number {
  if (a.counts.length <= 1 || b.counts.length <= 1) return 0;
  const low = Math.min(a.offset, b.offset);
  return Math.max(a.offset + a.counts.length, b.offset + b.counts.length) - 1 - low;
}

export function sumOf(a: ExponentialBuckets, b: ExponentialBuckets): ExponentialBuckets {
  return combined(a, b, 1);
}

/** What was added between two cumulative states; null where a bucket has fallen, which only a reset explains. */
export function differenceOf(current: ExponentialBuckets, previous: ExponentialBuckets): ExponentialBuckets | null {
  const difference = combined(current, previous, -1);
  return difference.counts.some((count) => count < 0) ? null : difference;
}

function combined(a: ExponentialBuckets, b: ExponentialBuckets, sign: 1 | -1): ExponentialBuckets {
  const [left, right] = aligned(a, b);
  if (right.counts.length <= 1) return plus(left, left.offset, left.counts.length, right, sign);
  if (left.counts.length <= 1) return plus(left, right.offset, right.counts.length, right, sign);
  const offset = Math.min(left.offset, right.offset);
  const end = Math.max(left.offset + left.counts.length, right.offset + right.counts.length);
  return plus(left, offset, end - offset, right, sign);
}

function plus(
  left: ExponentialBuckets,
  offset: number,
  length: number,
  right: ExponentialBuckets,
  sign: 1 | -1,
): ExponentialBuckets {
  const counts = new Float64Array(length);
  counts[0] = left.counts[0]! + sign * right.counts[0]!;
  for (let i = 1; i < left.counts.length; i++) counts[i + left.offset - offset]! += left.counts[i]!;
  for (let i = 1; i < right.counts.length; i++) counts[i + right.offset - offset]! += sign * right.counts[i]!;
  return { scale: left.scale, zeroThreshold: left.zeroThreshold, offset, counts };
}

/**
 * The same observations with every value divided by `divisor`. Buckets move by log2(divisor) * 2^scale indexes, which is
 * not whole: a bucket's mass is split between the two it then overlaps, evenly in the logarithm. The total is kept.
 */
export function dividedBy(buckets: ExponentialBuckets, divisor: number): ExponentialBuckets {
  const zeroThreshold = buckets.zeroThreshold / divisor;
  const length = buckets.counts.length - 1;
  const shift = Math.log2(divisor) * 2 ** buckets.scale;
  const whole = Math.ceil(shift);
  const upperShare = whole - shift;
  const offset = buckets.offset - whole;
  if (length === 0) return { scale: buckets.scale, zeroThreshold, offset, counts: buckets.counts };
  const counts = new Float64Array(length + 2);
  counts[0] = buckets.counts[0]!;
  for (let i = 1; i <= length; i++) {
    const count = buckets.counts[i]!;
    const upper = count * upperShare;
    counts[i]! += count - upper;
    counts[i + 1]! += upper;
  }
  return { scale: buckets.scale, zeroThreshold, offset, counts };
}
