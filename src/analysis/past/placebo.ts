import { studentCdf } from '../../statistics/student.ts';
import { tailDegrees } from '../../statistics/tail-degrees.ts';
import type { MoveEvidence } from '../comparing/decision.ts';
import type { Estimate } from '../estimating/estimate.ts';
import type { Indicator } from '../indicators/indicator.ts';
import { POST } from '../phases.ts';
import { type ArmCounts, countByCluster, type RowRatio, type Sample } from '../sampling/sample.ts';
import { withinStrata } from '../strata/stratum-weights.ts';
import type { BaselineChoice } from './baseline-choice.ts';
import type { Calibration, PlaceboScore } from './calibration.ts';
import { constantPast, isLongPast } from './constant-past.ts';
import type { Sums } from './references/reference.ts';

/** What a comparison shows on post and would have shown on every quiet stretch of its own past, measured alike. */
export interface Placebo {
  readonly observed: MoveEvidence;
  /** First block of each quiet stretch, and the p-values of a move beyond the margin in it. */
  readonly blocks: Float64Array;
  readonly risen: Float64Array;
  readonly fallen: Float64Array;
  /** Quiet stretches that lie as far from their prediction, in either direction, as post does. */
  readonly asFar: number;
}

/** Where the margin lies in units of what is followed over time. */
export interface ResponseMargins {
  readonly rise: number;
  readonly fall: number;
}

/**
 * The post window put to the test that its own past was put to: the error of the same prediction, in standard deviations
 * at the predicted level, which is the level that "nothing changed" claims. Null where the past does not calibrate.
 */
export function placeboOf(indicator: Indicator, estimate: Estimate, choice: BaselineChoice): Placebo | null {
  const { calibration, response, sample } = choice;
  if (response === null) return null;
  const margins = indicator.responseMargins(sample, estimate);
  if (calibration === null) return besideAConstant(sample, response, margins);
  const [baseline, post] = countByCluster(
    sample,
    indicator.mix === undefined ? response : withinStrata(sample, response),
  );
  return placeboBetween(sumsOf(baseline), sumsOf(post), calibration, margins);
}

/** How far a window lies from what the reference says of it, beside what quiet windows of the past would have shown. */
export function placeboBetween(
  reference: Sums,
  window: Sums,
  calibration: Calibration,
  margins: ResponseMargins,
): Placebo | null {
  const expected = (reference.numerator / reference.denominator) * calibration.levelFactor;
  const error = window.numerator / window.denominator - expected;
  const variance =
    calibration.varianceOf(reference.blocks, reference.denominator, expected) +
    calibration.varianceOf(window.blocks, window.denominator, expected);
  if (!(variance > 0)) return null;
  const { placebos, degreesOfFreedom, inflation } = calibration;
  const observed = evidenceOf(error, Math.sqrt(variance), degreesOfFreedom, margins);
  const z = Math.abs(error) / Math.sqrt(variance / inflation);
  return { observed, ...quietEvidence(placebos, margins), asFar: countFrom(placebos, z) };
}

/** A past that never moved says that any move is new, as stretches say it that are steady but for one. */
function besideAConstant(sample: Sample, response: RowRatio, margins: ResponseMargins): Placebo | null {
  const past = isLongPast(sample) ? constantPast(sample, response) : null;
  if (past === null) return null;
  const window = sumsOf(countByCluster(sample, response)[POST]);
  const none = new Float64Array(0);
  const observed = evidenceOf(window.numerator / window.denominator - past.value, 0, 1, margins);
  return { observed, blocks: none, risen: none, fallen: none, asFar: 0 };
}

function sumsOf({ numerators, denominators }: ArmCounts): Sums {
  const sums = { numerator: 0, denominator: 0, blocks: numerators.length };
  for (let j = 0; j < numerators.length; j++) {
    sums.numerator += numerators[j]!;
    sums.denominator += denominators[j]!;
  }
  return sums;
}

function countFrom(placebos: readonly PlaceboScore[], z: number): number {
  return placebos.filter((one) => Math.abs(one.z) >= z).length;
}

/** One-sided p-values that an error lies beyond the margin. */
function evidenceOf(error: number, deviation: number, degrees: number, { rise, fall }: ResponseMargins): MoveEvidence {
  const tail = (beyond: number): number => (beyond > 0 ? studentCdf(-beyond / deviation, degrees) : 1);
  return { risen: tail(error - rise), fallen: tail(-error - fall) };
}

/** Each stretch against the variance and the tails of all the others, as post is against all of them. */
function quietEvidence(placebos: readonly PlaceboScore[], margins: ResponseMargins) {
  const count = placebos.length;
  let [second, fourth] = [0, 0];
  for (const { z } of placebos) {
    second += z ** 2;
    fourth += z ** 4;
  }
  const blocks = new Float64Array(count);
  const risen = new Float64Array(count);
  const fallen = new Float64Array(count);
  placebos.forEach(({ block, error, deviation, z }, j) => {
    const others = count - 1;
    const inflation = Math.max(0, second - z ** 2) / others;
    const degrees = tailDegrees(others, inflation, Math.max(0, fourth - z ** 4) / others);
    const evidence = evidenceOf(error, deviation * Math.sqrt(inflation), degrees, margins);
    blocks[j] = block;
    risen[j] = evidence.risen;
    fallen[j] = evidence.fallen;
  });
  return { blocks, risen, fallen };
}
