import { lagOneAutocorrelation } from '../statistics/autocorrelation.ts';
import { type ClusterRatio, clusterResiduals } from '../statistics/cluster-ratio.ts';
import { cosineCount, cosineLongRunVariance } from '../statistics/cosine-variance.ts';
import type { Calibration } from './calibration.ts';
import {
  type ArmCounts,
  armClusterRatio,
  countByCluster,
  leastVariance,
  type RowRatio,
  type Sample,
} from './sample.ts';

/** A ratio in each arm with the variance that its clusters, and their dependence on each other, really have. */
export interface ClusteredRatios {
  readonly ratios: readonly [ClusterRatio, ClusterRatio];
  readonly notes: readonly string[];
}

/**
 * With a calibration, the larger of an arm's own variance and the one quiet windows of the past show. Without one, clusters
 * are taken to be independent unless neighbouring blocks are seen to depend on each other: then the long-run variance counts.
 */
export function clusteredRatios(sample: Sample, ratio: RowRatio, calibration: Calibration | null): ClusteredRatios {
  const [baseline, post] = countByCluster(sample, ratio);
  if (calibration !== null) {
    return { ratios: [calibratedRatio(baseline, calibration), calibratedRatio(post, calibration)], notes: [] };
  }
  if (!sample.ordered || !areDependent([baseline, post]))
    return { ratios: [armClusterRatio(baseline), armClusterRatio(post)], notes: [] };
  const isShort = Math.min(baseline.denominators.length, post.denominators.length) < FEWEST_SERIAL_BLOCKS;
  const notes = isShort
    ? ['neighbouring blocks depend on each other and there are few of them; the interval may be too narrow']
    : [];
  return { ratios: [serialRatio(baseline), serialRatio(post)], notes };
}

function calibratedRatio(counts: ArmCounts, calibration: Calibration): ClusterRatio {
  const own = armClusterRatio(counts);
  if (own.clusters === 0) return own;
  const variance = calibration.varianceOf(own.clusters, own.total, own.ratio);
  return variance <= own.variance ? own : withVariance(own, variance, calibration.degreesOfFreedom);
}

/** Fewer cosines than this make a t multiplier that costs more than it saves. */
const FEWEST_COSINES = 5;
/** The length of series for which that many are recommended; in shorter ones they still see part of the dependence. */
const FEWEST_SERIAL_BLOCKS = 40;

/** The ratio with the long-run variance of its residuals: dependence of blocks further apart counts too. */
function serialRatio(counts: ArmCounts): ClusterRatio {
  const own = armClusterRatio(counts);
  if (own.clusters < 2) return own;
  const residuals = clusterResiduals(counts.numerators, counts.denominators).filter(Number.isFinite);
  const cosines = Math.min(own.degreesOfFreedom, Math.max(FEWEST_COSINES, cosineCount(own.clusters)));
  const variance = (own.clusters * cosineLongRunVariance(residuals, cosines)) / own.total ** 2;
  return withVariance(own, Math.max(variance, leastVariance(own, counts)), cosines);
}

function withVariance(own: ClusterRatio, variance: number, degreesOfFreedom: number): ClusterRatio {
  const independent = (own.ratio * (1 - own.ratio)) / own.total;
  return { ...own, variance, degreesOfFreedom, designEffect: independent > 0 ? variance / independent : Number.NaN };
}

const ONE_SIDED_95 = 1.645;
/** An autocorrelation of fewer residuals is mostly chance. */
const FEWEST_RESIDUALS = 8;

/**
 * Whether chance alone would rarely show so much autocorrelation between neighbours: by both arms together, weighed by
 * length, each corrected for its bias -(1 + 3ρ)/n (Kendall 1954).
 */
function areDependent(arms: readonly ArmCounts[]): boolean {
  let sum = 0;
  let residuals = 0;
  for (const arm of arms) {
    const { length } = arm.denominators;
    const correlation = length < FEWEST_RESIDUALS ? Number.NaN : residualAutocorrelation(arm);
    if (Number.isNaN(correlation)) continue;
    sum += correlation * length + 1 + 3 * correlation;
    residuals += length;
  }
  return sum > ONE_SIDED_95 * Math.sqrt(residuals);
}

/** Of residuals around the arm's levels: a lasting step inside an arm is a change of level, not dependence. */
function residualAutocorrelation({ numerators, denominators }: ArmCounts): number {
  const residuals = clusterResiduals(numerators, denominators).filter(Number.isFinite);
  const step = largestStep(residuals);
  if (step === null) return lagOneAutocorrelation(residuals);
  return lagOneAutocorrelation(residuals.map((residual, j) => residual - (j < step.index ? step.before : step.after)));
}

/** A step this many standard errors high is not one that chance places where the cumulative sum turns. */
const CLEAR_STEP = 5;

/** The step where the cumulative sum of residuals turns; null where it is not clear. */
function largestStep(residuals: Float64Array): { index: number; before: number; after: number } | null {
  let [sum, largest, index] = [0, 0, 0];
  for (let j = 0; j < residuals.length - 1; j++) {
    sum += residuals[j]!;
    if (Math.abs(sum) <= Math.abs(largest)) continue;
    largest = sum;
    index = j + 1;
  }
  if (index === 0) return null;
  const before = largest / index;
  const after = -largest / (residuals.length - index);
  let squares = 0;
  residuals.forEach((residual, j) => {
    squares += (residual - (j < index ? before : after)) ** 2;
  });
  const deviation = Math.sqrt((squares / residuals.length) * (1 / index + 1 / (residuals.length - index)));
  return Math.abs(after - before) > CLEAR_STEP * deviation ? { index, before, after } : null;
}
