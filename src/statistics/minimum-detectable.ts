import { normalDensity, normalQuantile } from './normal.ts';

/** One-sided error rates of a planned test. */
export interface ErrorRates {
  /** Probability of a false claim. */
  readonly alpha: number;
  /** Probability of the claim when it is true. */
  readonly power: number;
}

export const DEFAULT_ERROR_RATES: ErrorRates = { alpha: 0.05, power: 0.8 };

const reachOf = ({ alpha, power }: ErrorRates) => normalQuantile(1 - alpha) + normalQuantile(power);

/**
 * Sample size at which an effect known to ± standardError from n requests would be told from one `distance` away:
 * n·((z₁₋α + z₁₋β)·SE/distance)². Infinity where the estimate sits on the margin.
 */
export function neededSampleSize(
  n: number,
  standardError: number,
  distance: number,
  rates: ErrorRates = DEFAULT_ERROR_RATES,
): number {
  return n * ((reachOf(rates) * standardError) / distance) ** 2;
}

/**
 * How many times as long the growing part of the data must become until reach·SE ≤ distance, where SE² = fixed +
 * growing/times, in the distance's unit squared. Infinity where what does not grow is too uncertain by itself.
 */
export function neededGrowth(
  fixedVariance: number,
  growingVariance: number,
  distance: number,
  rates: ErrorRates = DEFAULT_ERROR_RATES,
): number {
  const allowed = (distance / reachOf(rates)) ** 2 - fixedVariance;
  return allowed > 0 ? growingVariance / allowed : Number.POSITIVE_INFINITY;
}

/** Requests per arm to tell two rates apart. */
export function requestsToDetect(
  before: number,
  after: number,
  rates: ErrorRates = DEFAULT_ERROR_RATES,
  designEffect = 1,
): number {
  const variance = before * (1 - before) + after * (1 - after);
  return designEffect * variance * (reachOf(rates) / (after - before)) ** 2;
}

/** Requests per arm to prove that a rate which did not change rose by less than `margin` (absolute). */
export function requestsToExclude(
  rate: number,
  margin: number,
  rates: ErrorRates = DEFAULT_ERROR_RATES,
  designEffect = 1,
): number {
  return designEffect * 2 * rate * (1 - rate) * (reachOf(rates) / margin) ** 2;
}

/**
 * Smallest relative shift of the p-quantile that two arms of n requests would show, for lognormal latencies of the
 * given log standard deviation: exp(z·√2·σ√(p(1−p)·DEFF/n)/φ(z_p)) − 1.
 */
export function detectableQuantileShift(
  p: number,
  n: number,
  sigma = 1,
  rates: ErrorRates = DEFAULT_ERROR_RATES,
  designEffect = 1,
): number {
  const standardError = (sigma * Math.sqrt((p * (1 - p) * designEffect) / n)) / normalDensity(normalQuantile(p));
  return Math.expm1(reachOf(rates) * Math.SQRT2 * standardError);
}
