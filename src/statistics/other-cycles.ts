import { type Cumulative, cumulate } from './stretches.ts';

/**
 * What the other cycles of a season show at every point: the weighted mean at the same phase, `reach` points around it, of
 * every cycle but the point's own. NaN where no other cycle is known there. Points of weight 0 are predicted, not used.
 */
export function meanOfOtherCycles(
  numerators: Float64Array,
  weights: Float64Array,
  season: number,
  reach: number,
): Float64Array {
  const n = weights.length;
  const byPhase: Cumulative = { numerators: new Float64Array(season), weights: new Float64Array(season) };
  for (let t = 0; t < n; t++) {
    byPhase.numerators[t % season]! += numerators[t]!;
    byPhase.weights[t % season]! += weights[t]!;
  }
  const own = cumulate(numerators, weights);
  const around = (values: Float64Array, phase: number): number => {
    let sum = 0;
    for (let step = -reach; step <= reach; step++) sum += values[(phase + step + season) % season]!;
    return sum;
  };
  return Float64Array.from({ length: n }, (_, t) => {
    const [from, to] = [Math.max(0, t - reach), Math.min(n, t + reach + 1)];
    const weight = around(byPhase.weights, t % season) - (own.weights[to]! - own.weights[from]!);
    const numerator = around(byPhase.numerators, t % season) - (own.numerators[to]! - own.numerators[from]!);
    return weight > 1e-9 * byPhase.weights[t % season]! ? numerator / weight : Number.NaN;
  });
}
