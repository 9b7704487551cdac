import { lagOneAutocorrelation } from './autocorrelation.ts';
import { weightedMean } from './descriptive.ts';
import { logGamma } from './gamma.ts';
import { normalDensity, normalQuantile } from './normal.ts';
import { studentCdf } from './student.ts';
import { termVariances } from './term-variances.ts';

export interface LevelShift {
  /** First point of the new level. */
  readonly split: number;
  /** Of "no change of level". */
  readonly p: number;
}

/** Fewest points of a level; fewer cannot be told from outliers. */
const FEWEST = 3;

/** Normal quantiles of the mid-ranks (van der Waerden 1952): outliers, units and logarithms no longer matter. */
export function normalScores(values: ArrayLike<number>): Float64Array {
  const n = values.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const scores = new Float64Array(n);
  for (let from = 0; from < n; ) {
    let to = from + 1;
    while (to < n && values[order[to]!] === values[order[from]!]) to++;
    const score = normalQuantile((from + to) / (2 * n));
    for (let rank = from; rank < to; rank++) scores[order[rank]!] = score;
    from = to;
  }
  return scores;
}

/**
 * P(sup |B(t)|/√(t(1 − t)) > z) for a Brownian bridge over h <= t <= 1 − h (Vostrikova 1981; Csörgő & Horváth 1997,
 * 1.3.26): the law of the largest standardised difference between the two sides of a split.
 */
export function largestSplitTail(z: number, h: number): number {
  // The expansion is for the tail; below this it no longer falls in z.
  if (!(z > 1.5)) return 1;
  if (z === Number.POSITIVE_INFINITY) return 0;
  const span = 2 * Math.log((1 - h) / h);
  return Math.min(1, z * normalDensity(z) * (span * (1 - 1 / (z * z)) + 4 / (z * z)));
}

/** A level has at least `fewest` points: higher or lower values than that many reach are cut to where they do. */
export function withoutLoneOutliers(values: ArrayLike<number>, fewest: number): Float64Array {
  const cut = new Float64Array(values);
  const sorted = cut.slice().sort();
  const low = sorted[fewest - 1]!;
  const high = sorted[sorted.length - fewest]!;
  for (let t = 0; t < cut.length; t++) cut[t] = Math.min(high, Math.max(low, cut[t]!));
  return cut;
}

interface Terms {
  /** Weight × (value − weighted mean), summing to 0. */
  readonly values: Float64Array;
  readonly weights: ArrayLike<number>;
  readonly deviations: Float64Array;
}

function termsOf(values: Float64Array, weights: ArrayLike<number>): Terms {
  const centre = weightedMean(values, weights);
  const terms = values.map((value, t) => weights[t]! * (value - centre));
  return { values: terms, weights, deviations: termVariances(terms, weights).map(Math.sqrt) };
}

/**
 * Largest |S_k|/sd(S_k) of the cumulative terms over splits k with `fewest` points on each side, where terms are AR(1) with
 * correlation `rho` between neighbours; and how many times less than n points the series is worth.
 */
function largestSplit({ values, weights, deviations }: Terms, rho: number, fewest: number) {
  const n = values.length;
  // Covariance of term k with all terms after it: deviation × rho × reach[k + 1].
  const reach = new Float64Array(n + 1);
  for (let t = n - 1; t >= 0; t--) reach[t] = deviations[t]! + rho * reach[t + 1]!;
  let total = 0;
  let squares = 0;
  let weight = 0;
  for (let t = 0; t < n; t++) {
    total += deviations[t]! * (deviations[t]! + 2 * rho * reach[t + 1]!);
    squares += deviations[t]! ** 2;
    weight += weights[t]!;
  }
  let best = { split: 0, z: 0, inflation: total / squares };
  let [sum, share, variance, carried] = [0, 0, 0, 0];
  for (let k = 1; k <= n - fewest; k++) {
    const deviation = deviations[k - 1]!;
    sum += values[k - 1]!;
    share += weights[k - 1]! / weight;
    variance += deviation * (deviation + 2 * rho * carried);
    carried = deviation + rho * carried;
    if (k < fewest) continue;
    const ofExcursion = variance - 2 * share * (variance + rho * carried * reach[k]!) + share * share * total;
    const z = Math.abs(sum) / Math.sqrt(ofExcursion);
    if (z > best.z) best = { ...best, split: k, z };
  }
  return best;
}

