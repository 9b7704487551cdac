/** Numerators and weights summed up to each point, so that the mean of any stretch is one subtraction. */
export interface Cumulative {
  readonly numerators: Float64Array;
  readonly weights: Float64Array;
}

export interface Stretch {
  readonly from: number;
  /** First point after the stretch. */
  readonly to: number;
  readonly mean: number;
}

export function cumulate(numerators: ArrayLike<number>, weights: ArrayLike<number>): Cumulative {
  const n = weights.length;
  const sums = { numerators: new Float64Array(n + 1), weights: new Float64Array(n + 1) };
  for (let t = 0; t < n; t++) {
    sums.numerators[t + 1] = sums.numerators[t]! + numerators[t]!;
    sums.weights[t + 1] = sums.weights[t]! + weights[t]!;
  }
  return sums;
}

/** Weighted mean of a stretch; NaN where nothing is known of it. */
export function meanBetween({ numerators, weights }: Cumulative, from: number, to: number): number {
  const weight = weights[to]! - weights[from]!;
  return weight > 0 ? (numerators[to]! - numerators[from]!) / weight : Number.NaN;
}

/** The stretch of `length` points inside [from, to) whose mean lies farthest from `level`; null where all is unknown. */
export function farthestStretch(
  sums: Cumulative,
  from: number,
  to: number,
  length: number,
  level: number,
): Stretch | null {
  let best: Stretch | null = null;
  for (let start = from; start + length <= to; start++) {
    const mean = meanBetween(sums, start, start + length);
    if (Number.isNaN(mean) || (best !== null && !(Math.abs(mean - level) > Math.abs(best.mean - level)))) continue;
    best = { from: start, to: start + length, mean };
  }
  return best;
}

/** Lengths of a scan: the whole, its half, and so on, down to a share of it. */
export function dyadicLengths(whole: number, smallestShare: number): number[] {
  const lengths: number[] = [];
  for (let length = whole; length >= Math.max(1, smallestShare * whole); length = Math.floor(length / 2)) {
    lengths.push(length);
  }
  return lengths;
}
