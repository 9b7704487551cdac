import type { CellSeries } from '../../domain/cells.ts';
import type { RowRatio } from './sample.ts';

type Column = 'count' | 'sum' | 'errors' | 'attempts' | 'retries';

/** One column of the cells over another, row by row; a row that lacks either knows nothing. */
export function columnRatio(numerator: Column, denominator: Column): RowRatio {
  return {
    numerator: (series, row) => entryOf(series, numerator, row),
    denominator: (series, row) => (series[numerator] === null ? Number.NaN : entryOf(series, denominator, row)),
  };
}

function entryOf(series: CellSeries, column: Column, row: number): number {
  return series[column]?.[row] ?? Number.NaN;
}