/**
 * Correlation of neighbours around the two levels. A level fitted on each side of a split chosen to fit takes about
 * (4 + 7ρ)/n away from it (simulated: 12 to 200 points, ρ from 0 to 0.8), which is given back.
 */
function autocorrelationAround(scores: Float64Array, { weights, deviations }: Terms, split: number): number {
  const before = weightedMean(scores, weights, 0, split);
  const after = weightedMean(scores, weights, split, scores.length);
  const residuals = scores.map((score, t) => (weights[t]! * (score - (t < split ? before : after))) / deviations[t]!);
  // In deviations of a series without the split: what is as small as this is rounding.
  if (residuals.every((residual) => Math.abs(residual) < 1e-9)) return 0;
  const rho = lagOneAutocorrelation(residuals);
  return Number.isNaN(rho) ? 0 : Math.min(0.95, Math.max(0, rho + (4 + 7 * rho) / scores.length));
}

/** No reordering test of n points can be surer of a split than this, whatever the values. */
function fewestOrderings(n: number, split: number): number {
  return 2 * Math.exp(logGamma(split + 1) + logGamma(n - split + 1) - logGamma(n + 1));
}

/** p-value of "no change of level", as large as the best split of the scores allows. */
function shiftP(scores: Float64Array, weights: ArrayLike<number>, fewest: number): number {
  const n = scores.length;
  const terms = termsOf(scores, weights);
  const { split } = largestSplit(terms, 0, fewest);
  if (split === 0) return 1;
  const { z, inflation } = largestSplit(terms, autocorrelationAround(scores, terms, split), fewest);
  const worth = n / inflation;
  const degreesOfFreedom = worth - 2;
  if (!(degreesOfFreedom > 0.5)) return 1;
  // The variance was taken around one mean: z² is a share of all squares, and becomes Student's t on what n is worth.
  const explained = (z * z * (1 - 1 / worth)) / worth;
  const t = Math.sqrt((degreesOfFreedom * explained) / Math.max(0, 1 - explained));
  const p = largestSplitTail(-normalQuantile(studentCdf(-t, degreesOfFreedom)), fewest / n);
  return Math.min(1, Math.max(p, fewestOrderings(n, split)));
}

/** Autocorrelation of neighbours in a series that may have changed its level once. */
export function autocorrelationBesideShift(values: ArrayLike<number>): number {
  const scores = normalScores(values);
  const terms = termsOf(scores, new Float64Array(values.length).fill(1));
  const { split } = largestSplit(terms, 0, Math.min(FEWEST, values.length >> 1));
  return split === 0 ? 0 : autocorrelationAround(scores, terms, split);
}

/**
 * The one change of level a series may have, by the weighted CUSUM, which is the likelihood ratio of a split. Its place is
 * the least-squares one, lone outliers cut. Its p-value is from normal scores, standardised for AR(1) terms whose variance
 * follows their weights; false alarms at 5 %: 1 to 5 % for 12 to 200 points and ρ up to 0.6. Null below 4 points or for a
 * constant series.
 */
export function largestLevelShift(values: ArrayLike<number>, weights: ArrayLike<number>): LevelShift | null {
  if (values.length < 4) return null;
  const fewest = Math.min(FEWEST, values.length >> 1);
  const { split } = largestSplit(termsOf(withoutLoneOutliers(values, fewest), weights), 0, fewest);
  return split === 0 ? null : { split, p: shiftP(normalScores(values), weights, fewest) };
}
