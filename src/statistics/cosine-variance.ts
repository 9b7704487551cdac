/**
 * How many cosines serve a series of n values: 0.41·n^(2/3), which balances the error of too smooth a spectrum against that
 * of few degrees of freedom (Lazarus, Lewis, Stock & Watson 2018).
 */
export function cosineCount(n: number): number {
  return Math.max(1, Math.round(0.41 * n ** (2 / 3)));
}

/**
 * Long-run variance of a series by equally weighted cosines, with as many degrees of freedom of Student's t as cosines
 * (Lazarus, Lewis, Stock & Watson 2018; Müller 2007): the mean square of √(2/n)·Σ uₜ cos(πj(t − ½)/n), j = 1..cosines. n
 * times the variance of the mean. The level drops out. NaN without values.
 */
export function cosineLongRunVariance(values: ArrayLike<number>, cosines: number): number {
  const n = values.length;
  if (n === 0) return Number.NaN;
  let squares = 0;
  for (let j = 1; j <= cosines; j++) {
    let projection = 0;
    for (let t = 0; t < n; t++) projection += values[t]! * Math.cos((Math.PI * j * (t + 0.5)) / n);
    squares += (2 / n) * projection * projection;
  }
  return squares / cosines;
}
