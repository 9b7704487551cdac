import { NumberList } from '../bytes/number-list.ts';
import { lengthProblem, totalCount, usableSum } from './distribution.ts';
import type { PointHead, PointValues } from './point.ts';

export interface Bounds {
  /** The same array for the same spelling, and never written to again. */
  readonly values: Float64Array;
  readonly increasing: boolean;
}

export const NO_BOUNDS: Bounds = { values: new Float64Array(0), increasing: true };

export function boundsOf(values: Float64Array): Bounds {
  const increasing = values.every(
    (bound, index) => Number.isFinite(bound) && (index === 0 || bound > values[index - 1]!),
  );
  return { values, increasing };
}

/** HistogramDataPoint: explicit bounds. */
export class HistogramValues implements PointValues {
  protected readonly counts = new NumberList();
  protected count = 0;
  protected sum = Number.NaN;
  protected sumPresent = false;
  protected bounds = NO_BOUNDS;

  clear(): void {
    this.count = 0;
    this.sum = Number.NaN;
    this.sumPresent = false;
    this.counts.length = 0;
    this.bounds = NO_BOUNDS;
  }

  deliver(point: PointHead): void {
    const { count, bounds } = this;
    const { report } = point;
    const tooLong = lengthProblem(this.counts, 'bucketCounts');
    if (tooLong !== null) {
      report.reject('bad-point', tooLong);
      return;
    }
    const counts = this.counts.view();
    const total = totalCount(counts);
    if (count < 0 || Number.isNaN(total)) {
      report.reject('negative-count', 'a count is below zero');
      return;
    }
    const problem = bucketProblem(count, bounds, counts, total);
    if (problem !== null) {
      report.reject('bucket-mismatch', problem);
      return;
    }
    const sum = usableSum(report, this.sum, this.sumPresent);
    report.sink.histogramPoint(point.stream(), point.startMs, point.timeMs, count, sum, bounds.values, counts);
  }
}

function bucketProblem(count: number, bounds: Bounds, counts: Float64Array, total: number): string | null {
  const length = bounds.values.length;
  if (counts.length === 0 && length === 0) return null;
  if (counts.length !== length + 1) return `${counts.length} bucketCounts for ${length} explicitBounds`;
  if (!bounds.increasing) return 'explicitBounds are not finite and strictly increasing';
  return total === count ? null : `bucketCounts add up to ${total}, count is ${count}`;
}
