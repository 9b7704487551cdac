import { lagOneAutocorrelation } from '../statistics/autocorrelation.ts';
import { clusterResiduals } from '../statistics/cluster-ratio.ts';
import type { Calibration } from './calibration.ts';
import { type ArmCounts, countByCluster, type RowRatio, type Sample } from './sample.ts';

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
