import { normalCdf } from './normal.ts';

/** Mann–Kendall test for a monotone trend: S = Σ sign(xⱼ − xᵢ), two-sided p with continuity and tie corrections. */
export function mannKendall(values: ArrayLike<number>): { statistic: number; p: number } {
  const n = values.length;
  const ties = new Map<number, number>();
  let statistic = 0;
  for (let j = 0; j < n; j++) {
    ties.set(values[j]!, (ties.get(values[j]!) ?? 0) + 1);
    for (let i = 0; i < j; i++) statistic += Math.sign(values[j]! - values[i]!);
  }
  let variance = n * (n - 1) * (2 * n + 5);
  for (const t of ties.values()) variance -= t * (t - 1) * (2 * t + 5);
  const z = Math.max(0, Math.abs(statistic) - 1) / Math.sqrt(variance / 18);
  return { statistic, p: variance > 0 ? 2 * normalCdf(-z) : 1 };
}

/** Theil–Sen slope per step: the median of the slopes between all pairs. */
export function theilSenSlope(values: ArrayLike<number>): number {
  const slopes: number[] = [];
  for (let j = 0; j < values.length; j++) {
    for (let i = 0; i < j; i++) slopes.push((values[j]! - values[i]!) / (j - i));
  }
  slopes.sort((a, b) => a - b);
  const middle = slopes.length >> 1;
  return slopes.length % 2 === 1 ? slopes[middle]! : (slopes[middle - 1]! + slopes[middle]!) / 2;
}
