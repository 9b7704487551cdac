import type { BaselineChoice } from './baseline-choice.ts';
import { CONFIDENCE } from './decision.ts';
import { type Estimate, isEstimate } from './estimate.ts';
import type { Indicator } from './indicators/indicator.ts';
import { lastOfPost } from './sample-slices.ts';

/** A move that no longer holds at the end of post went away by itself. */
const LAST_SHARE = 1 / 3;

/**
 * Whether a move is over: in the last third of the post window the same estimator finds a move within the margin, and what
 * it finds is clearly smaller than the whole move. A tail too thin to tell is no sign of recovery.
 */
export function hasGoneAway(indicator: Indicator, whole: Estimate, { sample, calibration }: BaselineChoice): boolean {
  if (!sample.ordered) return false;
  const result = indicator.estimate(lastOfPost(sample, LAST_SHARE), calibration);
  if (!isEstimate(result)) return false;
  const { estimate, low, high } = result.effectAt(CONFIDENCE);
  const moved = whole.effectAt(CONFIDENCE).estimate;
  const isWithin = estimate < result.riseMargin && estimate > -result.fallMargin;
  return isWithin && (moved > 0 ? high < moved : low > moved);
}
