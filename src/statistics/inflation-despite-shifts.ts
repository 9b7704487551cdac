import { autoregressiveInflation, estimatedInflation } from './autocorrelation.ts';
import { mean } from './descriptive.ts';
import { autocorrelationBesideShift } from './level-shift.ts';

const FEWEST_BLOCKS = 20;
const LARGEST_BLOCK = 50;
/** Share of differences that changes of level and outliers may spoil. */
const TRIMMED = 0.25;

/** Means of `size` points that follow each other; a remainder at the end is left out. */
function blockMeans(values: Float64Array, size: number): Float64Array {
  return Float64Array.from({ length: Math.floor(values.length / size) }, (_, block) =>
    mean(values.subarray(block * size, (block + 1) * size)),
  );
}

function meanSquareDifference(values: Float64Array, lag: number, trimmed: number): number {
  const squares = Float64Array.from({ length: values.length - lag }, (_, t) => (values[t + lag]! - values[t]!) ** 2);
  return mean(squares.sort().subarray(0, Math.ceil(squares.length * (1 - trimmed))));
}

interface Differences {
  readonly of: Float64Array;
  readonly lag: number;
}

/** Ratio of mean squared differences, trimmed unless too few of them are different from 0; NaN for a constant series. */
function ratioOfDifferences(above: Differences, below: Differences): number {
  const robust = meanSquareDifference(below.of, below.lag, TRIMMED);
  if (robust > 0) return meanSquareDifference(above.of, above.lag, TRIMMED) / robust;
  return meanSquareDifference(above.of, above.lag, 0) / meanSquareDifference(below.of, below.lag, 0);
}

/**
 * The largest inflation the differences allow, whatever the changes of level: of an AR(1) series the mean squared
 * differences at lags 2 and 1 stand as 1 + ρ (Shi, Gallagher, Lund & Killick 2022), here plus two standard errors.
 */
function inflationOfDifferences(values: Float64Array): number {
  const ratio = ratioOfDifferences({ of: values, lag: 2 }, { of: values, lag: 1 });
  const rho = ratio - 1 + 4 / Math.sqrt(values.length);
  return Number.isNaN(rho) ? Number.POSITIVE_INFINITY : autoregressiveInflation(Math.min(0.95, Math.max(0, rho)));
}

/** Inflation of an AR(1) series that may have changed its level: the least of what three views of it allow. */
export function inflationDespiteShifts(values: Float64Array): number {
  return Math.min(
    estimatedInflation(values),
    autoregressiveInflation(autocorrelationBesideShift(values)),
    inflationOfDifferences(values),
  );
}

/**
 * The least inflation that slow noise under fast noise shows, which neighbours hardly see: differences of neighbouring
 * block means over those of points as far apart (Wu & Zhao 2007). 1 where there are too few blocks.
 */
export function inflationOfBlocks(values: Float64Array): number {
  const size = Math.min(LARGEST_BLOCK, Math.floor(values.length / FEWEST_BLOCKS));
  if (size < 2) return 1;
  const ratio = ratioOfDifferences({ of: blockMeans(values, size), lag: 1 }, { of: values, lag: size });
  return Number.isNaN(ratio) ? 1 : Math.max(1, size * ratio);
}
