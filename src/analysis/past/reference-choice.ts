import type { ComparisonMethod } from '../../domain/report.ts';
import type { Indicator } from '../indicators/indicator.ts';
import type { Phases } from '../phases.ts';
import { type Calibration, calibrate, type PostShape, relativeError } from './calibration.ts';
import { referencesFor } from './references/index.ts';
import type { BaselineBlocks, Reference } from './references/reference.ts';
import { DAY_MS } from './seasons.ts';

/** The part of the past that best predicts its own quiet windows, and how well it does. */
export interface ReferenceChoice {
  readonly reference: Reference;
  readonly calibration: Calibration;
}

/** Another reference is only taken where it predicts quiet windows this much better than a plainer one. */
const BETTER_BY = 0.85;
/** Of post's blocks, that have to lie at hours the reference knows. */
const KNOWN_SHARE = 0.75;
const FEWEST_SERVING = 2;

/**
 * The reference for a window that holds `postBlocks`; null where none has enough quiet windows to be judged by.
 *
 * @param phases with that window as post
 */
export function chooseReference(
  baseline: BaselineBlocks,
  postBlocks: ArrayLike<number>,
  indicator: Indicator,
  phases: Phases,
  asked: ComparisonMethod | null,
): ReferenceChoice | null {
  const shape = postShape(postBlocks.length, phases);
  let best: ReferenceChoice | null = null;
  for (const reference of referencesFor(baseline, shape.blocks, phases, gapBlocks(baseline.blocks, phases))) {
    if (reference.followsLevel && !indicator.isRatio) continue;
    if (asked !== null && asked !== methodOf(reference)) continue;
    const calibration = calibrate(baseline, shape, reference, indicator.levelPower);
    if (calibration === null || Number.isNaN(calibration.levelFactor)) continue;
    if (best !== null && !(relativeError(calibration, best.calibration) < BETTER_BY)) continue;
    if (knowsEnough(reference, baseline, postBlocks)) best = { reference, calibration };
  }
  return best;
}

export function methodOf(reference: Reference): ComparisonMethod {
  return reference.periodBlocks === null ? 'before-after' : 'matched';
}

/** What quiet windows are to be like, so that they are like post. */
export function postShape(blocks: number, { post, resolutionMs }: Phases): PostShape {
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

/** Whether a reference knows the hours of a window, and has blocks to serve. */
export function knowsEnough(reference: Reference, baseline: BaselineBlocks, postBlocks: ArrayLike<number>): boolean {
  const past = baseline.blocks;
  const isKnown = reference.serving(baseline, past);
  let known = 0;
  for (let j = 0; j < postBlocks.length; j++) if (isKnown(postBlocks[j]!)) known++;
  if (known < KNOWN_SHARE * postBlocks.length) return false;
  const serves = reference.serving(baseline, postBlocks);
  let serving = 0;
  for (let j = past.length - 1; j >= 0 && serving < FEWEST_SERVING; j--) if (serves(past[j]!)) serving++;
  return serving >= FEWEST_SERVING;
}
