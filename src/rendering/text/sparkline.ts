import type { Series } from '../../domain/report.ts';
import { binSeries, seriesExtent } from '../series-bins.ts';

const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** The course of a series in at most that many characters; a gap is a space. Null where there is nothing to draw. */
export function sparkline(series: Series, characters: number): string | null {
  const bins = binSeries(series, characters);
  const extent = seriesExtent(bins.values);
  if (extent === null) return null;
  const span = extent.highest - extent.lowest;
  return bins.values
    .map((value) => {
      if (value === null) return ' ';
      const level = span > 0 ? Math.round(((value - extent.lowest) / span) * (LEVELS.length - 1)) : 0;
      return LEVELS[Math.min(LEVELS.length - 1, Math.max(0, level))] ?? ' ';
    })
    .join('');
}
