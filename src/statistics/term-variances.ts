/**
 * Variance of every term weight × (value − mean) as a·w + b·w²: a from chance in what a block counts, b from what all
 * requests of a block share (the two components of a cluster ratio, Fuller & Battese 1973), each at least 0, by least
 * squares on terms²/w.
 */
export function termVariances(terms: ArrayLike<number>, weights: ArrayLike<number>): Float64Array {
  const n = terms.length;
  let meanWeight = 0;
  let meanSquare = 0;
  let perWeight = 0;
  for (let t = 0; t < n; t++) {
    meanWeight += weights[t]! / n;
    meanSquare += terms[t]! ** 2 / weights[t]! / n;
    perWeight += (terms[t]! / weights[t]!) ** 2 / n;
  }
  let products = 0;
  let squares = 0;
  for (let t = 0; t < n; t++) {
    const deviation = weights[t]! - meanWeight;
    squares += deviation * deviation;
    products += (deviation * terms[t]! ** 2) / weights[t]!;
  }
  let shared = squares > 0 ? Math.max(0, products / squares) : 0;
  let chance = meanSquare - shared * meanWeight;
  if (chance < 0) {
    chance = 0;
    shared = perWeight;
  }
  return Float64Array.from(weights, (weight) => chance * weight + shared * weight * weight);
}
