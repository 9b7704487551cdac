import { NumberList } from '../bytes/number-list.ts';
import { lengthProblem, totalCount, usableSum } from './distribution.ts';
import type { PointHead, PointValues } from './point.ts';

const LOWEST_SCALE = -10;
const HIGHEST_SCALE = 20;
/** Binary exponents of the smallest and beyond the largest double, one bucket of slack each. */
const LEAST_EXPONENT = -1075;
const GREATEST_EXPONENT = 1025;

/** ExponentialHistogramDataPoint: base 2^(2^-scale) (OpenTelemetry metrics data model). */
export class ExponentialValues implements PointValues {
  protected readonly positive = new NumberList();
  protected readonly negative = new NumberList();
  protected offset = 0;
  protected count = 0;
  protected sum = Number.NaN;
  protected sumPresent = false;
  protected scale = 0;
  protected zeroCount = 0;
  protected zeroThreshold = 0;

  clear(): void {
    this.positive.length = 0;
    this.negative.length = 0;
    this.offset = 0;
    this.count = 0;
    this.sum = Number.NaN;
    this.sumPresent = false;
    this.scale = 0;
    this.zeroCount = 0;
    this.zeroThreshold = 0;
  }

  deliver(point: PointHead): void {
    const { report } = point;
    const tooLong = lengthProblem(this.positive, 'buckets') ?? lengthProblem(this.negative, 'buckets');
    if (tooLong === null) this.check(point);
    else report.reject('bad-point', tooLong);
  }

  private check(point: PointHead): void {
    const { count } = this;
    const { report } = point;
    const positive = this.positive.view();
    const above = totalCount(positive);
    const below = totalCount(this.negative.view());
    const zeroCount = this.zeroCount + below;
    const problem = layoutProblem(this.scale, this.zeroThreshold, this.offset, positive.length);
    if (count < 0 || this.zeroCount < 0 || Number.isNaN(above + below)) {
      report.reject('negative-count', 'a count is below zero');
    } else if (problem !== null) {
      report.reject('bad-point', problem);
    } else if (zeroCount + above !== count) {
      report.reject('bucket-mismatch', `buckets add up to ${zeroCount + above}, count is ${count}`);
    } else {
      if (below > 0) report.reject('negative-observation', `${below} observations below zero were counted as zero`);
      this.hand(point, zeroCount, positive);
    }
  }

  private hand(point: PointHead, zeroCount: number, positive: Float64Array): void {
    const { report, startMs, timeMs } = point;
    const { count, scale, zeroThreshold, offset } = this;
    const sum = usableSum(report, this.sum, this.sumPresent);
    const stream = point.stream();
    const { sink } = report;
    sink.exponentialPoint(stream, startMs, timeMs, count, sum, scale, zeroThreshold, zeroCount, offset, positive);
  }
}

function layoutProblem(scale: number, zeroThreshold: number, offset: number, buckets: number): string | null {
  if (scale < LOWEST_SCALE || scale > HIGHEST_SCALE) {
    return `scale ${scale} is outside ${LOWEST_SCALE} to ${HIGHEST_SCALE}`;
  }
  if (!(zeroThreshold >= 0 && zeroThreshold < Number.POSITIVE_INFINITY)) return `zeroThreshold is ${zeroThreshold}`;
  const least = offset * 2 ** -scale;
  const greatest = (offset + buckets) * 2 ** -scale;
  if (buckets === 0 || (greatest >= LEAST_EXPONENT && greatest <= GREATEST_EXPONENT && least <= GREATEST_EXPONENT)) {
    return null;
  }
  return `buckets from index ${offset} at scale ${scale} lie outside the range of a double`;
}
