import { type CellSeries, ORDINALS } from '../../domain/cells.ts';
import type { RowRatio } from '../sampling/sample.ts';

type Entry = (series: CellSeries, row: number) => number;

/** Attempts made at an ordinal, 1 for the first. */
export const madeAt =
  (ordinal: number): Entry =>
  (series, row) =>
    series.attemptDetail?.made[row * ORDINALS + ordinal - 1] ?? Number.NaN;

/** All attempts but the first of each call, and all that failed. */
export const repetitions: Entry = (series, row) => sumOf(series.attemptDetail?.made, row, 2);
export const failures: Entry = (series, row) => sumOf(series.attemptDetail?.failed, row, 1);

function sumOf(column: Float64Array | undefined, row: number, fromOrdinal: number): number {
  if (column === undefined) return Number.NaN;
  let sum = 0;
  for (let ordinal = fromOrdinal; ordinal <= ORDINALS; ordinal++) sum += column[row * ORDINALS + ordinal - 1]!;
  return sum;
}

/** Time of calls in which no attempt was under way, in seconds. */
export const waiting: Entry = (series, row) =>
  series.attemptDetail === undefined
    ? Number.NaN
    : Math.max(0, (series.sum?.[row] ?? Number.NaN) - series.attemptDetail.attemptSum[row]!);

/** The same where a metric tells it, and the retries it was spent before. */
export const statedDelays: Entry = (series, row) => series.delays?.[row] ?? Number.NaN;
export const statedRetries: Entry = (series, row) =>
  series.delays === undefined ? Number.NaN : (series.retries?.[row] ?? Number.NaN);

export const requests: Entry = (series, row) => series.count[row]!;

export function ratioOf(numerator: Entry, denominator: Entry): RowRatio {
  return { numerator, denominator };
}
