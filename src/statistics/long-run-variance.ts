/** The usual number of lags for n values, ⌊n^(1/3)⌋. */
export function defaultLags(n: number): number {
  return Math.floor(Math.cbrt(n) + 1e-9);
}

/**
 * Long-run variance of residuals with mean near 0: autocovariances (divisor n) with Bartlett weights 1 − l/(L + 1)
 * (Newey & West 1987). Never negative. n times the variance of the mean of an autocorrelated series.
 */
export function longRunVariance(residuals: ArrayLike<number>, lags = defaultLags(residuals.length)): number {
  const n = residuals.length;
  let variance = 0;
  for (let lag = 0; lag <= Math.min(lags, n - 1); lag++) {
    let products = 0;
    for (let t = lag; t < n; t++) products += residuals[t]! * residuals[t - lag]!;
    variance += ((lag === 0 ? 1 : 2) * (1 - lag / (lags + 1)) * products) / n;
  }
  return n === 0 ? Number.NaN : Math.max(0, variance);
}
