import { estimatedInflation } from './autocorrelation.ts';
import { defaultLags, longRunVariance } from './long-run-variance.ts';

export interface Onset {
  /** First point of the new level. */
  readonly index: number;
  /** 95 % interval of `index`, within the series. */
  readonly low: number;
  readonly high: number;
  /** Kolmogorov statistic max|S|/(σ√n), σ² the long-run variance around the two levels. */
  readonly statistic: number;
  /** p-value of "no change of level", from a variance that fitting the change has not shrunk. */
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

interface Series {
  readonly positions: number[];
  readonly values: number[];
  /** Scaled to a mean of 1. */
  readonly weights: number[];
}

/** Drops what is not known (NaN values, weights not above 0) and remembers where the rest stood. */
function knownPoints(values: ArrayLike<number>, weights: ArrayLike<number> | undefined): Series {
  const series: Series = { positions: [], values: [], weights: [] };
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

function weightedMean({ values, weights }: Series, from: number, to: number): number {
  let sum = 0;
  let total = 0;
  for (let t = from; t < to; t++) {
    sum += weights[t]! * values[t]!;
    total += weights[t]!;
  }
  return sum / total;
}

/** Largest excursion of the weighted cumulative sum, how many points come before it turns, and the terms' variance. */
function largestExcursion(series: Series): { split: number; excursion: number; variance: number } {
  const n = series.values.length;
  const centre = weightedMean(series, 0, n);
  let sum = 0;
  let split = 0;
  let excursion = 0;
  let squares = 0;
  for (let t = 0; t < n; t++) {
    const term = series.weights[t]! * (series.values[t]! - centre);
    sum += term;
    squares += term * term;
    if (t < n - 1 && Math.abs(sum) > excursion) {
      excursion = Math.abs(sum);
      split = t + 1;
    }
  }
  return { split, excursion, variance: squares / n };
}

/**
 * The one change of level in a series (blocks in time order, weights e.g. requests) by CUSUM, with the interval of Yao
 * (1987) and Bai (1994). Unknown points are skipped. Null below 4 known points or without any variation. `lags` fixes the
 * long-run variance; by default its lags follow the length, and the interval also allows for the AR(1) inflation.
 */
export function cusumOnset(values: ArrayLike<number>, weights?: ArrayLike<number>, lags?: number): Onset | null {
  const series = knownPoints(values, weights);
  const n = series.values.length;
  if (n < 4) return null;
  const { split, excursion, variance: unsplitVariance } = largestExcursion(series);
  if (split === 0) return null;
  const before = weightedMean(series, 0, split);
  const after = weightedMean(series, split, n);
  const residuals = series.values.map((value, t) => series.weights[t]! * (value - (t < split ? before : after)));
  const variance = longRunVariance(residuals, lags ?? defaultLags(n));
  const inflation = estimatedInflation(residuals);
  const intervalVariance =
    lags === undefined ? Math.max(variance, inflation * longRunVariance(residuals, 0)) : variance;
  // Two levels were fitted to the residuals.
  const spread = (intervalVariance * n) / (n - 2) / (after - before) ** 2;
  const reach = Math.floor(ARGMAX_QUANTILES[0.95] * spread) + 1;
  return {
    index: series.positions[split]!,
    low: series.positions[Math.max(0, split - reach)]!,
    high: series.positions[Math.min(n - 1, split + reach)]!,
    statistic: excursion / Math.sqrt(variance * n),
    // Residuals around a split chosen to fit are too small: in short series they claim changes 3 times too often.
    p: kolmogorovTail(excursion / Math.sqrt(unsplitVariance * inflation * n)),
    before,
    after,
  };
}
