import { normalCdf, normalQuantile } from './normal.ts';

/** Variance of Mann–Kendall's S without a trend, ties allowed for (Kendall 1970). */
function varianceOfKendall(values: ArrayLike<number>): number {
  const n = values.length;
  const ties = new Map<number, number>();
  for (let i = 0; i < n; i++) ties.set(values[i]!, (ties.get(values[i]!) ?? 0) + 1);
  let variance = n * (n - 1) * (2 * n + 5);
  for (const t of ties.values()) variance -= t * (t - 1) * (2 * t + 5);
  return variance / 18;
}

/** Mann–Kendall test for a monotone trend: S = Σ sign(xⱼ − xᵢ), two-sided p with continuity and tie corrections. */
export function mannKendall(values: ArrayLike<number>): { statistic: number; p: number } {
  let statistic = 0;
  for (let j = 0; j < values.length; j++) {
    for (let i = 0; i < j; i++) statistic += Math.sign(values[j]! - values[i]!);
  }
  const variance = varianceOfKendall(values);
  const z = Math.max(0, Math.abs(statistic) - 1) / Math.sqrt(variance);
  return { statistic, p: variance > 0 ? 2 * normalCdf(-z) : 1 };
}

/** Slopes per step between all pairs of points, in ascending order. */
function pairSlopes(values: ArrayLike<number>): Float64Array {
  const n = values.length;
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let pair = 0;
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < j; i++) slopes[pair++] = (values[j]! - values[i]!) / (j - i);
  }
  return slopes.sort();
}

/** Theil–Sen slope per step: the median of the slopes between all pairs. */
export function theilSenSlope(values: ArrayLike<number>): number {
  const slopes = pairSlopes(values);
  const middle = slopes.length >> 1;
  return slopes.length % 2 === 1 ? slopes[middle]! : (slopes[middle - 1]! + slopes[middle]!) / 2;
}

/** Interval of the Theil–Sen slope from the ranks of the pair slopes (Sen 1968), for independent points. */
export function theilSenInterval(values: ArrayLike<number>, level: number): { low: number; high: number } {
  const slopes = pairSlopes(values);
  const reach = normalQuantile((1 + level) / 2) * Math.sqrt(varianceOfKendall(values));
  const low = Math.max(0, Math.round((slopes.length - reach) / 2) - 1);
  const high = Math.min(slopes.length - 1, Math.round((slopes.length + reach) / 2));
  return { low: slopes[low] ?? Number.NaN, high: slopes[high] ?? Number.NaN };
}
