import { isCount } from '../../../domain/telemetry.ts';
import { NumberList } from '../bytes/number-list.ts';
import { SHAPE } from '../prometheus/series-opener.ts';
import { CUSTOM_BUCKETS, type NativeHistogram, RESET_HINT } from './native-histogram.ts';
import type { SeriesReport } from './series-report.ts';

const LOWEST_SCHEMA = -4;
const HIGHEST_SCHEMA = 8;
/** Exponential histograms with more buckets get coarser, exactly; explicit ones are refused. */
const MOST_BUCKETS = 1024;
/** Counts of float histograms are sums that were rounded differently. */
const ROUNDING = 1e-6;
/** Binary exponents of the smallest and beyond the largest double, one bucket of slack each. */
const LEAST_EXPONENT = -1075;
const GREATEST_EXPONENT = 1025;

/** Turns native histograms into exponential points, and those with custom buckets into points with explicit bounds. */
export class HistogramDelivery {
  private readonly dense = new NumberList();
  /** Index of the first bucket of `dense`. */
  private offset = 0;

  /** What is wrong with the histogram; null once the sink has it, or what it says is that there is no value. */
  deliver(histogram: NativeHistogram, report: SeriesReport): string | null {
    const { positive, negative } = histogram;
    if (histogram.timeMs === 0) return 'a histogram has no timestamp';
    if (histogram.isStale) {
      report.leaveOut('no-recorded-value', 'a stale marker');
      return null;
    }
    const problem = positive.settle(histogram.isFloat) ?? negative.settle(histogram.isFloat);
    if (problem !== null) return problem;
    if (positive.isNegative || negative.isNegative || !isCount(histogram.count) || !isCount(histogram.zeroCount)) {
      return 'a count is below zero or not finite';
    }
    return histogram.schema === CUSTOM_BUCKETS
      ? this.deliverExplicit(histogram, report)
      : this.deliverExponential(histogram, report);
  }

  private deliverExponential(histogram: NativeHistogram, report: SeriesReport): string | null {
    const { schema, zeroThreshold, zeroCount, positive, negative } = histogram;
    if (schema < LOWEST_SCHEMA || schema > HIGHEST_SCHEMA) return `schema ${schema} is not known`;
    if (!(zeroThreshold >= 0 && zeroThreshold < Number.POSITIVE_INFINITY)) return `zero_threshold is ${zeroThreshold}`;
    const atZero = zeroCount + negative.total;
    const count = countOf(histogram, atZero + positive.total);
    if (Number.isNaN(count)) return mismatch(histogram, atZero + positive.total);
    const scale = schema - this.layDense(positive.indices.view(), positive.counts.view());
    const offset = this.offset;
    const buckets = this.dense.view();
    const least = offset * 2 ** -scale;
    const greatest = (offset + buckets.length) * 2 ** -scale;
    if (buckets.length > 0 && (greatest < LEAST_EXPONENT || least > GREATEST_EXPONENT)) {
      return `buckets from index ${offset} at schema ${scale} lie outside the range of a double`;
    }
    if (negative.total > 0) {
      report.remark('negative-observation', `${negative.total} observations below zero were counted as zero`);
    }
    const sum = usableSum(histogram, report);
    const stream = report.stream(isGauge(histogram) ? SHAPE.gaugeExponential : SHAPE.exponential);
    const { timeMs } = histogram;
    report.elements.handed++;
    report.sink.exponentialPoint(
      stream,
      startOf(histogram),
      timeMs,
      count,
      sum,
      scale,
      zeroThreshold,
      atZero,
      offset,
      buckets,
    );
    return null;
  }

  /**
   * Fills `dense` and `offset` and answers by how much the scale had to fall. Native buckets are numbered by their upper
   * bound, exponential ones by their lower: one less. Halving the resolution halves an exponential index, rounded down.
   */
  private layDense(indices: Float64Array, counts: Float64Array): number {
    const { dense } = this;
    dense.length = 0;
    this.offset = 0;
    let first = 0;
    let last = counts.length - 1;
    while (first <= last && counts[first] === 0) first++;
    while (last >= first && counts[last] === 0) last--;
    if (first > last) return 0;
    const lowest = indices[first]! - 1;
    const highest = indices[last]! - 1;
    let fall = 0;
    while ((highest >> fall) - (lowest >> fall) >= MOST_BUCKETS) fall++;
    this.offset = lowest >> fall;
    for (let i = first; i <= last; i++) {
      const at = ((indices[i]! - 1) >> fall) - this.offset;
      while (dense.length <= at) dense.push(0);
      dense.view()[at]! += counts[i]!;
    }
    return fall;
  }

  private deliverExplicit(histogram: NativeHistogram, report: SeriesReport): string | null {
    const { positive, negative } = histogram;
    const bounds = histogram.customValues.view();
    if (bounds.length > MOST_BUCKETS) return `${bounds.length} custom_values, ${MOST_BUCKETS} are allowed`;
    if (!isIncreasing(bounds)) return 'custom_values are not finite and strictly increasing';
    if (histogram.zeroCount > 0 || negative.total > 0) return 'custom buckets with a zero bucket or negative ones';
    const indices = positive.indices.view();
    const counts = positive.counts.view();
    const { dense } = this;
    dense.length = 0;
    while (dense.length <= bounds.length) dense.push(0);
    const buckets = dense.view();
    for (let i = 0; i < indices.length; i++) {
      if (indices[i]! < 0 || indices[i]! > bounds.length) return `bucket ${indices[i]} of ${bounds.length + 1}`;
      buckets[indices[i]!] = counts[i]!;
    }
    const count = countOf(histogram, positive.total);
    if (Number.isNaN(count)) return mismatch(histogram, positive.total);
    const sum = usableSum(histogram, report);
    const stream = report.stream(isGauge(histogram) ? SHAPE.gaugeExplicit : SHAPE.explicit);
    report.elements.handed++;
    report.sink.histogramPoint(stream, startOf(histogram), histogram.timeMs, count, sum, bounds, buckets);
    return null;
  }
}

function isGauge(histogram: NativeHistogram): boolean {
  return histogram.resetHint === RESET_HINT.gauge;
}

/**
 * The observations that buckets hold; NaN where that is not what the histogram says. Observations that are NaN are in
 * no bucket and make the sum NaN (Prometheus, model/histogram, Validate).
 */
function countOf(histogram: NativeHistogram, total: number): number {
  const { count, isFloat, sum } = histogram;
  if (Number.isNaN(sum)) return total <= count * (1 + ROUNDING) ? total : Number.NaN;
  if (isFloat) return Math.abs(count - total) <= ROUNDING * Math.max(count, total) ? total : Number.NaN;
  return total === count ? count : Number.NaN;
}

function mismatch({ count }: NativeHistogram, total: number): string {
  return `buckets add up to ${total}, count is ${count}`;
}

/** A histogram that says it comes after a reset began after the one before it, wherever that was. */
function startOf({ startMs, timeMs, resetHint }: NativeHistogram): number {
  if (startMs !== 0) return startMs;
  return resetHint === RESET_HINT.yes ? timeMs - 1 : Number.NaN;
}

function usableSum({ sum }: NativeHistogram, report: SeriesReport): number {
  if (Number.isFinite(sum)) return sum;
  report.remark('partly-not-finite', `sum is ${sum}`);
  return Number.NaN;
}

function isIncreasing(bounds: Float64Array): boolean {
  return bounds.every((bound, i) => Number.isFinite(bound) && (i === 0 || bound > bounds[i - 1]!));
}
