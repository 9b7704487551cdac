import { columnRatio } from '../column-ratio.ts';
import { differenceEstimate } from '../estimate.ts';
import type { IndicatorKind } from './indicator.ts';
import { namedOf } from './named.ts';
import { ratioIndicator } from './ratio-indicator.ts';

/** Counts are compared as retries are: 10 % by default, at least 0.2 percentage points. */
const FLOOR = 0.002;

export const namedRatio: IndicatorKind = {
  of: (subject, context) =>
    namedOf(subject, context, 'ratio').map(({ described }) =>
      ratioIndicator(described, columnRatio('sum', 'count'), 'positive', (pair) =>
        differenceEstimate(pair, { relative: context.upgrade.margins.retryRatio, floor: FLOOR }),
      ),
    ),
};
