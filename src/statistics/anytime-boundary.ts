import { normalCdf } from './normal.ts';

/** How many directions of an effect a boundary watches. */
export type Sides = 1 | 2;

/**
 * Mixture variance that makes the boundary tightest at intrinsic time `v` (Howard, Ramdas, McAuliffe & Sekhon 2021,
 * section 3.5), for a two-sided crossing probability `alpha`; one-sided boundaries take 2·alpha.
 */
export function bestRho(v: number, alpha: number): number {
  const double = 2 * Math.log(1 / alpha);
  return v / (double + Math.log1p(double));
}

/**
 * Logarithm of the normal mixture of exp(λs − λ²v/2), a supermartingale that starts at 1 (Robbins 1970; Howard et al.
 * 2021, equations 14 and 15); the one-sided mixture is over λ > 0.
 */
export function logNormalMixture(s: number, v: number, rho: number, sides: Sides = 2): number {
  const variance = v + rho;
  const symmetric = Math.log(rho / variance) / 2 + (s * s) / (2 * variance);
  return sides === 2 ? symmetric : symmetric + Math.LN2 + Math.log(normalCdf(s / Math.sqrt(variance)));
}

/**
 * Boundary B(v) that a sum of independent standardised increments with variance v ever leaves (|S| for two sides, S for
 * one) with probability at most `alpha`, at whatever v it is looked at.
 */
export function normalMixtureBound(v: number, alpha: number, rho: number, sides: Sides = 2): number {
  const scale = Math.sqrt(v + rho);
  const twoSided = scale * Math.sqrt(Math.log1p(v / rho) + 2 * Math.log(1 / alpha));
  if (sides === 2) return twoSided;
  // Half of the mixture's mass doubles its density at most: the one-sided boundary lies below the two-sided one.
  let low = 0;
  let high = twoSided;
  for (let step = 0; step < 100 && high - low > 1e-14 * high; step++) {
    const middle = (low + high) / 2;
    if (logNormalMixture(middle, v, rho, 1) < Math.log(1 / alpha)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * What takes the place of z in "estimate ± z·SE" when an interval is looked at again and again: B(v)/√v at v completed
 * clusters, tightest at the planned number. Asymptotic: for few clusters see `anytimeStudentMultiplier`. Infinite below one.
 */
export function anytimeMultiplier(clusters: number, plannedClusters: number, level: number, sides: Sides = 2): number {
  if (!(clusters > 0) || !(plannedClusters > 0)) return Number.POSITIVE_INFINITY;
  const alpha = 1 - level;
  const rho = bestRho(plannedClusters, sides === 2 ? alpha : 2 * alpha);
  return normalMixtureBound(clusters, alpha, rho, sides) / Math.sqrt(clusters);
}
