export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

/** Arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  return sum(values) / values.length;
}

/** Of the values from `from` to before `to`; NaN without weight. */
export function weightedMean(
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
  from = 0,
  to = values.length,
): number {
  let [sum, total] = [0, 0];
  for (let t = from; t < to; t++) {
    sum += weights[t]! * values[t]!;
    total += weights[t]!;
  }
  return sum / total;
}

/** The middle value, or the mean of the two middle ones; NaN of nothing. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Mean of the squares; NaN of nothing. */
export function meanSquare(values: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i]! ** 2;
  return squares / values.length;
}

/** Root mean square of `values` over that of `others`, where both are known (not NaN); NaN where nothing is. */
export function relativeRootMeanSquare(values: ArrayLike<number>, others: ArrayLike<number>): number {
  let [own, theirs] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i]!) || Number.isNaN(others[i]!)) continue;
    own += values[i]! ** 2;
    theirs += others[i]! ** 2;
  }
  return Math.sqrt(own / theirs);
}

/** Unbiased sample variance (divisor n − 1); NaN for fewer than two values. */
export function sampleVariance(values: ArrayLike<number>): number {
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - centre) ** 2;
  return values.length < 2 ? Number.NaN : squares / (values.length - 1);
}
