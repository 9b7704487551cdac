import { REQUESTS } from '../../domain/cells.ts';
import { differenceEstimate } from '../estimating/estimate.ts';
import { columnRatio } from '../sampling/column-ratio.ts';
import type { IndicatorKind } from './indicator.ts';
import { ratioIndicator } from './ratio-indicator.ts';

/** Worse is 10 % more retries, but at least 0.2 percentage points. */
const FLOOR = 0.002;

/** Retries a logical request: attempts - requests, over requests. */
export const retryRatio: IndicatorKind = {
  of(subject, { upgrade }) {
    if (subject.measure !== REQUESTS || subject.series.every((series) => series.retries === null)) return [];
    const margin = { relative: upgrade.margins.retryRatio, floor: FLOOR };
    const described = { name: 'retry_ratio', unit: '1', better: 'lower', about: 'attempts', primary: true } as const;
    return [
      ratioIndicator(described, columnRatio('retries', 'count'), 'positive', (pair) =>
        differenceEstimate(pair, margin),
      ),
    ];
  },
};
