import { REQUESTS } from '../../domain/cells.ts';
import { slosOf } from '../endpoint-slos.ts';
import { differenceEstimate } from '../estimating/estimate.ts';
import { columnRatio } from '../sampling/column-ratio.ts';
import type { IndicatorKind } from './indicator.ts';
import { ratioIndicator } from './ratio-indicator.ts';

/** Where no SLO says otherwise, a tenth of a 99 % budget. */
const DEFAULT_FLOOR = 0.001;

/** Requests that ended in an error, of all requests; worse is 10 % more, or a tenth of the SLO's budget. */
export const errorRatio: IndicatorKind = {
  of(subject, { upgrade, slos }) {
    if (subject.measure !== REQUESTS || subject.series.every((series) => series.errors === null)) return [];
    const objectives = slosOf(subject, slos).flatMap((slo) => (slo.indicator.kind === 'errors' ? [slo.objective] : []));
    const floor = objectives.length > 0 ? 0.1 * (1 - Math.max(...objectives)) : DEFAULT_FLOOR;
    const margin = { relative: upgrade.margins.errorRatio, floor };
    const described = { name: 'error_ratio', unit: '1', better: 'lower', about: 'other', primary: true } as const;
    return [
      ratioIndicator(described, columnRatio('errors', 'count'), 'share', (pair) => differenceEstimate(pair, margin)),
    ];
  },
};
