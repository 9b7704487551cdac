import { studentCdf } from './student.ts';

/** Count, mean and sum of squared deviations of a stretch of a series. */
export interface LevelSummary {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

/** Of values[from..to), by Welford's recurrence: a constant stretch has no squares at all. */
export function summarise(values: ArrayLike<number>, from: number, to: number): LevelSummary {
  let mean = 0;
  let squares = 0;
  for (let i = from; i < to; i++) {
    const deviation = values[i]! - mean;
    mean += deviation / (i - from + 1);
    squares += deviation * (values[i]! - mean);
  }
  return { count: to - from, mean, squares };
}

/** Of two stretches taken together (Chan, Golub & LeVeque 1983). */
export function mergedSummary(left: LevelSummary, right: LevelSummary): LevelSummary {
  const count = left.count + right.count;
  const difference = right.mean - left.mean;
  return {
    count,
    mean: left.mean + (difference * right.count) / count,
    squares: left.squares + right.squares + (difference * difference * left.count * right.count) / count,
  };
}

/**
 * Two-sided p of Student's test with pooled variance. `inflation` is how much larger the variance of a mean is than that of
 * independent points: every stretch counts as that many times fewer points (Zwiers & von Storch 1995).
 */
export function levelTestP(left: LevelSummary, right: LevelSummary, inflation = 1): number {
  const difference = Math.abs(left.mean - right.mean);
  const degreesOfFreedom = (left.count + right.count) / inflation - 2;
  if (difference === 0 || !(degreesOfFreedom > 0)) return 1;
  const variance = (left.squares + right.squares) / inflation / degreesOfFreedom;
  const t = difference / Math.sqrt(variance * inflation * (1 / left.count + 1 / right.count));
  return 2 * studentCdf(-t, degreesOfFreedom);
}

/** |after/before − 1| or |before/after − 1|, whichever is larger; a level of 0 has no relative change to or from it. */
export function relativeChange(left: LevelSummary, right: LevelSummary): number {
  const forward = left.mean === 0 ? 0 : right.mean / left.mean - 1;
  const backward = right.mean === 0 ? 0 : left.mean / right.mean - 1;
  return Math.max(Math.abs(forward), Math.abs(backward));
}
