import type { ComparisonMethod } from '../../domain/report.ts';
import type { WarmUpCut } from '../course/warm-up.ts';
import type { Design } from '../designs/design.ts';
import type { Indicator } from '../indicators/indicator.ts';
import { BASELINE, type Phases, POST } from '../phases.ts';
import { countsByBlock } from '../sampling/block-counts.ts';
import type { RowRatio, Sample } from '../sampling/sample.ts';
import { withBaseline } from '../sampling/sample-slices.ts';
import { type Calibration, calibrate, canCalibrate, type PostShape, relativeError } from './calibration.ts';
import { referencesFor } from './references/index.ts';
import type { BaselineBlocks, Reference } from './references/reference.ts';
import { DAY_MS } from './seasons.ts';
import { steadyPast } from './steady-past.ts';

/** Which part of the past one indicator is compared with, and how well that part predicts quiet windows. */
export interface BaselineChoice {
  readonly method: ComparisonMethod;
  readonly sample: Sample;
  readonly calibration: Calibration | null;
  /** Blocks of the season that was matched; null where none was. */
  readonly periodBlocks: number | null;
  /** What was followed over the past to choose; null where there was no choice. */
  readonly response: RowRatio | null;
  readonly notes: readonly string[];
  /** What was left out of post because instances had just started. */
  readonly warmUp?: WarmUpCut;
}

/** Another reference is only taken where it predicts quiet windows this much better than a plainer one. */
const BETTER_BY = 0.85;
/** Of post's blocks, that have to lie at hours the reference knows. */
const KNOWN_SHARE = 0.75;

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
  const plain: BaselineChoice = { ...design, calibration: null, periodBlocks: null, response: null };
  const response = design.method === 'before-after' ? indicator.response(design.sample) : null;
  if (response === null || phases.post === null) return plain;
  const past = { ...plain, response };
  if (!canCalibrate(design.sample.clusters[BASELINE], design.sample.clusters[POST])) return past;
  const whole = countsByBlock(design.sample, response, BASELINE);
  const steady = steadyPast(whole, design.sample.clusters[POST], phases.resolutionMs);
  const sample = steady === null ? design.sample : withBaseline(design.sample, steady.isSteady);
  if (steady === null || sample === null) return bestReference(past, whole, indicator, phases, asked);
  const cut = { ...past, sample, notes: [...design.notes, steady.note] };
  return bestReference(cut, countsByBlock(sample, response, BASELINE), indicator, phases, asked);
}

function bestReference(
  plain: BaselineChoice,
  baseline: BaselineBlocks,
  indicator: Indicator,
  phases: Phases,
  asked: ComparisonMethod | null,
): BaselineChoice {
  let best = plain;
  const shape = postShape(plain.sample.clusters[POST], phases);
  for (const reference of referencesFor(baseline, shape.blocks, phases, gapBlocks(baseline.blocks, phases))) {
    if (reference.followsLevel && !indicator.isRatio) continue;
    if (asked !== null && asked !== methodOf(reference)) continue;
    const calibration = calibrate(baseline, shape, reference, indicator.levelPower);
    if (calibration === null || Number.isNaN(calibration.levelFactor)) continue;
    if (best.calibration !== null && !(relativeError(calibration, best.calibration) < BETTER_BY)) continue;
    const sample = referenceSample(plain.sample, reference, baseline);
    if (sample === null) continue;
    best = {
      method: methodOf(reference),
      sample,
      calibration,
      periodBlocks: reference.periodBlocks,
      response: plain.response,
      notes: reference.note === null ? plain.notes : [...plain.notes, reference.note],
    };
  }
  return best;
}

function postShape(blocks: number, { post, resolutionMs }: Phases): PostShape {
  const [startMs, endMs] = post === null ? [0, 0] : [post.startMs, post.endMs];
  return {
    startBlock: startMs / resolutionMs,
    spanBlocks: (endMs - startMs) / resolutionMs,
    blocks,
    dayBlocks: DAY_MS / resolutionMs,
  };
}

/** Blocks as far apart as those of the baseline that fit between its end and post. */
function gapBlocks(blocks: Int32Array, { post, resolutionMs }: Phases): number {
  const last = blocks.at(-1);
  if (post === null || last === undefined || blocks.length < 2) return 0;
  const gaps = blocks.subarray(1).map((block, j) => block - blocks[j]!);
  const step = gaps.sort()[gaps.length >> 1]!;
  return Math.max(0, Math.round((post.startMs / resolutionMs - last) / step - 1));
}

function methodOf(reference: Reference): ComparisonMethod {
  return reference.periodBlocks === null ? 'before-after' : 'matched';
}

/** The sample with only the baseline blocks that serve as reference; null where they know too little of post's hours. */
function referenceSample(sample: Sample, reference: Reference, baseline: BaselineBlocks): Sample | null {
  const postBlocks = new Set<number>();
  sample.series.forEach((series, index) => {
    const armOf = sample.armOf[index]!;
    for (let row = 0; row < armOf.length; row++) if (armOf[row] === POST) postBlocks.add(series.block[row]!);
  });
  const isKnown = reference.serving(baseline, [...baseline.blocks]);
  const known = [...postBlocks].filter(isKnown).length;
  if (known < KNOWN_SHARE * postBlocks.size) return null;
  return withBaseline(sample, reference.serving(baseline, [...postBlocks]));
}
