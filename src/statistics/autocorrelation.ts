import { mean } from './descriptive.ts';

/** Correlation of a series with itself one step later; NaN for a constant series or fewer than two values. */
export function lagOneAutocorrelation(values: ArrayLike<number>): number {
  const centre = mean(values);
  let products = 0;
  let squares = 0;
  for (let t = 0; t < values.length; t++) {
    const deviation = values[t]! - centre;
    squares += deviation * deviation;
    if (t > 0) products += deviation * (values[t - 1]! - centre);
  }
  return values.length < 2 || squares === 0 ? Number.NaN : products / squares;
}

/** How much larger the variance of the mean of an AR(1) series is than that of independent values: (1 + ρ)/(1 − ρ). */
export function autoregressiveInflation(rho: number): number {
  return (1 + rho) / (1 - rho);
}

/**
 * The autocorrelation a series seems to have, from 0 to 0.95: the estimate is corrected for its bias −(1 + 3ρ)/n (Kendall
 * 1954). 0 for a constant series.
 */
export function estimatedAutocorrelation(values: ArrayLike<number>): number {
  const rho = lagOneAutocorrelation(values);
  const corrected = rho + (1 + 3 * rho) / values.length;
  return Number.isNaN(rho) ? 0 : Math.min(0.95, Math.max(0, corrected));
}

/** The inflation an AR(1) series seems to have, at least 1. */
export function estimatedInflation(values: ArrayLike<number>): number {
  return autoregressiveInflation(estimatedAutocorrelation(values));
}
