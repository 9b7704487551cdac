import { parseInstantMs } from '../domain/instant.ts';
import type { Series } from '../domain/report.ts';

/** Steps a chart shows at most; longer series are drawn as means. */
export const MOST_CHART_POINTS = 240;
const LATEST_INSTANT_MS = 8.64e15;

/** A series in fewer, equal steps: each the mean of the values it covers, null where there are none. */
export interface BinnedSeries {
  readonly values: readonly (number | null)[];
  readonly stepSeconds: number;
}

export function binSeries(series: Series, most: number): BinnedSeries {
  const count = series.values.length;
  const size = Math.max(1, Math.ceil(count / Math.max(1, most)));
  const values: (number | null)[] = [];
  for (let first = 0; first < count; first += size) values.push(meanOf(series.values.slice(first, first + size)));
  return { values, stepSeconds: series.stepSeconds * size };
}

function meanOf(values: readonly (number | null)[]): number | null {
  let mean = 0;
  let count = 0;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    count += 1;
    // A running mean: a sum of large values would overflow.
    mean += (value - mean) / count;
  }
  return count === 0 || !Number.isFinite(mean) ? null : mean;
}

/** Smallest and largest value present; null where every step is empty. */
export function seriesExtent(values: readonly (number | null)[]): { lowest: number; highest: number } | null {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null) continue;
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  return lowest > highest ? null : { lowest, highest };
}

/** First and last instant a series covers; null where its start or its step is no time. */
export function seriesSpan(series: Series): { startMs: number; endMs: number } | null {
  const startMs = parseInstantMs(series.start);
  if (startMs === null) return null;
  const endMs = startMs + series.stepSeconds * 1000 * series.values.length;
  return endMs > startMs && endMs <= LATEST_INSTANT_MS ? { startMs, endMs } : null;
}
