import { regularizedBeta } from './beta.ts';

/** P(X <= successes) of Binomial(trials, share). */
export function binomialCdf(successes: number, trials: number, share: number): number {
  const whole = Math.floor(successes);
  if (whole < 0) return 0;
  if (whole >= trials) return 1;
  return regularizedBeta(1 - share, trials - whole, whole + 1);
}

/** Smallest k with P(X <= k) >= p of Binomial(trials, share). */
export function binomialQuantile(p: number, trials: number, share: number): number {
  let low = 0;
  let high = trials;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (binomialCdf(middle, trials, share) >= p) high = middle;
    else low = middle + 1;
  }
  return low;
}
