/** One of the independent estimates that are added or subtracted. */
export interface VarianceEstimate {
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

/**
 * Degrees of freedom of the sum of independent variance estimates, (ΣV)²/Σ(V²/ν) (Satterthwaite 1946; Welch 1947): between
 * the least of theirs and their sum. NaN where there is no variance.
 */
export function satterthwaiteDegrees(estimates: readonly VarianceEstimate[]): number {
  let sum = 0;
  let squares = 0;
  for (const { variance, degreesOfFreedom } of estimates) {
    sum += variance;
    squares += variance ** 2 / degreesOfFreedom;
  }
  return squares > 0 ? sum ** 2 / squares : sum > 0 ? Number.POSITIVE_INFINITY : Number.NaN;
}
