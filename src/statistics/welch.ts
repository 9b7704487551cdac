import type { Interval } from './mover.ts';
import { studentCdf, studentQuantile } from './student.ts';

export interface SampleSummary {
  readonly mean: number;
  /** Unbiased, divisor size − 1. */
  readonly variance: number;
  readonly size: number;
}

export interface WelchDifference {
  readonly difference: number;
  readonly standardError: number;
  /** Satterthwaite's approximation. */
  readonly degreesOfFreedom: number;
}

/** second − first of two means with unequal variances (Welch 1947). */
export function welchDifference(first: SampleSummary, second: SampleSummary): WelchDifference {
  const a = first.variance / first.size;
  const b = second.variance / second.size;
  const degreesOfFreedom = (a + b) ** 2 / (a ** 2 / (first.size - 1) + b ** 2 / (second.size - 1));
  return { difference: second.mean - first.mean, standardError: Math.sqrt(a + b), degreesOfFreedom };
}

export function welchInterval(estimate: WelchDifference, level: number): Interval {
  const reach = studentQuantile((1 + level) / 2, estimate.degreesOfFreedom) * estimate.standardError;
  return { estimate: estimate.difference, low: estimate.difference - reach, high: estimate.difference + reach };
}

/**
 * Two one-sided tests (Schuirmann 1987): `pAbove` rejects "difference <= low", `pBelow` rejects "difference >= high";
 * equivalence holds at level α where both are below α, i.e. where the (1 − 2α) interval lies inside (low, high).
 */
export function twoOneSidedTests(
  estimate: WelchDifference,
  low: number,
  high: number,
): { tLow: number; tHigh: number; pAbove: number; pBelow: number; p: number } {
  const tLow = (estimate.difference - low) / estimate.standardError;
  const tHigh = (estimate.difference - high) / estimate.standardError;
  const pAbove = studentCdf(-tLow, estimate.degreesOfFreedom);
  const pBelow = studentCdf(tHigh, estimate.degreesOfFreedom);
  return { tLow, tHigh, pAbove, pBelow, p: Math.max(pAbove, pBelow) };
}
