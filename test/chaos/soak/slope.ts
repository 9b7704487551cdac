/** Least squares of y on x: slope in units of y an x, and its standard error (independent residuals). */
export function slopeOf(
  xs: readonly number[],
  ys: readonly number[],
): { readonly slope: number; readonly error: number } {
  const n = xs.length;
  const meanX = xs.reduce((sum, x) => sum + x, 0) / n;
  const meanY = ys.reduce((sum, y) => sum + y, 0) / n;
  let squares = 0;
  let products = 0;
  for (let index = 0; index < n; index++) {
    squares += (xs[index]! - meanX) ** 2;
    products += (xs[index]! - meanX) * (ys[index]! - meanY);
  }
  const slope = products / squares;
  const residual = ys.reduce((sum, y, index) => sum + (y - meanY - slope * (xs[index]! - meanX)) ** 2, 0);
  return { slope, error: Math.sqrt(residual / (n - 2) / squares) };
}
