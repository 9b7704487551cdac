import { estimatedInflation } from './autocorrelation.ts';
import { weightedMean } from './descriptive.ts';
import { largestLevelShift } from './level-shift.ts';
import { defaultLags, longRunVariance } from './long-run-variance.ts';

export interface Onset {
  /** First point of the new level. */
  readonly index: number;
  /** 95 % interval of `index`, within the series. */
  readonly low: number;
  readonly high: number;
  /** Kolmogorov statistic max|S|/(σ√n), σ² the long-run variance around the two levels. */
  readonly statistic: number;
  /** p-value of "no change of level". */
  readonly p: number;
  /** Weighted mean levels on both sides. */
  readonly before: number;
  readonly after: number;
}

/** Quantiles of the argmax of a two-sided Brownian motion with drift (Yao 1987; Bai 1994), by level. */
export const ARGMAX_QUANTILES = { 0.9: 7.6873, 0.95: 11.0333, 0.99: 19.7665 } as const;

/** P(sup|Brownian bridge| > K), the limit law of Kolmogorov's statistic; each series where it converges fast. */
export function kolmogorovTail(K: number): number {
  if (Number.isNaN(K)) return Number.NaN;
  if (K <= 0) return 1;
  let sum = 0;
  if (K < 1) {
    for (let j = 1; j <= 7; j += 2) sum += Math.exp((-j * j * Math.PI * Math.PI) / (8 * K * K));
    return 1 - (Math.sqrt(2 * Math.PI) / K) * sum;
  }
  for (let j = 1; j <= 6; j++) sum += (j % 2 === 1 ? 2 : -2) * Math.exp(-2 * j * j * K * K);
  return sum;
}

export interface KnownPoints {
  readonly positions: number[];
  readonly values: number[];
  /** Scaled to a mean of 1. */
  readonly weights: number[];
}

/** Drops what is not known (NaN values, weights not above 0) and remembers where the rest stood. */
export function knownPoints(values: ArrayLike<number>, weights: ArrayLike<number> | undefined): KnownPoints {
  const series: KnownPoints = { positions: [], values: [], weights: [] };
  let sum = 0;
  for (let t = 0; t < values.length; t++) {
    const weight = weights === undefined ? 1 : weights[t]!;
    if (!Number.isFinite(values[t]!) || !(weight > 0)) continue;
    series.positions.push(t);
    series.values.push(values[t]!);
    series.weights.push(weight);
    sum += weight;
  }
  const scale = series.weights.length / sum;
  for (let t = 0; t < series.weights.length; t++) series.weights[t]! *= scale;
  return series;
}

/** Largest excursion of the weighted cumulative sum around the weighted mean. */
function largestExcursion(series: KnownPoints): number {
  const centre = weightedMean(series.values, series.weights);
  let sum = 0;
  let excursion = 0;
  series.values.forEach((value, t) => {
    sum += series.weights[t]! * (value - centre);
    excursion = Math.max(excursion, Math.abs(sum));
  });
  return excursion;
}

/**
 * The one change of level in a series (blocks in time order, weights e.g. requests), with the interval of Yao (1987) and
 * Bai (1994). Place and p-value are those of `largestLevelShift`, which also sees changes near the ends. Unknown points are
 * skipped. Null below 4 known points or without any variation. `lags` asks for the textbook test instead: Kolmogorov's
 * statistic with that many lags in the long-run variance; by default they follow the length.
 */
export function cusumOnset(values: ArrayLike<number>, weights?: ArrayLike<number>, lags?: number): Onset | null {
  const series = knownPoints(values, weights);
  const n = series.values.length;
  const shift = largestLevelShift(series.values, series.weights);
  if (shift === null) return null;
  const { split } = shift;
  const before = weightedMean(series.values, series.weights, 0, split);
  const after = weightedMean(series.values, series.weights, split);
  const residuals = series.values.map((value, t) => series.weights[t]! * (value - (t < split ? before : after)));
  const variance = longRunVariance(residuals, lags ?? defaultLags(n));
  const intervalVariance =
    lags === undefined ? Math.max(variance, estimatedInflation(residuals) * longRunVariance(residuals, 0)) : variance;
  // Two levels were fitted to the residuals.
  const spread = (intervalVariance * n) / (n - 2) / (after - before) ** 2;
  const reach = Math.floor(ARGMAX_QUANTILES[0.95] * spread) + 1;
  const statistic = largestExcursion(series) / Math.sqrt(variance * n);
  return {
    index: series.positions[split]!,
    low: series.positions[Math.max(0, split - reach)]!,
    high: series.positions[Math.min(n - 1, split + reach)]!,
    statistic,
    p: lags === undefined ? shift.p : kolmogorovTail(statistic),
    before,
    after,
  };
}
