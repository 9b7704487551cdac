import { cumulate, meanBetween } from './stretches.ts';

/**
 * What other cycles of a season show at every point: the weighted mean over the points within `reach` of it, of all points
 * that share a phase with them but are not themselves. NaN where none is known. Points of weight 0 are predicted, not used.
 */
export function meanOfOtherCycles(
  numerators: Float64Array,
  weights: Float64Array,
  phaseAt: Int32Array,
  reach: number,
): Float64Array {
  const n = weights.length;
  const phases = phaseAt.reduce((most, phase) => Math.max(most, phase + 1), 0);
  const sums = new Float64Array(phases);
  const totals = new Float64Array(phases);
  for (let t = 0; t < n; t++) {
    sums[phaseAt[t]!]! += numerators[t]!;
    totals[phaseAt[t]!]! += weights[t]!;
  }
  const others = cumulate(
    numerators.map((numerator, t) => sums[phaseAt[t]!]! - numerator),
    weights.map((weight, t) => totals[phaseAt[t]!]! - weight),
  );
  return Float64Array.from({ length: n }, (_, t) =>
    meanBetween(others, Math.max(0, t - reach), Math.min(n, t + reach + 1)),
  );
}
