import { studentQuantile } from './student.ts';

/** A ratio ΣY/ΣN with the variance that clusters (hosts, or blocks of time) really have. */
export interface ClusterRatio {
  readonly ratio: number;
  /** Linearised variance of the ratio; NaN with fewer than two clusters. */
  readonly variance: number;
  /** Clusters with a denominator above 0. */
  readonly clusters: number;
  readonly degreesOfFreedom: number;
  /** ΣN. */
  readonly total: number;
  /** Variance over that of independent requests, r(1 − r)/ΣN; NaN where the latter is not positive. */
  readonly designEffect: number;
}

/**
 * Taylor-linearised variance of a ratio, m/(m−1)·Σ(Yⱼ − r̂Nⱼ)²/(ΣN)² with m − 1 degrees of freedom
 * (Rao & Scott 1992; Cochran 1977, ch. 6). Chooses no distribution; clusters may differ in size.
 */
export function clusterRatio(numerators: ArrayLike<number>, denominators: ArrayLike<number>): ClusterRatio {
  let events = 0;
  let total = 0;
  let clusters = 0;
  for (let j = 0; j < denominators.length; j++) {
    if (!(denominators[j]! > 0)) continue;
    events += numerators[j]!;
    total += denominators[j]!;
    clusters++;
  }
  const ratio = clusters === 0 ? Number.NaN : events / total;
  let squares = 0;
  for (let j = 0; j < denominators.length; j++) {
    if (!(denominators[j]! > 0)) continue;
    const residual = numerators[j]! - ratio * denominators[j]!;
    squares += residual * residual;
  }
  const variance = clusters < 2 ? Number.NaN : ((clusters / (clusters - 1)) * squares) / (total * total);
  const independent = (ratio * (1 - ratio)) / total;
  const designEffect = independent > 0 ? variance / independent : Number.NaN;
  return { ratio, variance, clusters, degreesOfFreedom: Math.max(0, clusters - 1), total, designEffect };
}

/** Yⱼ − r̂Nⱼ of every cluster, NaN where the denominator is not above 0. For autocorrelation and two-way variances. */
export function clusterResiduals(numerators: ArrayLike<number>, denominators: ArrayLike<number>): Float64Array {
  const { ratio } = clusterRatio(numerators, denominators);
  const residuals = new Float64Array(denominators.length);
  for (let j = 0; j < residuals.length; j++) {
    residuals[j] = denominators[j]! > 0 ? numerators[j]! - ratio * denominators[j]! : Number.NaN;
  }
  return residuals;
}

/** The same of clusters that have one, in their order; the caller may write to it. */
export function knownResiduals(numerators: ArrayLike<number>, denominators: ArrayLike<number>): Float64Array {
  const residuals = clusterResiduals(numerators, denominators);
  let known = 0;
  for (let j = 0; j < residuals.length; j++) {
    const residual = residuals[j]!;
    if (Number.isFinite(residual)) residuals[known++] = residual;
  }
  return residuals.subarray(0, known);
}

/**
 * Interval of a ratio that is not a share of requests (attempts per request): Student's t on the log scale.
 * A zero ratio, or fewer than two clusters, gives (0, Infinity).
 */
export function logRatioInterval(estimate: ClusterRatio, level: number): { low: number; high: number } {
  const standardError = Math.sqrt(estimate.variance) / estimate.ratio;
  const reach = studentQuantile((1 + level) / 2, estimate.degreesOfFreedom) * standardError;
  if (!(estimate.ratio > 0) || Number.isNaN(reach)) return { low: 0, high: Number.POSITIVE_INFINITY };
  return { low: estimate.ratio * Math.exp(-reach), high: estimate.ratio * Math.exp(reach) };
}

/** Variance under dependence within two groupings at once (Cameron, Gelbach & Miller 2011), never below either alone. */
export function twoWayVariance(first: number, second: number, intersection: number): number {
  return Math.max(first, second, first + second - intersection);
}
