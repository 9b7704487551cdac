import { binomialCdf, binomialQuantile } from './binomial.ts';

/**
 * Ranks (1 = smallest) of the order statistics that enclose the p-quantile of n independent values, and the exact
 * probability that they do (David & Nagaraja 2003, 7.1). A rank of 0 or n + 1 means that this side has no bound.
 */
export function orderStatisticRanks(
  n: number,
  p: number,
  level: number,
): { low: number; high: number; coverage: number } {
  const tail = (1 - level) / 2;
  const low = binomialQuantile(tail, n, p);
  const high = binomialQuantile(1 - tail, n, p) + 1;
  return { low, high, coverage: binomialCdf(high - 1, n, p) - binomialCdf(low - 1, n, p) };
}

/** Smallest n whose largest value bounds the p-quantile from above at a one-sided level: ⌈ln(1 − level)/ln p⌉. */
export function smallestEstimableSample(p: number, oneSidedLevel: number): number {
  return Math.ceil(Math.log(1 - oneSidedLevel) / Math.log(p) - 1e-9);
}
