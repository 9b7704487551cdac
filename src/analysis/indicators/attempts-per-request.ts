import { REQUESTS } from '../../domain/cells.ts';
import { relativeEstimate } from '../estimating/estimate.ts';
import { columnRatio } from '../sampling/column-ratio.ts';
import type { IndicatorKind } from './indicator.ts';
import { ratioIndicator } from './ratio-indicator.ts';

/** Load amplification: what went on the wire for each logical request. The margin is that of retries. */
export const attemptsPerRequest: IndicatorKind = {
  of(subject, { upgrade }) {
    const known = subject.series.some((series) => series.attempts !== null && series.retries !== null);
    if (subject.measure !== REQUESTS || !known) return [];
    const described = {
      name: 'attempts_per_request',
      unit: '1',
      better: 'lower',
      about: 'attempts',
      primary: false,
    } as const;
    const margin = upgrade.margins.retryRatio;
    return [
      ratioIndicator(described, columnRatio('attempts', 'count'), 'positive', (pair) => relativeEstimate(pair, margin)),
    ];
  },
};
