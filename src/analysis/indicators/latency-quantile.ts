import { REQUESTS } from '../../domain/cells.ts';
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
    if (subject.measure !== REQUESTS || subject.series.every((series) => series.histogram === null)) return [];
    return QUANTILES.map(({ p, name, primary }) =>
      quantileIndicator({ name, unit: 's', better: 'lower', primary }, p, upgrade.margins.latency),
    );
  },
};
