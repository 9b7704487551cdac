import { mean, sampleVariance } from './descriptive.ts';
import { studentCdf } from './student.ts';

export interface EnergySplit {
  /** First point of the right part. */
  readonly split: number;
  /** End (exclusive) of the right part at which the statistic is largest. */
  readonly end: number;
  readonly statistic: number;
}

/** Row i, column j: sum of |values[i] − values[l]| over l < j. */
function distancePrefixes(values: readonly number[]): Float64Array[] {
  return values.map((value) => {
    const sums = new Float64Array(values.length + 1);
    for (let j = 0; j < values.length; j++) sums[j + 1] = sums[j]! + Math.abs(value - values[j]!);
    return sums;
  });
}

const pairs = (n: number) => (n * (n - 1)) / 2;

/**
 * The split with the largest energy distance between the parts [0, split) and [split, end) (Matteson & James 2014,
 * E-divisive with exponent 1), over all splits and ends. Null below 2 values. Time and memory grow with n².
 */
export function largestEnergySplit(values: readonly number[]): EnergySplit | null {
  const n = values.length;
  const upTo = distancePrefixes(values);
  let best: EnergySplit | null = null;
  let withinLeft = 0;
  for (let split = 1; split < n; split++) {
    withinLeft += upTo[split - 1]![split - 1]!;
    let between = 0;
    let withinRight = 0;
    for (let end = split + 1; end <= n; end++) {
      const row = upTo[end - 1]!;
      between += row[split]!;
      withinRight += row[end - 1]! - row[split]!;
      const right = end - split;
      const meanLeft = split > 1 ? withinLeft / pairs(split) : 0;
      const meanRight = right > 1 ? withinRight / pairs(right) : 0;
      const statistic = ((split * right) / end) * ((2 * between) / (split * right) - meanLeft - meanRight);
      if (best === null || statistic > best.statistic) best = { split, end, statistic };
    }
  }
  return best;
}

/** Two-sided p of Student's test with pooled variance; a side of one point adds none. */
function studentTest(left: readonly number[], right: readonly number[]): number {
  const degreesOfFreedom = left.length + right.length - 2;
  const squares = (part: readonly number[]) => (part.length > 1 ? sampleVariance(part) * (part.length - 1) : 0);
  if (degreesOfFreedom < 1) return 1;
  const pooled = (squares(left) + squares(right)) / degreesOfFreedom;
  const difference = Math.abs(mean(left) - mean(right));
  if (difference === 0) return 1;
  const t = difference / Math.sqrt(pooled * (1 / left.length + 1 / right.length));
  return 2 * studentCdf(-t, degreesOfFreedom);
}

/**
 * First points of all new levels in a series, by splitting parts as long as Student's test between the halves stays at or
 * below `maxP`. The split was chosen to differ, so the test is optimistic: 0.001 rather than 0.05.
 */
export function energyChangePoints(values: readonly number[], maxP = 0.001): number[] {
  const found: number[] = [];
  const divide = (start: number, end: number): void => {
    const part = values.slice(start, end);
    const candidate = largestEnergySplit(part);
    if (candidate === null) return;
    if (!(studentTest(part.slice(0, candidate.split), part.slice(candidate.split, candidate.end)) <= maxP)) return;
    divide(start, start + candidate.split);
    found.push(start + candidate.split);
    divide(start + candidate.split, end);
  };
  divide(0, values.length);
  return found;
}
