import { bucketQuantile, type Interpolation } from './bucket-distribution.ts';

/** Bucket counts of many strata over the same bounds, row-major [strata × buckets]. */
export interface StratifiedBuckets {
  readonly counts: Float64Array;
  readonly strata: number;
}

function rowTotals({ counts, strata }: StratifiedBuckets): Float64Array {
  const buckets = counts.length / strata;
  const totals = new Float64Array(strata);
  for (let s = 0; s < strata; s++) {
    for (let i = s * buckets; i < (s + 1) * buckets; i++) totals[s]! += counts[i]!;
  }
  return totals;
}

/**
 * Counts as they would be under another mix of strata, Σ wₛFₛ (DiNardo, Fortin & Lemieux 1996): each stratum keeps its own
 * distribution and gets the weight `weights[s]`. `uncovered` is the share of the weights whose strata have no counts.
 */
export function reweightedCounts(
  buckets: StratifiedBuckets,
  weights: ArrayLike<number>,
): { counts: Float64Array; uncovered: number } {
  const width = buckets.counts.length / buckets.strata;
  const totals = rowTotals(buckets);
  const counts = new Float64Array(width);
  let covered = 0;
  let sum = 0;
  for (let s = 0; s < buckets.strata; s++) {
    sum += weights[s]!;
    if (!(totals[s]! > 0) || !(weights[s]! > 0)) continue;
    covered += weights[s]!;
    const factor = weights[s]! / totals[s]!;
    for (let i = 0; i < width; i++) counts[i]! += factor * buckets.counts[s * width + i]!;
  }
  return { counts, uncovered: 1 - covered / sum };
}

export interface QuantileDecomposition {
  readonly baseline: number;
  readonly post: number;
  /** The quantile after, had the mix stayed that of the baseline. */
  readonly standardised: number;
  /** standardised − baseline: what changed inside the strata. */
  readonly within: number;
  /** post − standardised: what the shift of traffic did. */
  readonly mix: number;
  /** Share of the baseline's traffic whose strata no longer exist, hence not standardised. */
  readonly uncovered: number;
}

/** Splits the change of a quantile into change within strata and shift between them; both sides share bounds and strata. */
export function quantileDecomposition(input: {
  readonly bounds: Float64Array;
  readonly baseline: StratifiedBuckets;
  readonly post: StratifiedBuckets;
  readonly p: number;
  readonly interpolation: Interpolation;
}): QuantileDecomposition {
  const baselineMix = rowTotals(input.baseline);
  const quantile = (counts: Float64Array) => bucketQuantile(input.bounds, counts, input.p, input.interpolation).value;
  const baseline = quantile(reweightedCounts(input.baseline, baselineMix).counts);
  const post = quantile(reweightedCounts(input.post, rowTotals(input.post)).counts);
  const { counts, uncovered } = reweightedCounts(input.post, baselineMix);
  const standardised = quantile(counts);
  return { baseline, post, standardised, within: standardised - baseline, mix: post - standardised, uncovered };
}
