import type { AttemptDetail, CellSeries, HistogramColumn } from '../../domain/cells.ts';
import type { Sample } from '../sampling/sample.ts';

/** The same rows with another histogram in place of that of the calls, so that quantiles are those of its observations. */
export function observing(sample: Sample, histogramOf: (detail: AttemptDetail) => HistogramColumn | null): Sample {
  const series = sample.series.map(
    (one): CellSeries => ({
      ...one,
      histogram: one.attemptDetail === undefined ? null : histogramOf(one.attemptDetail),
    }),
  );
  return { ...sample, series, strata: null };
}
