import type { CellSeries } from '../../domain/cells.ts';
import { type ClusterRatio, clusterRatio } from '../../statistics/cluster-ratio.ts';
import { BASELINE, NEITHER, POST } from '../phases.ts';
import type { PlacedRows, Strata } from '../strata/strata.ts';
import { type StratumWeights, stratumWeights } from '../strata/stratum-weights.ts';
import { type BlockArms, blockArms } from './block-arms.ts';
import { sumByBlock } from './block-sums.ts';
import { rememberLatest } from './latest.ts';
import type { BlockSums, RowRatio } from './row-ratio.ts';

export type { RowRatio } from './row-ratio.ts';

/**
 * Which row goes into which arm and cluster. Rows keep their place in the series: nothing is copied. Clusters are
 * numbered within their arm; rows of one cluster are not independent of each other, clusters are taken to be.
 */
export interface Sample extends PlacedRows {
  readonly series: readonly CellSeries[];
  /** Per series and row: `BASELINE`, `POST` or `NEITHER`. */
  readonly armOf: readonly Int8Array[];
  /** Per series and row: number of the cluster within its arm. */
  readonly clusterOf: readonly Int32Array[];
  readonly clusters: readonly [number, number];
  /** Clusters are consecutive in time, so that neighbours may be joined where they still depend on each other. */
  readonly ordered: boolean;
  /** Kinds of traffic that post is to have as the baseline has them; null where none are told apart. */
  readonly strata: Strata | null;
}

/** Numerators and denominators of one arm by cluster; shared by all who count the same, so never written to. */
export interface ArmCounts {
  readonly numerators: Float64Array;
  readonly denominators: Float64Array;
  /** What unequal weights cost: variance over that of as many equal ones, at least 1. Absent: all weigh the same. */
  readonly weightEffect?: number;
}

/**
 * Sums a ratio's two sides by arm and cluster, post at the baseline's mix where strata are told apart; rows that know
 * nothing are left out.
 */
export function countByCluster(sample: Sample, ratio: RowRatio): readonly [ArmCounts, ArmCounts] {
  return remembered(sample, ratio, () => {
    const weights = stratumWeights(sample, ratio);
    return weights === null ? countAlike(sample, ratio) : countWeighted(sample, ratio, weights);
  });
}

/** One sample is looked at by one ratio several times in a row. */
const remembered = rememberLatest<Sample, RowRatio, readonly [ArmCounts, ArmCounts]>(4);

function countAlike(sample: Sample, ratio: RowRatio): [ArmCounts, ArmCounts] {
  const arms: [ArmCounts, ArmCounts] = [emptyCounts(sample.clusters[BASELINE]), emptyCounts(sample.clusters[POST])];
  const byBlock = blockArms(sample);
  if (byBlock !== null) {
    addBlocks(byBlock, sumByBlock(sample.series, ratio, byBlock.span), arms);
    return arms;
  }
  sample.series.forEach((series, index) => {
    const armOf = sample.armOf[index]!;
    const clusterOf = sample.clusterOf[index]!;
    for (let row = 0; row < armOf.length; row++) {
      const arm = armOf[row]!;
      if (arm === NEITHER) continue;
      const numerator = ratio.numerator(series, row);
      const denominator = ratio.denominator(series, row);
      if (Number.isNaN(numerator) || Number.isNaN(denominator)) continue;
      const counts = arms[arm as 0 | 1];
      counts.numerators[clusterOf[row]!]! += numerator;
      counts.denominators[clusterOf[row]!]! += denominator;
    }
  });
  return arms;
}

function addBlocks(
  { armOfBlock, clusterOfBlock, stretches }: BlockArms,
  sums: BlockSums,
  arms: readonly [ArmCounts, ArmCounts],
): void {
  if (stretches !== null) {
    for (const { arm, from, to, cluster } of stretches) {
      arms[arm].numerators.set(sums.numerators.subarray(from, to), cluster);
      arms[arm].denominators.set(sums.denominators.subarray(from, to), cluster);
    }
    return;
  }
  for (let i = 0; i < armOfBlock.length; i++) {
    const arm = armOfBlock[i]!;
    if (arm === NEITHER) continue;
    const counts = arms[arm as 0 | 1];
    counts.numerators[clusterOfBlock[i]!]! += sums.numerators[i]!;
    counts.denominators[clusterOfBlock[i]!]! += sums.denominators[i]!;
  }
}

/**
 * Post-stratified counts: numerators f(Y − rₛN) + rfN, denominators fN, so that their ratio is the standardised one and its
 * residuals are those within strata (Särndal, Swensson & Wretman 1992, section 7.6). Mixes are taken as given.
 */
function countWeighted(sample: Sample, ratio: RowRatio, weights: StratumWeights): [ArmCounts, ArmCounts] {
  const arms: [ArmCounts, ArmCounts] = [
    { ...emptyCounts(sample.clusters[BASELINE]), weightEffect: weights.weightEffects[BASELINE] },
    { ...emptyCounts(sample.clusters[POST]), weightEffect: weights.weightEffects[POST] },
  ];
  const spread = [fewClusterFactors(sample, weights, BASELINE), fewClusterFactors(sample, weights, POST)] as const;
  sample.series.forEach((series, index) => {
    const stratum = weights.strata.ofSeries[index]!;
    if (stratum < 0) return;
    const armOf = sample.armOf[index]!;
    const clusterOf = sample.clusterOf[index]!;
    for (let row = 0; row < armOf.length; row++) {
      const arm = armOf[row]! as -1 | 0 | 1;
      if (arm === NEITHER || !(weights.factors[arm][stratum]! > 0)) continue;
      const numerator = ratio.numerator(series, row);
      const denominator = ratio.denominator(series, row);
      if (Number.isNaN(numerator) || Number.isNaN(denominator)) continue;
      const weight = weights.factors[arm][stratum]! * denominator;
      const residual = weights.factors[arm][stratum]! * (numerator - weights.rates[arm][stratum]! * denominator);
      const cluster = clusterOf[row]!;
      arms[arm].numerators[cluster]! += spread[arm][stratum]! * residual + weights.levels[arm] * weight;
      arms[arm].denominators[cluster]! += weight;
    }
  });
  return arms;
}

/**
 * A stratum that only some clusters serve has its own rate out of their residuals: √(mₛ/(mₛ − 1)) each, over the √(m/(m − 1))
 * that the variance of all clusters brings.
 */
function fewClusterFactors(sample: Sample, { strata }: StratumWeights, arm: 0 | 1): Float64Array {
  const all = sample.clusters[arm];
  return Float64Array.from(strata.clusters[arm].subarray(0, strata.count), (own) =>
    own < 2 || all < 2 ? 1 : Math.sqrt((own / (own - 1)) * ((all - 1) / all)),
  );
}

/** A cluster ratio whose variance is at least what unequal weights make of independent requests. */
export function armClusterRatio(counts: ArmCounts): ClusterRatio {
  const own = clusterRatio(counts.numerators, counts.denominators);
  const least = leastVariance(own, counts);
  if (!(least > own.variance)) return own;
  return { ...own, variance: least, designEffect: counts.weightEffect! };
}

/** What as many independent requests would show under these weights; 0 where all weigh the same. */
export function leastVariance({ ratio, total }: ClusterRatio, { weightEffect = 1 }: ArmCounts): number {
  return weightEffect > 1 ? Math.max(0, (weightEffect * ratio * (1 - ratio)) / total) : 0;
}

function emptyCounts(clusters: number): ArmCounts {
  return { numerators: new Float64Array(clusters), denominators: new Float64Array(clusters) };
}
