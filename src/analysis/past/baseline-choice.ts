import type { ComparisonMethod } from '../../domain/report.ts';
import type { WarmUpCut } from '../course/warm-up.ts';
import type { Design } from '../designs/design.ts';
import type { Indicator } from '../indicators/indicator.ts';
import { BASELINE, type Phases, POST } from '../phases.ts';
import { blocksOfArm, countsByBlock } from '../sampling/block-counts.ts';
import type { RowRatio, Sample } from '../sampling/sample.ts';
import { withBaseline } from '../sampling/sample-slices.ts';
import { type Calibration, canCalibrate } from './calibration.ts';
import { chooseReference, methodOf } from './reference-choice.ts';
import type { BaselineBlocks, Reference } from './references/reference.ts';
import { steadyPast } from './steady-past.ts';

/** Which part of the past one indicator is compared with, and how well that part predicts quiet windows. */
export interface BaselineChoice {
  readonly method: ComparisonMethod;
  readonly sample: Sample;
  /** With all of the past that lies at the level the upgrade met, of which the reference is a part. */
  readonly past: Sample;
  /** Null where the past is too short to choose by. */
  readonly reference: Reference | null;
  readonly calibration: Calibration | null;
  /** Blocks of the season that was matched; null where none was. */
  readonly periodBlocks: number | null;
  /** What was followed over the past to choose; null where there was no choice. */
  readonly response: RowRatio | null;
  readonly notes: readonly string[];
  /** What was left out of post because instances had just started. */
  readonly warmUp?: WarmUpCut;
}

/**
 * Concurrent arms share their clock and need no choice. Otherwise the reference that best predicts the past's own quiet
 * windows: the same hours of earlier days or weeks, all of the baseline, or its last stretch; of the past only what lies
 * at the level the upgrade met.
 */
export function chooseBaseline(
  design: Design,
  indicator: Indicator,
  phases: Phases,
  asked: ComparisonMethod | null,
): BaselineChoice {
  const plain: BaselineChoice = {
    ...design,
    past: design.sample,
    reference: null,
    calibration: null,
    periodBlocks: null,
    response: null,
  };
  const response = design.method === 'before-after' ? indicator.response(design.sample) : null;
  if (response === null || phases.post === null) return plain;
  const past = { ...plain, response };
  if (!canCalibrate(design.sample.clusters[BASELINE], design.sample.clusters[POST])) return past;
  const whole = countsByBlock(design.sample, response, BASELINE);
  const steady = steadyPast(whole, design.sample.clusters[POST], phases.resolutionMs);
  const sample = steady === null ? design.sample : withBaseline(design.sample, steady.isSteady);
  if (steady === null || sample === null) return bestReference(past, whole, indicator, phases, asked);
  const cut = { ...past, sample, past: sample, notes: [...design.notes, steady.note] };
  return bestReference(cut, countsByBlock(sample, response, BASELINE), indicator, phases, asked);
}

function bestReference(
  plain: BaselineChoice,
  baseline: BaselineBlocks,
  indicator: Indicator,
  phases: Phases,
  asked: ComparisonMethod | null,
): BaselineChoice {
  const postBlocks = blocksOfArm(plain.sample, POST);
  const best = chooseReference(baseline, postBlocks, indicator, phases, asked);
  const sample = best === null ? null : withBaseline(plain.sample, best.reference.serving(baseline, postBlocks));
  if (best === null || sample === null) return plain;
  const { reference, calibration } = best;
  return {
    method: methodOf(reference),
    sample,
    past: plain.past,
    reference,
    calibration,
    periodBlocks: reference.periodBlocks,
    response: plain.response,
    notes: reference.note === null ? plain.notes : [...plain.notes, reference.note],
  };
}
