import { estimatedInflation } from './autocorrelation.ts';
import { PartialSums } from './partial-sums.ts';

/** First point that no longer lies as the points before it do, with the places that are as likely. */
export interface Departure {
  readonly index: number;
  readonly low: number;
  readonly high: number;
  /** Whether the noise on both sides differs: only then do these places say more than those of one noise for all. */
  readonly isUnequal: boolean;
}

/** The likelihood ratio at a true change exceeds this in 5 % of series (Hansen 2000). */
export const LIKELY_95 = 7.352;
const CHI_SQUARE_95 = 3.841;
/** Noise is taken to be at least this share of the move: what is smaller is no departure. */
const LEAST_NOISE_SHARE = 0.01;

/**
 * When a series whose noise changes with its level left the old one: the split from `earliest` to `last` at which two normal
 * laws, each with its own mean and variance, are likeliest (Chen & Gupta 1997). A quiet past makes the first small departure
 * telling, whatever noise follows. `height` is the size of the move.
 */
export function departureFromLevel(
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
  { earliest, last, height }: { earliest: number; last: number; height: number },
): Departure {
  const n = values.length;
  const sums = new PartialSums(values, weights);
  const least = (LEAST_NOISE_SHARE * height) ** 2;
  const logVariance = (points: number, squares: number): number => points * Math.log(Math.max(least, squares / points));
  const deviance = (split: number): number =>
    logVariance(split, sums.squares(0, split)) + logVariance(n - split, sums.squares(split, n));
  let index = earliest;
  for (let split = earliest + 1; split <= last; split++) if (deviance(split) < deviance(index)) index = split;
  const centre = sums.mean(0, index);
  const residuals = Array.from({ length: index }, (_, t) => Math.sqrt(weights[t]!) * (values[t]! - centre));
  const inflation = estimatedInflation(residuals);
  const most = deviance(index) + LIKELY_95 * inflation;
  const equal = logVariance(n, sums.squares(0, index) + sums.squares(index, n));
  let [low, high] = [index, index];
  while (low > earliest && deviance(low - 1) <= most) low--;
  while (high < last && deviance(high + 1) <= most) high++;
  return { index, low, high, isUnequal: equal - deviance(index) > CHI_SQUARE_95 * inflation };
}
