import { lagOneAutocorrelation } from '../../statistics/autocorrelation.ts';
import { knownResiduals } from '../../statistics/cluster-ratio.ts';
import type { ArmCounts } from '../sampling/sample.ts';

/** An autocorrelation of fewer residuals is mostly chance. */
const FEWEST_RESIDUALS = 8;
const ONE_SIDED_95 = 1.645;

/** How much a block's residual says about the next one's, and how much of that chance alone would rarely show. */
export interface BlockAutocorrelation {
  readonly correlation: number;
  /** Without the bias -(1 + 3ρ)/n of a short series (Kendall 1954). */
  readonly corrected: number;
  readonly byChance: number;
}

/** Of both arms together, weighed by length: one short arm alone would mostly show chance. */
export function blockAutocorrelation(arms: readonly ArmCounts[]): BlockAutocorrelation {
  let sum = 0;
  let bias = 0;
  let residuals = 0;
  for (const arm of arms) {
    const { length } = arm.denominators;
    const correlation = length < FEWEST_RESIDUALS ? Number.NaN : residualAutocorrelation(arm);
    if (Number.isNaN(correlation)) continue;
    sum += correlation * length;
    bias += 1 + 3 * correlation;
    residuals += length;
  }
  const byChance = ONE_SIDED_95 / Math.sqrt(residuals);
  if (residuals === 0) return { correlation: 0, corrected: 0, byChance };
  return { correlation: sum / residuals, corrected: (sum + bias) / residuals, byChance };
}

/** Of residuals around the arm's levels: a lasting step inside an arm is a change of level, not dependence. */
function residualAutocorrelation({ numerators, denominators }: ArmCounts): number {
  const residuals = knownResiduals(numerators, denominators);
  const step = largestStep(residuals);
  if (step === null) return lagOneAutocorrelation(residuals);
  for (let j = 0; j < residuals.length; j++) residuals[j]! -= j < step.index ? step.before : step.after;
  return lagOneAutocorrelation(residuals);
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
  for (let j = 0; j < residuals.length; j++) squares += (residuals[j]! - (j < index ? before : after)) ** 2;
  const deviation = Math.sqrt((squares / residuals.length) * (1 / index + 1 / (residuals.length - index)));
  return Math.abs(after - before) > CLEAR_STEP * deviation ? { index, before, after } : null;
}
