import { estimatedInflation } from './autocorrelation.ts';
import { bestEnds, LIKELY_95, likelyStarts } from './best-ends.ts';
import { withoutLoneOutliers } from './level-shift.ts';
import { PartialSums } from './partial-sums.ts';

/** A stretch on another level than what lies before and after it. Indexes are of the series. */
export interface Bout {
  readonly start: number;
  /** First point back on the old level. */
  readonly end: number;
  /** Starts that are as likely, at 95 %. */
  readonly low: number;
  readonly high: number;
}

/** Three parameters of place and level beside the mean. */
const PARAMETERS = 4;
const FEWEST = 3;

/**
 * The stretch whose level stands out most from all the rest, by least squares: the epidemic alternative (Levin & Kline
 * 1985). It starts at `earliest` or later and is over before the end. Null for a constant or very short series.
 */
export function largestBout(values: ArrayLike<number>, weights: ArrayLike<number>, earliest: number): Bout | null {
  const n = values.length;
  const range = { first: Math.max(1, earliest), last: n - 1, apart: 1 };
  if (n < 2 * FEWEST || range.last <= range.first) return null;
  const sums = new PartialSums(withoutLoneOutliers(values, FEWEST), weights);
  const squaresOf = (start: number, end: number): number => sums.squares(start, end) + sums.squaresOutside(start, end);
  const best = bestEnds(range, squaresOf);
  if (best === null || !(best.deviance < sums.squares(0, n))) return null;
  const { start, end } = best;
  const [inside, outside] = [sums.mean(start, end), sums.meanOutside(start, end)];
  const residuals = Array.from(values, (value, t) => {
    return Math.sqrt(weights[t]!) * (value - (t >= start && t < end ? inside : outside));
  });
  const noise = (estimatedInflation(residuals) * best.deviance) / Math.max(1, n - PARAMETERS);
  return { start, end, ...likelyStarts(best, range, LIKELY_95 * noise, squaresOf) };
}
