import { type CellSeries, ORDINALS } from '../../domain/cells.ts';
import type { RowRatio } from '../sampling/sample.ts';

type Entry = (series: CellSeries, row: number) => number;

/** Attempts made at an ordinal, and failed ones, 1 for the first. */
export const madeAt =
  (ordinal: number): Entry =>
  (series, row) =>
    series.attemptDetail?.made[row * ORDINALS + ordinal - 1] ?? Number.NaN;

export const failedAt =
  (ordinal: number): Entry =>
  (series, row) =>
    series.attemptDetail?.failed[row * ORDINALS + ordinal - 1] ?? Number.NaN;

/** Time of calls in which no attempt was under way, in seconds. */
export const waiting: Entry = (series, row) =>
  series.attemptDetail === undefined
    ? Number.NaN
    : Math.max(0, (series.sum?.[row] ?? Number.NaN) - series.attemptDetail.attemptSum[row]!);

export const requests: Entry = (series, row) => series.count[row]!;

export function ratioOf(numerator: Entry, denominator: Entry): RowRatio {
  return { numerator, denominator };
}
