import {
  type BucketQuantile,
  bucketLowerEdge,
  bucketOf,
  bucketPosition,
  bucketQuantile,
  bucketUpperEdge,
  type Interpolation,
} from './bucket-distribution.ts';
import { type ClusterRatio, clusterRatio } from './cluster-ratio.ts';
import { normalQuantile } from './normal.ts';
import { usableDesignEffect } from './rao-scott.ts';
import { studentQuantile } from './student.ts';

export interface ClusteredBuckets {
  /** Ascending upper bounds of all buckets but the open last one. */
  readonly bounds: Float64Array;
  /** Row-major [clusters × (bounds.length + 1)]. */
  readonly clusterCounts: Float64Array;
  readonly clusters: number;
  readonly p: number;
  readonly interpolation: Interpolation;
}

/** Everything about a quantile that does not depend on the level of the interval. */
export interface PreparedQuantile {
  readonly bounds: Float64Array;
  /** Counts of all clusters together. */
  readonly counts: Float64Array;
  readonly total: number;
  readonly clusters: number;
  readonly p: number;
  readonly interpolation: Interpolation;
  readonly estimate: number;
  readonly saturated: boolean;
  /** Standard errors of the distribution function at the estimate: clustered, and of independent requests. */
  readonly standardError: number;
  readonly independentError: number;
  readonly degreesOfFreedom: number;
  /** As estimated; NaN where it cannot be. */
  readonly designEffect: number;
  /** The bucket that holds an end is wider than the 95 % interval: that end means no more than the bucket's edge. */
  readonly coarseLow: boolean;
  readonly coarseHigh: boolean;
}

export interface QuantileInterval {
  readonly estimate: number;
  readonly low: number;
  /** Infinity where no finite bound can be estimated. */
  readonly high: number;
  /** The ends before they were widened to bucket edges. */
  readonly interpolatedLow: number;
  readonly interpolatedHigh: number;
  readonly degreesOfFreedom: number;
  readonly designEffect: number;
  readonly saturated: boolean;
  readonly widenedToBucket: boolean;
}

const REFERENCE_LEVEL = 0.95;

function pool(clusterCounts: Float64Array, clusters: number, buckets: number): Float64Array {
  const counts = new Float64Array(buckets);
  for (let row = 0, at = 0; row < clusters; row++) {
    for (let i = 0; i < buckets; i++, at++) counts[i]! += clusterCounts[at]!;
  }
  return counts;
}

/** Per cluster the counts at or below the quantile, and all counts. */
function dividedAt(input: ClusteredBuckets, index: number, inside: number): { below: Float64Array; all: Float64Array } {
  const buckets = input.bounds.length + 1;
  const below = new Float64Array(input.clusters);
  const all = new Float64Array(input.clusters);
  for (let row = 0; row < input.clusters; row++) {
    const start = row * buckets;
    for (let i = 0; i < buckets; i++) {
      const count = input.clusterCounts[start + i]!;
      all[row]! += count;
      if (i < index) below[row]! += count;
      else if (i === index) below[row]! += inside * count;
    }
  }
  return { below, all };
}

/** Probabilities whose quantiles are the ends; above 1 where the sample is too small for any upper bound. */
function endProbabilities(
  prepared: Omit<PreparedQuantile, 'coarseLow' | 'coarseHigh'>,
  level: number,
): { low: number; high: number } {
  const { p, total } = prepared;
  const clustered = studentQuantile((1 + level) / 2, prepared.degreesOfFreedom) * prepared.standardError;
  if (Number.isNaN(clustered)) return { low: 0, high: 2 };
  // Interpolation inside a bucket hides variance, and few clusters can agree by chance: never below independence.
  const reach = Math.max(clustered, normalQuantile((1 + level) / 2) * prepared.independentError);
  const effectiveSize = total / usableDesignEffect(prepared.designEffect);
  // The largest of n values lies below the quantile with probability pⁿ: no sample that small can bound it.
  const boundable = effectiveSize * Math.log(p) <= Math.log((1 - level) / 2);
  return { low: p - reach, high: boundable ? p + reach : 2 };
}

function lowEnd(bounds: Float64Array, counts: Float64Array, p: number, interpolation: Interpolation): BucketQuantile {
  if (p > 0) return bucketQuantile(bounds, counts, p, interpolation);
  const value = (bounds[0] ?? 0) >= 0 ? 0 : Number.NEGATIVE_INFINITY;
  return { value, bucketLow: value, bucketHigh: value, saturated: false };
}

