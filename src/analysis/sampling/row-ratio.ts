import type { CellSeries } from '../../domain/cells.ts';

/** What a row contributes to a ratio; NaN where it knows nothing. */
export interface RowRatio {
  numerator(series: CellSeries, row: number): number;
  denominator(series: CellSeries, row: number): number;
}
