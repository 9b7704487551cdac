import { REQUESTS } from '../../domain/cells.ts';
import type { Subject } from '../subjects.ts';
import type { IndicatorKind } from './indicator.ts';
import { quantileIndicator } from './quantile-indicator.ts';

/** Quantiles compared everywhere, and whether a verdict rests on them. */
const QUANTILES = [
  { p: 0.5, name: 'latency.p50', primary: true },
  { p: 0.9, name: 'latency.p90', primary: false },
  { p: 0.99, name: 'latency.p99', primary: true },
  { p: 0.999, name: 'latency.p99.9', primary: false },
] as const;

export const latencyQuantile: IndicatorKind = {
  of(subject, { upgrade }) {
    if (subject.measure !== REQUESTS || subject.series.every((series) => series.sum === null)) return [];
    const resolution = resolutionOf(subject);
    // Latencies without buckets have a tail that nobody saw: one comparison says so, rather than none.
    const quantiles = resolution === 'none' ? QUANTILES.filter(({ p }) => p === 0.99) : QUANTILES;
    return quantiles.map(({ p, name, primary }) => {
      const isPrimary = primary && resolution !== 'coarse';
      const described = { name, unit: 's', better: 'lower', about: 'time', primary: isPrimary } as const;
      return quantileIndicator(described, p, upgrade.margins.latency);
    });
  },
};

/** Coarse buckets bound a quantile without locating it: there the share beyond a bound carries the verdict. */
function resolutionOf({ series }: Subject): 'fine' | 'coarse' | 'none' {
  const layouts = series.flatMap(({ histogram }) => histogram?.layouts ?? []);
  if (layouts.length === 0) return 'none';
  return layouts.some(({ kind }) => kind === 'exponential') ? 'fine' : 'coarse';
}