function highEnd(bounds: Float64Array, counts: Float64Array, p: number, interpolation: Interpolation): number {
  if (p >= 1) return Number.POSITIVE_INFINITY;
  const { value, saturated } = bucketQuantile(bounds, counts, p, interpolation);
  return saturated ? Number.POSITIVE_INFINITY : value;
}

/**
 * The part of a quantile interval that is computed once: pooled counts, the estimate, and the clustered standard error of
 * the distribution function there (Woodruff 1952; variance as `clusterRatio`). One pass over clusters × buckets.
 */
export function prepareQuantile(input: ClusteredBuckets): PreparedQuantile {
  const { bounds, clusters, p, interpolation } = input;
  const counts = pool(input.clusterCounts, clusters, bounds.length + 1);
  return prepareQuantileFrom({ bounds, counts, p, interpolation }, ({ index, inside }) => {
    const { below, all } = dividedAt(input, index, inside);
    return clusterRatio(below, all);
  });
}

export interface PooledBuckets {
  readonly bounds: Float64Array;
  /** Counts of all clusters together, bounds.length + 1. */
  readonly counts: Float64Array;
  readonly p: number;
  readonly interpolation: Interpolation;
}

/**
 * The same where clusters are not at hand as a matrix: `shareBelow` answers the clustered share at or below the estimate,
 * given the bucket it divides and how much of that bucket lies below.
 */
export function prepareQuantileFrom(
  pooled: PooledBuckets,
  shareBelow: (at: { index: number; inside: number; value: number }) => ClusterRatio,
): PreparedQuantile {
  const { bounds, counts, p, interpolation } = pooled;
  const { value, saturated } = bucketQuantile(bounds, counts, p, interpolation);
  const share = shareBelow({ ...bucketPosition(bounds, value, interpolation), value });
  const { total, degreesOfFreedom, designEffect } = share;
  const base = { bounds, counts, total, p, interpolation, estimate: value, saturated, degreesOfFreedom, designEffect };
  const standardError = Math.sqrt(share.variance);
  const independentError = Math.sqrt((p * (1 - p)) / total);
  const prepared = { ...base, standardError, independentError, clusters: share.clusters };
  return { ...prepared, ...coarseEnds(prepared) };
}

/** Decided at one level, so that intervals of other levels stay nested in each other. */
function coarseEnds(prepared: Omit<PreparedQuantile, 'coarseLow' | 'coarseHigh'>): {
  coarseLow: boolean;
  coarseHigh: boolean;
} {
  const { bounds, counts, interpolation } = prepared;
  const probability = endProbabilities(prepared, REFERENCE_LEVEL);
  const low = lowEnd(bounds, counts, probability.low, interpolation).value;
  const high = highEnd(bounds, counts, probability.high, interpolation);
  const wider = (value: number) => {
    const bucket = bucketOf(bounds, value);
    return bucketUpperEdge(bounds, bucket) - bucketLowerEdge(bounds, bucket) > high - low;
  };
  return { coarseLow: wider(low), coarseHigh: wider(high) };
}

/**
 * Interval of a prepared quantile, [F⁻¹(p − t·s), F⁻¹(p + t·s)], each end widened to its bucket's edge where buckets are
 * coarser than the sampling error. The upper end is Infinity where p + t·s >= 1, where it falls into the open bucket, or
 * where the effective sample is smaller than any bound needs (59/299/2995 requests for p95/p99/p99.9 at one-sided 95 %).
 */
export function quantileInterval(prepared: PreparedQuantile, level: number): QuantileInterval {
  const { bounds, counts, interpolation, estimate, degreesOfFreedom, designEffect, saturated } = prepared;
  const probability = endProbabilities(prepared, level);
  const interpolatedLow = lowEnd(bounds, counts, probability.low, interpolation).value;
  const interpolatedHigh = highEnd(bounds, counts, probability.high, interpolation);
  let low = interpolatedLow;
  let high = interpolatedHigh;
  if (prepared.coarseLow) low = bucketLowerEdge(bounds, bucketOf(bounds, low));
  if (prepared.coarseHigh) high = bucketUpperEdge(bounds, bucketOf(bounds, high));
  const widenedToBucket = low !== interpolatedLow || high !== interpolatedHigh;
  return {
    estimate,
    low,
    high,
    interpolatedLow,
    interpolatedHigh,
    degreesOfFreedom,
    designEffect,
    saturated,
    widenedToBucket,
  };
}
