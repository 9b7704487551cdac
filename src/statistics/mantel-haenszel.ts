import { chiSquareTail } from './gamma.ts';

/** Parallel arrays over strata: events and totals of the exposed and of the control arm. */
export interface Strata {
  readonly exposedEvents: ArrayLike<number>;
  readonly exposedTotals: ArrayLike<number>;
  readonly controlEvents: ArrayLike<number>;
  readonly controlTotals: ArrayLike<number>;
}

export interface ClusteredStrata extends Strata {
  /** Stratum → cluster; strata of one cluster (a host, a block of time) may depend on each other. Default: each its own. */
  readonly cluster?: ArrayLike<number>;
}

export interface StratifiedDifference {
  readonly difference: number;
  /** Cluster-robust; NaN with fewer than two clusters. */
  readonly variance: number;
  readonly degreesOfFreedom: number;
  /** Σ n₁n₀/(n₁ + n₀): twice the balanced sample the strata are worth to this difference. */
  readonly weight: number;
}

const harmonicWeight = (exposed: number, control: number) =>
  exposed > 0 && control > 0 ? (exposed * control) / (exposed + control) : 0;

/**
 * Mantel–Haenszel risk difference Σw(r₁ − r₀)/Σw, w = n₁n₀/(n₁ + n₀) (Greenland & Robins 1985), exposed minus control.
 * Variance linearised over clusters of strata, m/(m − 1)·Σu²/(Σw)². Strata with an empty arm say nothing and are left out.
 */
export function mantelHaenszelDifference(strata: ClusteredStrata): StratifiedDifference {
  const { exposedEvents, exposedTotals, controlEvents, controlTotals } = strata;
  let weight = 0;
  let sum = 0;
  const contributions = new Map<number, { weight: number; sum: number }>();
  for (let s = 0; s < exposedTotals.length; s++) {
    const w = harmonicWeight(exposedTotals[s]!, controlTotals[s]!);
    if (w === 0) continue;
    const gain = w * (exposedEvents[s]! / exposedTotals[s]! - controlEvents[s]! / controlTotals[s]!);
    weight += w;
    sum += gain;
    const key = strata.cluster === undefined ? s : strata.cluster[s]!;
    const contribution = contributions.get(key) ?? { weight: 0, sum: 0 };
    contributions.set(key, { weight: contribution.weight + w, sum: contribution.sum + gain });
  }
  const difference = weight > 0 ? sum / weight : Number.NaN;
  let squares = 0;
  for (const contribution of contributions.values()) {
    squares += (contribution.sum - difference * contribution.weight) ** 2;
  }
  const clusters = contributions.size;
  const variance = clusters < 2 ? Number.NaN : ((clusters / (clusters - 1)) * squares) / weight ** 2;
  return { difference, variance, degreesOfFreedom: Math.max(0, clusters - 1), weight };
}

/** Mantel–Haenszel common odds ratio Σ(ad/n)/Σ(bc/n). */
export function mantelHaenszelOddsRatio(strata: Strata): number {
  let numerator = 0;
  let denominator = 0;
  for (let s = 0; s < strata.exposedTotals.length; s++) {
    const a = strata.exposedEvents[s]!;
    const c = strata.controlEvents[s]!;
    const n = strata.exposedTotals[s]! + strata.controlTotals[s]!;
    if (!(n > 0)) continue;
    numerator += (a * (strata.controlTotals[s]! - c)) / n;
    denominator += ((strata.exposedTotals[s]! - a) * c) / n;
  }
  return numerator / denominator;
}

/** Cochran–Mantel–Haenszel statistic (1 degree of freedom) and its p-value, with or without continuity correction. */
export function cochranMantelHaenszel(strata: Strata, continuity = false): { statistic: number; p: number } {
  let excess = 0;
  let variance = 0;
  for (let s = 0; s < strata.exposedTotals.length; s++) {
    const exposed = strata.exposedTotals[s]!;
    const control = strata.controlTotals[s]!;
    const events = strata.exposedEvents[s]! + strata.controlEvents[s]!;
    const n = exposed + control;
    if (!(n > 1)) continue;
    excess += strata.exposedEvents[s]! - (exposed * events) / n;
    variance += (exposed * control * events * (n - events)) / (n * n * (n - 1));
  }
  const distance = Math.max(0, Math.abs(excess) - (continuity ? 0.5 : 0));
  const statistic = (distance * distance) / variance;
  return { statistic, p: chiSquareTail(statistic, 1) };
}
