import type { ComparisonMethod } from '../domain/report.ts';
import { countsByBlock } from './block-counts.ts';
import { type Calibration, calibrate, type PostHours, relativeError } from './calibration.ts';
import type { Design } from './design.ts';
import type { Indicator } from './indicators/indicator.ts';
import { BASELINE, type Phases, POST } from './phases.ts';
import { referencesFor } from './references/index.ts';
import type { BaselineBlocks, Reference } from './references/reference.ts';
import type { Sample } from './sample.ts';
import { withBaseline } from './sample-slices.ts';
import { steadyPast } from './steady-past.ts';

/** Which part of the past one indicator is compared with, and how well that part predicts quiet windows. */
export interface BaselineChoice {
  readonly method: ComparisonMethod;
  readonly sample: Sample;
  readonly calibration: Calibration | null;
  /** Blocks of the season that was matched; null where none was. */
  readonly periodBlocks: number | null;
  readonly notes: readonly string[];
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
  const plain: BaselineChoice = { ...design, calibration: null, periodBlocks: null };
  const response = design.method === 'before-after' ? indicator.response(design.sample) : null;
  if (response === null || phases.post === null) return plain;
  const whole = countsByBlock(design.sample, response, BASELINE);
  const steady = steadyPast(whole, design.sample.clusters[POST], phases.resolutionMs);
  const sample = steady === null ? design.sample : withBaseline(design.sample, steady.isSteady);
  if (steady === null || sample === null) return bestReference(plain, whole, indicator, phases, asked);
  const past = { ...plain, sample, notes: [...design.notes, steady.note] };
  return bestReference(past, countsByBlock(sample, response, BASELINE), indicator, phases, asked);
}

function bestReference(
  plain: BaselineChoice,
  baseline: BaselineBlocks,
  indicator: Indicator,
  phases: Phases,
  asked: ComparisonMethod | null,
): BaselineChoice {
  const hours = postHours(plain.sample, phases.resolutionMs);
  let best = plain;
  for (const reference of referencesFor(baseline, plain.sample.clusters[POST], phases)) {
    if (reference.followsLevel && !indicator.isRatio) continue;
    if (asked !== null && asked !== methodOf(reference)) continue;
    const calibration = calibrate(baseline, plain.sample.clusters[POST], reference, indicator.levelPower, hours);
    if (calibration === null || Number.isNaN(calibration.levelFactor)) continue;
    if (best.calibration !== null && !(relativeError(calibration, best.calibration) < BETTER_BY)) continue;
    const sample = referenceSample(plain.sample, reference, baseline);
    if (sample === null) continue;
    best = {
      method: methodOf(reference),
      sample,
      calibration,
      periodBlocks: reference.periodBlocks,
      notes: reference.note === null ? plain.notes : [...plain.notes, reference.note],
    };
  }
  return best;
}

const DAY_MS = 86_400_000;

function postHours({ series, armOf }: Sample, resolutionMs: number): PostHours | null {
  let firstBlock = Number.POSITIVE_INFINITY;
  series.forEach(({ block }, index) => {
    const row = armOf[index]!.indexOf(POST);
    if (row >= 0) firstBlock = Math.min(firstBlock, block[row]!);
  });
  const dayBlocks = DAY_MS / resolutionMs;
  return Number.isFinite(firstBlock) && Number.isInteger(dayBlocks) ? { firstBlock, dayBlocks } : null;
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
