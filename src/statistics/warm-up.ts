import { estimatedAutocorrelation } from './autocorrelation.ts';
import { withoutLoneOutliers } from './level-shift.ts';
import { PartialSums } from './partial-sums.ts';
import { studentCdf } from './student.ts';

/** The beginning of a series that lies off the level it settles on. */
export interface WarmUp {
  /** First point of what is kept. */
  readonly end: number;
  /** Weighted mean levels before and after it. */
  readonly head: number;
  readonly tail: number;
}

export interface WarmUpSearch {
  /** At most this share of the points is cut. */
  readonly mostShare: number;
  /** On which side a head lies off: above or below. */
  readonly direction: 1 | -1;
  /** The level before the start, asked for only where a head is off: one on it has not changed yet, which is no warm-up. */
  readonly before: () => number;
}

/** Chance that a steady series is cut. */
const LEVEL = 0.01;
/** Fewest points of a head, and of what tells the noise. */
const FEWEST_HEAD = 2;
/** Fewer cold points than this cannot be told from outliers. */
const FEWEST_COLD = 3;
const FEWEST_TAIL = 9;

/**
 * Where a series has settled: the start whose mean has the least marginal standard error, squares over (points kept)²
 * (MSER; White 1997), in the first half of the series as published. Null where no head of 2, 4, 8 … points lies clearly off the
 * part that is kept in any case, and where the best start is beyond what may be cut: then the head is as much of a level.
 */
export function warmUpOf(
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
  { mostShare, direction, before }: WarmUpSearch,
): WarmUp | null {
  const n = values.length;
  const most = Math.floor(n * mostShare);
  if (most < FEWEST_HEAD || n - most < FEWEST_TAIL) return null;
  if (!hasHead(withoutLoneOutliers(values, FEWEST_COLD), weights, most, direction, before)) return null;
  const sums = new PartialSums(values, weights);
  let end = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let start = 0; start <= n / 2; start++) {
    const error = sums.squares(start, n) / sums.weight(start, n) ** 2;
    if (error >= least) continue;
    least = error;
    end = start;
  }
  return end === 0 || end > most ? null : { end, head: sums.mean(0, end), tail: sums.mean(end, n) };
}

/**
 * Student's test of heads of 2, 4, 8 … points against the points no cut can reach and against the level before, on the noise
 * and dependence of the former.
 */
function hasHead(
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
  most: number,
  direction: 1 | -1,
  before: () => number,
): boolean {
  const sums = new PartialSums(values, weights);
  const n = values.length;
  const rest = n - most;
  const tail = sums.mean(most, n);
  const residuals = new Float64Array(rest);
  for (let i = 0; i < rest; i++) residuals[i] = Math.sqrt(weights[most + i]!) * (values[most + i]! - tail);
  const rho = estimatedAutocorrelation(residuals);
  const variance = sums.squares(most, n) / (rest - 1);
  const degreesOfFreedom = rest / inflationOfMean(rest, rho) - 1;
  const tests = Math.floor(Math.log2(most));
  for (let head = FEWEST_HEAD; head <= most; head *= 2) {
    const ofMeans =
      inflationOfMean(head, rho) / sums.weight(0, head) + inflationOfMean(rest, rho) / sums.weight(most, n);
    const isOff = (level: number): boolean => {
      const off = (direction * (sums.mean(0, head) - level)) / Math.sqrt(variance * ofMeans);
      return degreesOfFreedom > 0.5 && off > 0 && tests * studentCdf(-off, degreesOfFreedom) < LEVEL;
    };
    if (isOff(tail) && isOff(before())) return true;
  }
  return false;
}

/** Variance of the mean of n AR(1) values over that of independent ones. */
function inflationOfMean(n: number, rho: number): number {
  let inflation = 1;
  let power = 1;
  for (let lag = 1; lag < n && power > 1e-6; lag++) {
    power *= rho;
    inflation += 2 * (1 - lag / n) * power;
  }
  return inflation;
}
