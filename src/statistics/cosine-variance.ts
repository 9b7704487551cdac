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
  const around = roundTheCircle(4 * n);
  let squares = 0;
  for (let j = 1; j <= cosines; j++) {
    const step = (2 * j) % around.length;
    let projection = 0;
    for (let t = 0, at = j % around.length; t < n; t++) {
      projection += values[t]! * around[at]!;
      at += step;
      if (at >= around.length) at -= around.length;
    }
    squares += (2 / n) * projection * projection;
  }
  return squares / cosines;
}

/** Cosines of as many equal steps round the circle: all that the sums above ask for. */
function roundTheCircle(steps: number): Float64Array {
  const cosines = new Float64Array(steps);
  for (let step = 0; step < steps; step++) cosines[step] = Math.cos((2 * Math.PI * step) / steps);
  return cosines;
}
