import type { BaselineChoice } from './baseline-choice.ts';
import { CONFIDENCE } from './decision.ts';
import { isEstimate } from './estimate.ts';
import type { Indicator } from './indicators/indicator.ts';
import { lastOfPost } from './sample-slices.ts';

/** A move that no longer holds at the end of post went away by itself. */
const LAST_SHARE = 1 / 3;

/**
 * Whether a move is over: the last third of the post window, by the same estimator, lies wholly within the margin. Less
 * than that claim keeps the verdict: a tail too thin to tell is no sign of recovery.
 */
export function hasGoneAway(indicator: Indicator, { sample, calibration }: BaselineChoice): boolean {
  if (!sample.ordered) return false;
  const result = indicator.estimate(lastOfPost(sample, LAST_SHARE), calibration);
  if (!isEstimate(result)) return false;
  const { low, high } = result.effectAt(CONFIDENCE);
  return high < result.riseMargin && low > -result.fallMargin;
}
