import { normalQuantile } from './normal.ts';
import { studentCdf } from './student.ts';

/** −Γ′(1), the mean of the standard Gumbel distribution; its standard deviation is π/√6. */
const GUMBEL_MEAN = 0.5772156649015329;
const GUMBEL_DEVIATION = Math.PI / Math.sqrt(6);
/** Of the root mean square: maxima of windows in which nothing happened have a logarithm too. */
const SMALLEST_SHARE = 1e-3;

/**
 * Chance that one more maximum of the same kind is at least `observed`. Maxima are taken as Fréchet distributed, the
 * heaviest-tailed of the extreme-value laws (Gnedenko 1943): their logarithms as Gumbel, fitted by moments. That mean and
 * spread are estimated from `independent` maxima is allowed for as in a prediction interval, by Student's t. Maxima may
 * overlap: more of them then than are independent. NaN where all are 0.
 */
export function maximumTail(maxima: ArrayLike<number>, independent: number, observed: number): number {
  const n = maxima.length;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += maxima[i]! ** 2;
  const floor = SMALLEST_SHARE * Math.sqrt(squares / n);
  const logarithms = Float64Array.from(maxima, (one) => Math.log(Math.max(one, floor)));
  const mean = logarithms.reduce((sum, one) => sum + one, 0) / n;
  const variance = logarithms.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (n - 1);
  const distance = (Math.log(Math.max(observed, floor)) - mean) / Math.sqrt(variance * (1 + 1 / independent));
  if (Number.isNaN(distance)) return Number.NaN;
  const likewise = -normalQuantile(studentCdf(-distance, independent - 1));
  return -Math.expm1(-Math.exp(-(likewise * GUMBEL_DEVIATION + GUMBEL_MEAN)));
}
