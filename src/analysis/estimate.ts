import { lagOneAutocorrelation } from '../statistics/autocorrelation.ts';
import { type ClusterRatio, clusterResiduals } from '../statistics/cluster-ratio.ts';
import { type Interval, moverDifference, moverRatio } from '../statistics/mover.ts';
import { raoScottInterval } from '../statistics/rao-scott.ts';
import { studentQuantile } from '../statistics/student.ts';
import type { Calibration } from './calibration.ts';
import { type ArmCounts, armClusterRatio, countByCluster, type RowRatio, type Sample } from './sample.ts';

/** An effect with everything a decision needs; `effectAt` may be asked at any two-sided level. */
export interface Estimate {
  readonly baseline: number;
  readonly post: number;
  readonly kind: 'relative' | 'absolute';
  readonly effectAt: (level: number) => Interval;
  /** How far up and how far down counts as a move, both positive, of the effect's kind. */
  readonly riseMargin: number;
  readonly fallMargin: number;
  readonly clusters: readonly [number, number];
  readonly requests: readonly [number, number];
  readonly notes: readonly string[];
  readonly arms: readonly [ArmRatio, ArmRatio];
}

/** Why there is no estimate, and what would give one. */
export interface NoEstimate {
  readonly because: string;
  readonly needed: string;
  readonly clusters: readonly [number, number];
  readonly requests: readonly [number, number];
}

export function isEstimate(result: Estimate | NoEstimate): result is Estimate {
  return 'effectAt' in result;
}

/** Margins for a difference: relative to the better side, but never below the floor. */
export interface DifferenceMargin {
  readonly relative: number;
  readonly floor: number;
}

/** One arm's ratio with its interval at any level. */
export interface ArmRatio {
  readonly ratio: number;
  readonly intervalAt: (level: number) => Interval;
  readonly clusters: number;
  readonly total: number;
  /** NaN where a binomial variance has no meaning. */
  readonly designEffect: number;
}

export interface ArmPair {
  readonly arms: readonly [ArmRatio, ArmRatio];
  readonly clusters: readonly [number, number];
  readonly requests: readonly [number, number];
  readonly notes: readonly string[];
}

/** How a ratio's values are bounded decides its interval. */
export type Support = 'share' | 'positive' | 'any';

/**
 * Counts by cluster in both arms. Without a calibration, neighbouring blocks are joined until they no longer depend on each
 * other; with one, their dependence is already in the variance it found.
 */
export function independentCounts(
  sample: Sample,
  ratio: RowRatio,
  calibration: Calibration | null,
): { arms: [ArmCounts, ArmCounts]; notes: string[] } {
  const arms = countByCluster(sample, ratio);
  if (!sample.ordered || calibration !== null) return { arms, notes: [] };
  const length = independentLength(arms);
  const notes = length.dependent
    ? ['neighbouring blocks still depend on each other at the longest length tried; the interval may be too narrow']
    : [];
  return { arms: [joined(arms[0], length.blocks), joined(arms[1], length.blocks)], notes };
}

/** Residual lag-1 autocorrelation below which blocks are taken to be independent. */
const INDEPENDENT_BELOW = 0.2;
const ONE_SIDED_95 = 1.645;
/** Joining stops before an arm has fewer clusters than this: the t multiplier would cost more than it saves. */
const FEWEST_JOINED_CLUSTERS = 6;
/** An autocorrelation of fewer residuals is mostly chance. */
const FEWEST_RESIDUALS = 8;

function independentLength(arms: readonly [ArmCounts, ArmCounts]): { blocks: number; dependent: boolean } {
  const fewest = Math.min(arms[0].denominators.length, arms[1].denominators.length);
  let blocks = 1;
  for (;;) {
    const { correlation, residuals } = pooledAutocorrelation(arms.map((arm) => joined(arm, blocks)));
    // Of few residuals, chance alone gives more than the threshold: then only a significant correlation counts.
    const threshold = Math.max(INDEPENDENT_BELOW, ONE_SIDED_95 / Math.sqrt(residuals));
    if (!(correlation > threshold)) return { blocks, dependent: false };
    if (fewest / (blocks * 2) < FEWEST_JOINED_CLUSTERS) return { blocks, dependent: true };
    blocks *= 2;
  }
}

