import { betaQuantile } from './beta.ts';
import { normalQuantile } from './normal.ts';

/** Score interval for a given critical value, clipped to [0, 1]; counts may be fractional (effective sizes). */
export function wilsonIntervalOfCritical(
  successes: number,
  trials: number,
  critical: number,
): { low: number; high: number } {
  if (!(trials > 0) || !Number.isFinite(critical)) return { low: 0, high: 1 };
  const failures = trials - successes;
  const square = critical * critical;
  const centre = successes + square / 2;
  const reach = critical * Math.sqrt((successes * failures) / trials + square / 4);
  return {
    low: successes <= 0 ? 0 : Math.max(0, (centre - reach) / (trials + square)),
    high: failures <= 0 ? 1 : Math.min(1, (centre + reach) / (trials + square)),
  };
}

/** Wilson's (1927) score interval of a binomial share. No trials: (0, 1). */
export function wilsonInterval(successes: number, trials: number, level: number): { low: number; high: number } {
  return wilsonIntervalOfCritical(successes, trials, normalQuantile((1 + level) / 2));
}

/** Clopper & Pearson's (1934) interval of a binomial share, which never covers less than its level. */
export function clopperPearsonInterval(
  successes: number,
  trials: number,
  level: number,
): { low: number; high: number } {
  if (!(trials > 0)) return { low: 0, high: 1 };
  const tail = (1 - level) / 2;
  const failures = trials - successes;
  return {
    low: successes <= 0 ? 0 : betaQuantile(tail, successes, failures + 1),
    high: failures <= 0 ? 1 : betaQuantile(1 - tail, successes + 1, failures),
  };
}
