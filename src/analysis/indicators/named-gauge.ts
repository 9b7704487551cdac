import type { NamedIndicator } from '../../domain/upgrade.ts';
import { againstThePast } from '../against-the-past.ts';
import { columnRatio } from '../column-ratio.ts';
import { CONFIDENCE } from '../decision.ts';
import { type ArmPair, differenceEstimate, type Estimate, estimateArms, relativeEstimate } from '../estimate.ts';
import type { Indicator, IndicatorKind } from './indicator.ts';
import { namedOf } from './named.ts';
import { ratioIndicator } from './ratio-indicator.ts';

/** The mean of a series of the user's own. */
export const namedGauge: IndicatorKind = {
  of: (subject, context) =>
    namedOf(subject, context, 'gauge').map(({ named, described, margin }): Indicator => {
      const level = columnRatio('sum', 'count');
      const judge = (pair: ArmPair) =>
        levelEstimate(pair, margin, shareBound(named, pair), context.upgrade.margins.errorRatio);
      return {
        ...ratioIndicator(described, level, 'any', judge),
        estimate(sample, calibration = null) {
          const pair = estimateArms(sample, level, 'any', calibration);
          return 'arms' in pair ? judge(againstThePast(pair, sample, level, calibration)) : pair;
        },
      };
    }),
};

/** 1 or 100 for a share of which more is better, near its bound: availability, a success rate. Null for anything else. */
function shareBound({ better, unit }: NamedIndicator, { arms }: ArmPair): number | null {
  const bound = better === 'higher' ? BOUND_OF_UNIT.get(unit) : undefined;
  if (bound === undefined) return null;
  return arms.every(({ ratio }) => ratio >= bound / 2 && ratio <= bound) ? bound : null;
}

const BOUND_OF_UNIT: ReadonlyMap<string, number> = new Map([
  ['1', 1],
  ['%', 100],
]);
/** Of the bound: as small as the floor of an error ratio. */
const FAILURE_FLOOR = 0.001;

/** Relative where both levels are clearly above zero, so that the verdict does not depend on the unit; else a difference. */
function levelEstimate(pair: ArmPair, margin: number, bound: number | null, failureMargin: number): Estimate {
  if (bound !== null) return failuresEstimate(pair, bound, failureMargin);
  const positive = pair.arms.every((arm) => arm.intervalAt(CONFIDENCE).low > 0);
  return positive ? relativeEstimate(pair, margin) : differenceEstimate(pair, { relative: margin, floor: 0 });
}

/** What is missing to the bound is what users feel: from 99.9 % to 98.5 % there are 15 times the failures. */
function failuresEstimate(pair: ArmPair, bound: number, margin: number): Estimate {
  const plain = differenceEstimate(pair, { relative: 0, floor: 0 });
  const marginAt = (level: number): number => Math.max(margin * (bound - level), FAILURE_FLOOR * bound);
  return { ...plain, riseMargin: marginAt(plain.post), fallMargin: marginAt(plain.baseline) };
}