/** Of both arms together, weighed by length: one short arm alone would mostly show chance. */
function pooledAutocorrelation(arms: readonly ArmCounts[]): { correlation: number; residuals: number } {
  let sum = 0;
  let residuals = 0;
  for (const arm of arms) {
    const { length } = arm.denominators;
    const correlation = length < FEWEST_RESIDUALS ? Number.NaN : residualAutocorrelation(arm);
    if (Number.isNaN(correlation)) continue;
    sum += correlation * length;
    residuals += length;
  }
  return { correlation: residuals === 0 ? 0 : sum / residuals, residuals };
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

function joined(counts: ArmCounts, blocks: number): ArmCounts {
  if (blocks === 1) return counts;
  const length = Math.max(1, Math.floor(counts.numerators.length / blocks));
  const numerators = new Float64Array(length);
  const denominators = new Float64Array(length);
  counts.numerators.forEach((y, j) => {
    const cluster = Math.min(length - 1, Math.floor(j / blocks));
    numerators[cluster]! += y;
    denominators[cluster]! += counts.denominators[j]!;
  });
  return { ...counts, numerators, denominators };
}

/** A ratio in each arm; an arm with fewer than two clusters has no variance and answers null. */
export function estimateArms(
  sample: Sample,
  ratio: RowRatio,
  support: Support,
  calibration: Calibration | null = null,
): ArmPair | NoEstimate {
  const { arms, notes } = independentCounts(sample, ratio, calibration);
  const baseline = scaled(armRatio(arms[0], support, calibration), calibration?.levelFactor ?? 1);
  const post = armRatio(arms[1], support, calibration);
  const clusters = [baseline.clusters, post.clusters] as const;
  const requests = [baseline.total, post.total] as const;
  const thin = clusters[0] < 2 ? 'baseline' : clusters[1] < 2 ? 'post' : null;
  if (thin === null) return { arms: [baseline, post], clusters, requests, notes };
  const empty = (thin === 'baseline' ? requests[0] : requests[1]) === 0;
  return {
    because: empty ? `no data in the ${thin} window` : `one block of data in the ${thin} window has no variance`,
    needed: `traffic in at least two blocks of the ${thin} window`,
    clusters,
    requests,
  };
}

/** The arm's ratio with the larger of its own variance and the one quiet windows of the past show. */
export function calibratedRatio(counts: ArmCounts, calibration: Calibration | null): ClusterRatio {
  const own = armClusterRatio(counts);
  if (calibration === null || own.clusters === 0) return own;
  const variance = calibration.varianceOf(own.clusters, own.total, own.ratio);
  if (variance <= own.variance) return own;
  const independent = (own.ratio * (1 - own.ratio)) / own.total;
  return {
    ...own,
    variance,
    degreesOfFreedom: calibration.degreesOfFreedom,
    designEffect: independent > 0 ? variance / independent : Number.NaN,
  };
}

function armRatio(counts: ArmCounts, support: Support, calibration: Calibration | null): ArmRatio {
  const result = calibratedRatio(counts, calibration);
  const { ratio, variance, degreesOfFreedom, clusters, total } = result;
  return {
    ratio,
    clusters,
    total,
    designEffect: support === 'any' ? Number.NaN : result.designEffect,
    intervalAt(level) {
      if (support === 'share' || (support === 'positive' && ratio < 0.5)) {
        return { estimate: ratio, ...raoScottInterval(result, level) };
      }
      const reach = studentQuantile((1 + level) / 2, degreesOfFreedom) * Math.sqrt(variance);
      const low = support === 'any' ? ratio - reach : Math.max(0, ratio - reach);
      return { estimate: ratio, low, high: ratio + reach };
    },
  };
}

/** The arm at another level; its interval moves with it. */
function scaled(arm: ArmRatio, factor: number): ArmRatio {
  if (factor === 1) return arm;
  return {
    ...arm,
    ratio: arm.ratio * factor,
    intervalAt(level) {
      const { estimate, low, high } = arm.intervalAt(level);
      return { estimate: estimate * factor, low: low * factor, high: high * factor };
    },
  };
}

/** Post - baseline by MOVER, with margins that turn round when the arms do. */
export function differenceEstimate(pair: ArmPair, margin: DifferenceMargin, shift = 0): Estimate {
  const [baseline, post] = pair.arms;
  return {
    baseline: baseline.ratio + shift,
    post: post.ratio + shift,
    kind: 'absolute',
    effectAt: (level) => moverDifference(baseline.intervalAt(level), post.intervalAt(level)),
    riseMargin: Math.max(margin.relative * Math.abs(baseline.ratio + shift), margin.floor),
    fallMargin: Math.max(margin.relative * Math.abs(post.ratio + shift), margin.floor),
    clusters: pair.clusters,
    requests: pair.requests,
    notes: pair.notes,
    arms: pair.arms,
  };
}

/** Post / baseline - 1 by MOVER on logarithms; rising by the margin is undone by falling to 1 / (1 + margin). */
export function relativeEstimate(pair: ArmPair, margin: number): Estimate {
  const [baseline, post] = pair.arms;
  return {
    baseline: baseline.ratio,
    post: post.ratio,
    kind: 'relative',
    effectAt(level) {
      const { estimate, low, high } = moverRatio(baseline.intervalAt(level), post.intervalAt(level));
      return { estimate: estimate - 1, low: low - 1, high: high - 1 };
    },
    riseMargin: margin,
    fallMargin: margin / (1 + margin),
    clusters: pair.clusters,
    requests: pair.requests,
    notes: pair.notes,
    arms: pair.arms,
  };
}
