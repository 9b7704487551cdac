import { differenceEstimate } from '../estimating/estimate.ts';
import { columnRatio } from '../sampling/column-ratio.ts';
import type { IndicatorKind } from './indicator.ts';
import { namedOf } from './named.ts';
import { ratioIndicator } from './ratio-indicator.ts';

/** Counts are compared as retries are: 10 % by default, at least 0.2 percentage points. */
const FLOOR = 0.002;
/** One count over another; with any other unit a floor, and a binomial variance, would depend on it. */
const COUNT_UNITS = new Set(['', '1']);

export const namedRatio: IndicatorKind = {
  of: (subject, context) =>
    namedOf(subject, context, 'ratio').map(({ named, described }) => {
      const isCount = COUNT_UNITS.has(named.unit);
      const margin = { relative: context.upgrade.margins.retryRatio, floor: isCount ? FLOOR : 0 };
      return ratioIndicator(described, columnRatio('sum', 'count'), isCount ? 'positive' : 'any', (pair) =>
        differenceEstimate(pair, margin),
      );
    }),
};
