import type { NamedIndicator } from '../../domain/upgrade.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import {
  type ArmPair,
  type ArmRatio,
  differenceEstimate,
  type Estimate,
  relativeEstimate,
} from '../estimating/estimate.ts';

/** How far a level has to move to count: as a share of itself, and of the failures where it is a share of something. */
export interface LevelMargins {
  readonly relative: number;
  readonly failures: number;
  /** Standard deviation of a block around the arm's level, baseline and post. */
  readonly deviations: () => readonly [number, number];
}

const BOUND_OF_UNIT: ReadonlyMap<string, number> = new Map([
  ['1', 1],
  ['%', 100],
]);
/** Their zero is a convention (UCUM): 2 % of 20 degrees means nothing. */
const INTERVAL_UNITS = new Set(['Cel', '[degF]', 'K']);
/** Of the bound: as small as the floor of an error ratio. */
const FAILURE_FLOOR = 0.001;
/** A small effect in standard deviations (Cohen 1988). */
const SMALL_EFFECT = 0.2;

/** Whether noise grows with the level: not where it is bounded, nor where zero is a convention. */
export function growsWithLevel(unit: string): boolean {
  return !BOUND_OF_UNIT.has(unit) && !INTERVAL_UNITS.has(unit);
}

/**
 * The move of a level, so that the verdict does not depend on how it is written: shares by their smaller side, as
 * availability and its complement; what is clearly on one side of zero relative to itself; anything else by its own noise.
 */
export function levelEstimate(pair: ArmPair, { better, unit }: NamedIndicator, margins: LevelMargins): Estimate {
  const bound = BOUND_OF_UNIT.get(unit);
  if (bound !== undefined && pair.arms.every(({ ratio }) => ratio >= 0 && ratio <= bound)) {
    return shareEstimate(pair, bound, better, margins);
  }
  const sign = INTERVAL_UNITS.has(unit) ? 0 : sideOfZero(pair);
  if (sign > 0) return relativeEstimate(pair, margins.relative);
  if (sign < 0) return negated(relativeEstimate(mirrored(pair), margins.relative), pair);
  // Without any noise the smallest move there is: what never moved is no regression.
  const floor = Math.max(Number.MIN_VALUE, SMALL_EFFECT * Math.min(...margins.deviations()));
  return differenceEstimate(pair, { relative: 0, floor });
}

/** 1 or -1 where both arms clearly lie on that side, else 0. */
function sideOfZero({ arms }: ArmPair): number {
  const intervals = arms.map((arm) => arm.intervalAt(CONFIDENCE));
  if (intervals.every(({ low }) => low > 0)) return 1;
  return intervals.every(({ high }) => high < 0) ? -1 : 0;
}

/**
 * From 99.9 % to 98.5 % there are 15 times the failures, which is what users feel: relative to the better of the arms.
 * Where neither side is failure, relative to the smaller one.
 */
function shareEstimate(
  pair: ArmPair,
  bound: number,
  better: NamedIndicator['better'],
  margins: LevelMargins,
): Estimate {
  const plain = differenceEstimate(pair, { relative: 0, floor: 0 });
  const [relative, floor] =
    better === 'either' ? [margins.relative, Number.MIN_VALUE] : [margins.failures, FAILURE_FLOOR * bound];
  const marginAt = (level: number): number => Math.max(relative * Math.min(level, bound - level), floor);
  const [worse, improved] = [marginAt(plain.baseline), marginAt(plain.post)];
  if (better === 'lower') return { ...plain, riseMargin: worse, fallMargin: improved };
  if (better === 'higher') return { ...plain, riseMargin: improved, fallMargin: worse };
  const smaller = Math.min(worse, improved);
  return { ...plain, riseMargin: smaller, fallMargin: smaller };
}

function mirrored(pair: ArmPair): ArmPair {
  const [baseline, post] = pair.arms;
  return { ...pair, arms: [mirroredArm(baseline), mirroredArm(post)] };
}

function mirroredArm(arm: ArmRatio): ArmRatio {
  return {
    ...arm,
    ratio: -arm.ratio,
    intervalAt(level, degreesOfFreedom) {
      const { estimate, low, high } = arm.intervalAt(level, degreesOfFreedom);
      return { estimate: -estimate, low: -high, high: -low };
    },
  };
}

/** An estimate on mirrored arms, told of the arms as they are: what grew there fell here. */
function negated(estimate: Estimate, { arms }: ArmPair): Estimate {
  return {
    ...estimate,
    arms,
    baseline: -estimate.baseline,
    post: -estimate.post,
    riseMargin: estimate.fallMargin,
    fallMargin: estimate.riseMargin,
    effectAt(level) {
      const { estimate: effect, low, high } = estimate.effectAt(level);
      return { estimate: -effect, low: -high, high: -low };
    },
  };
}
