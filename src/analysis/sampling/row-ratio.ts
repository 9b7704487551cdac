import type { CellSeries } from '../../domain/cells.ts';

/** What a row contributes to a ratio; NaN where it knows nothing. */
export interface RowRatio {
  numerator(series: CellSeries, row: number): number;
  denominator(series: CellSeries, row: number): number;
  /** Both sides summed over the series by block of their span, where there is a faster way than row by row; else null. */
  sumByBlock?(series: readonly CellSeries[]): BlockSums | null;
}

/** A ratio's two sides by block of a span. */
export interface BlockSums {
  readonly numerators: Float64Array;
  readonly denominators: Float64Array;
}
