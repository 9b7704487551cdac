import { studentCdf } from './student.ts';

/** One level before and one after in each of several series of the same blocks, e.g. of instances. */
export interface BreakPanel {
  /** By series: one value a block; NaN where unknown. */
  readonly values: readonly Float64Array[];
  readonly weights: readonly Float64Array[];
  /** By series: the block from which something was there that is its own. */
  readonly own: readonly number[];
}

export interface BreakPreference {
  /** Blocks after its own at which each is split, the same for all: where they fit best. */
  readonly lag: number;
  /** Mean over series of how much better the common block splits them, in units of each one's noise variance. */
  readonly meanGain: number;
  /** p-value of "the own block splits them as well", one-sided. */
  readonly p: number;
}

/**
 * Do series leave their level at one common block rather than each at a distance from its own? Least-squares fits of a break
 * that is common to a panel (Bai 2010) and of one in event time, with one date each, are compared series by series as models
 * that do not contain each other (Vuong 1989); series are what is independent. Null below two series with both sides known.
 */
export function preferCommonBreak({ values, weights, own }: BreakPanel, common: number): BreakPreference | null {
  const gains = values.map((series, i) => splitGains(series, weights[i]!));
  const kept = [...gains.keys()].filter((i) => gains[i]![common]! >= 0 && gains[i]!.some((gain) => gain > 0));
  const blocks = Math.max(0, ...values.map(({ length }) => length));
  let best = { lag: 0, gain: Number.NEGATIVE_INFINITY };
  for (let lag = 0; lag < blocks; lag++) {
    const gain = kept.reduce((sum, i) => sum + gainAt(gains[i]!, own[i]! + lag), 0);
    if (gain > best.gain) best = { lag, gain };
  }
  const differences = kept.map((i) => gains[i]![common]! - gainAt(gains[i]!, own[i]! + best.lag));
  const count = differences.length;
  if (count < 2) return null;
  const meanGain = differences.reduce((sum, one) => sum + one, 0) / count;
  const variance = differences.reduce((sum, one) => sum + (one - meanGain) ** 2, 0) / (count - 1);
  const t = variance > 0 ? meanGain / Math.sqrt(variance / count) : Math.sign(meanGain) * Number.POSITIVE_INFINITY;
  return { lag: best.lag, meanGain, p: meanGain === 0 ? 1 : studentCdf(-t, count - 1) };
}

/** A split outside of what is known explains nothing. */
function gainAt(gains: Float64Array, block: number): number {
  const gain = gains[block];
  return gain === undefined || Number.isNaN(gain) ? 0 : gain;
}

/** By block: the sum of squares that a new level from it on explains, over the variance of what the best one leaves. */
function splitGains(values: Float64Array, weights: Float64Array): Float64Array {
  const gains = new Float64Array(values.length);
  let [sum, total, squares, points] = [0, 0, 0, 0];
  values.forEach((value, t) => {
    if (Number.isNaN(value) || !(weights[t]! > 0)) return;
    sum += weights[t]! * value;
    total += weights[t]!;
    points++;
  });
  const centre = sum / total;
  let [before, weightBefore] = [0, 0];
  for (let t = 0; t < values.length; t++) {
    const after = total - weightBefore;
    const isInside = weightBefore > 0 && after > 0;
    gains[t] = isInside ? before ** 2 * (1 / weightBefore + 1 / after) : 0;
    if (Number.isNaN(values[t]!) || !(weights[t]! > 0)) continue;
    before += weights[t]! * (values[t]! - centre);
    weightBefore += weights[t]!;
    squares += weights[t]! * (values[t]! - centre) ** 2;
  }
  const best = gains.reduce((most, gain) => Math.max(most, gain), 0);
  const noise = (squares - best) / (points - 2);
  return noise > 0 ? gains.map((gain) => gain / noise) : gains.fill(0);
}
