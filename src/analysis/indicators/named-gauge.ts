import { CONFIDENCE } from '../decision.ts';
import { type ArmPair, differenceEstimate, type Estimate, relativeEstimate } from '../estimate.ts';
import { columnRatio } from './column-ratio.ts';
import type { IndicatorKind } from './indicator.ts';
import { namedOf } from './named.ts';
import { ratioIndicator } from './ratio-indicator.ts';

/** The mean of a series of the user's own. */
export const namedGauge: IndicatorKind = {
  of: (subject, context) =>
    namedOf(subject, context, 'gauge').map(({ described, margin }) =>
      ratioIndicator(described, columnRatio('sum', 'count'), 'any', (pair) => levelEstimate(pair, margin)),
    ),
};

/** Relative where both levels are clearly above zero, so that the verdict does not depend on the unit; else a difference. */
function levelEstimate(pair: ArmPair, margin: number): Estimate {
  const positive = pair.arms.every((arm) => arm.intervalAt(CONFIDENCE).low > 0);
  return positive ? relativeEstimate(pair, margin) : differenceEstimate(pair, { relative: margin, floor: 0 });
}
