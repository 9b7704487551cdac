import { autoregressiveInflation } from '../../statistics/autocorrelation.ts';
import { type ClusterRatio, knownResiduals } from '../../statistics/cluster-ratio.ts';
import { cosineCount, cosineLongRunVariance } from '../../statistics/cosine-variance.ts';
import type { Calibration } from '../past/calibration.ts';
import {
  type ArmCounts,
  armClusterRatio,
  countByCluster,
  leastVariance,
  type RowRatio,
  type Sample,
} from '../sampling/sample.ts';
import { blockAutocorrelation } from './block-autocorrelation.ts';
import { joinBlocks } from './joined-blocks.ts';

/** A ratio in each arm with the variance that its clusters, and their dependence on each other, really have. */
export interface ClusteredRatios {
  /** Calculated when it is asked for. */
  ratioOf(arm: 0 | 1): ClusterRatio;
  readonly notes: readonly string[];
}

/** Windows that leave fewer cosines are too short for a long-run variance. */
const FEWEST_COSINES = 5;

/**
 * With a calibration, the larger of an arm's own variance and the one quiet windows of the past show. Without one, clusters
 * are independent unless neighbouring blocks are seen not to be: then the long-run variance counts, or in short windows the
 * variance between longer blocks.
 */
export function clusteredRatios(sample: Sample, ratio: RowRatio, calibration: Calibration | null): ClusteredRatios {
  const arms = countByCluster(sample, ratio);
  if (calibration !== null) return { ratioOf: (arm) => calibratedRatio(arms[arm], calibration), notes: [] };
  if (!sample.ordered) return { ratioOf: (arm) => armClusterRatio(arms[arm]), notes: [] };
  if (cosineCount(Math.min(...sample.clusters)) < FEWEST_COSINES) return joinedRatios(arms);
  const { corrected, byChance } = blockAutocorrelation(arms);
  if (corrected > byChance) return { ratioOf: (arm) => longRunRatio(arms[arm]), notes: [DEPENDENT] };
  // Dependence too weak to be seen for sure still widens what it seems to widen.
  const inflation = autoregressiveInflation(Math.max(0, corrected));
  return { ratioOf: (arm) => inflated(armClusterRatio(arms[arm]), inflation), notes: [] };
}

const DEPENDENT = 'neighbouring blocks depend on each other, which widens the interval';

type Arms = readonly [ArmCounts, ArmCounts];

function joinedRatios(arms: Arms): ClusteredRatios {
  const joined = joinBlocks(arms);
  const notes = joined.isDependent
    ? ['neighbouring blocks still depend on each other at the longest length tried; the interval may be too narrow']
    : [];
  return { ratioOf: (arm) => armClusterRatio(joined.arms[arm]), notes };
}

function calibratedRatio(counts: ArmCounts, calibration: Calibration): ClusterRatio {
  const own = armClusterRatio(counts);
  if (own.clusters === 0) return own;
  const variance = calibration.varianceOf(own.clusters, own.total, own.ratio);
  return variance <= own.variance ? own : withVariance(own, variance, calibration.degreesOfFreedom);
}

/** With the long-run variance of the residuals: dependence of blocks further apart counts too. */
function longRunRatio(counts: ArmCounts): ClusterRatio {
  const own = armClusterRatio(counts);
  if (own.clusters < 2) return own;
  const residuals = knownResiduals(counts.numerators, counts.denominators);
  const cosines = cosineCount(own.clusters);
  const variance = (own.clusters * cosineLongRunVariance(residuals, cosines)) / own.total ** 2;
  return withVariance(own, Math.max(variance, leastVariance(own, counts)), cosines);
}

function inflated(own: ClusterRatio, inflation: number): ClusterRatio {
  return inflation === 1 ? own : withVariance(own, own.variance * inflation, own.degreesOfFreedom);
}

function withVariance(own: ClusterRatio, variance: number, degreesOfFreedom: number): ClusterRatio {
  const independent = (own.ratio * (1 - own.ratio)) / own.total;
  return { ...own, variance, degreesOfFreedom, designEffect: independent > 0 ? variance / independent : Number.NaN };
}
