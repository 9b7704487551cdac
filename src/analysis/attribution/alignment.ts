import { formatNumber, formatPercent } from '../../domain/numbers.ts';
import { formatInstant } from '../../domain/window.ts';
import type { Interval } from '../../statistics/mover.ts';
import { cusumOnset } from '../../statistics/onset.ts';
import { preferCommonBreak } from '../../statistics/panel-break.ts';
import { type EventStudy, intervalOfEffect } from '../../statistics/stacked-event-study.ts';
import type { Finding } from '../comparing/comparing.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import { named } from '../comparison-name.ts';
import type { Phases } from '../phases.ts';
import type { Arrivals } from './arrivals.ts';
import type { InstanceMove, InstanceMoves } from './instance-moves.ts';
import { NEGLIGIBLE_SHARE } from './share-levels.ts';
import { scaled } from './share-of-move.ts';
import type { Statement } from './statement.ts';
import { TOLERANCE_BLOCKS } from './timing.ts';
import type { Walk } from './walk.ts';

/** When instances got worse, against when the change came to each. */
export interface Alignment {
  /**
   * `ahead`: before it came, by all that is there after; `partly-ahead`: before it came, but more came with it. `together`: all
   * at one time, whichever time it came to them. `own`: from its own time on.
   */
  readonly kind: 'ahead' | 'partly-ahead' | 'together' | 'own';
  readonly statement: Statement;
}

const LEVEL = 1 - CONFIDENCE;
const STACKED = 'stacked by its own time on each instance, against those it had not come to,';
const AHEAD = `${STACKED} they had got worse before it came`;
/** As many of the instances speak for all. */
const MOST_OF_THEM = 0.5;

/** Null where nothing tells. `total`: the whole move of the response. */
export function alignmentOf(
  finding: Finding,
  walk: Walk,
  instances: InstanceMoves,
  total: Interval,
  phases: Phases,
): Alignment | null {
  return (
    aheadOf(finding, walk, total, phases) ??
    alreadyThere(finding, walk, total, phases) ??
    togetherOf(finding, walk, instances, total, phases) ??
    ownTimesOf(finding, walk, instances, total, phases)
  );
}

/** Stacked by its own time on each, against instances it had not come to: the level had changed before it came. */
function aheadOf(finding: Finding, { arrivals, study }: Walk, total: Interval, phases: Phases): Alignment | null {
  const onset = cusumOnset(study.stacked, study.requests);
  if (onset === null || onset.p >= LEVEL || (onset.after - onset.before) * total.estimate <= 0) return null;
  const [at, low, high] = [onset.index, onset.low, onset.high].map((index) => index + study.firstAge) as [
    number,
    number,
    number,
  ];
  if (high >= -TOLERANCE_BLOCKS) return null;
  const old = levelBetween(study, study.firstAge, at);
  const already = levelBetween(study, at, 0) - old;
  const there = already / (levelBetween(study, 0, study.firstAge + study.stacked.length) - old);
  const span = `${minutes(-at, phases)} (${minutes(-high, phases)} to ${minutes(-low, phases)}) before`;
  return {
    kind: there >= 1 - NEGLIGIBLE_SHARE ? 'ahead' : 'partly-ahead',
    statement: {
      claim: AHEAD,
      place: named(finding.comparison),
      detail: `${span}, ${study.treated} instances, ${spanOf(arrivals, phases)}; ${formatPercent(Math.min(1, there))} of what is there after it was there already`,
    },
  };
}

/** No date, but just before it came they were as much worse as after it (the veto of Gandalf, Li et al. 2020). */
function alreadyThere(finding: Finding, { arrivals, study }: Walk, total: Interval, phases: Phases): Alignment | null {
  const before = scaled(intervalOfEffect(study.before, CONFIDENCE), 1 / total.estimate);
  const after = study.any.estimate / total.estimate;
  if (!(before.low > 0) || before.estimate < (1 - NEGLIGIBLE_SHARE) * after) return null;
  const parts = `${formatNumber(before.estimate, 2)} (${formatNumber(before.low, 2)} to ${formatNumber(before.high, 2)}) just before, ${formatNumber(after, 2)} after it`;
  return {
    kind: 'ahead',
    statement: {
      claim: AHEAD,
      place: named(finding.comparison),
      detail: `${study.treated} instances, ${spanOf(arrivals, phases)}; in parts of the whole move ${parts}`,
    },
  };
}

/** One sharp time of all fits the instances better than the time each got it. */
function togetherOf(
  finding: Finding,
  { arrivals }: Walk,
  { first, moves }: InstanceMoves,
  total: Interval,
  phases: Phases,
): Alignment | null {
  const { onset } = finding;
  if (onset === null || onset.gradual !== null) return null;
  const isOtherTime = ({ arrival }: InstanceMove): boolean =>
    arrival < onset.low - TOLERANCE_BLOCKS || arrival > onset.high + TOLERANCE_BLOCKS;
  const isThen = ({ onset: own }: InstanceMove): boolean =>
    own !== null && own.change * total.estimate > 0 && own.low <= onset.high && own.high >= onset.low;
  const then = moves.filter(isThen).length;
  if (then <= MOST_OF_THEM * moves.length || moves.filter(isOtherTime).length <= MOST_OF_THEM * moves.length)
    return null;
  const preference = preferCommonBreak(
    {
      values: moves.map(({ values }) => values),
      weights: moves.map(({ weights }) => weights),
      own: moves.map(({ arrival }) => arrival - first),
    },
    Math.round(onset.at) - first,
  );
  if (preference === null || preference.p >= LEVEL) return null;
  const around = minutes(Math.max(onset.high - onset.at, onset.at - onset.low), phases);
  return {
    kind: 'together',
    statement: {
      claim: 'instances got worse at one time, whichever time it came to them',
      place: named(finding.comparison),
      detail: `${then} of ${moves.length} at ${formatInstant(Math.round(onset.at) * phases.resolutionMs)} ± ${around}; it came to them from ${spanOf(arrivals, phases)}`,
    },
  };
}

/** Nothing before it came, something from then on. */
function ownTimesOf(
  finding: Finding,
  { arrivals, study }: Walk,
  { moves }: InstanceMoves,
  total: Interval,
  phases: Phases,
): Alignment | null {
  const { low, high } = intervalOfEffect(study.any, CONFIDENCE);
  const before = scaled(intervalOfEffect(study.before, CONFIDENCE), 1 / total.estimate);
  if (low * high <= 0 || study.any.estimate * total.estimate <= 0 || before.low > 0) return null;
  const isAtOwnTime = ({ arrival, onset }: InstanceMove): boolean =>
    onset !== null &&
    onset.change * total.estimate > 0 &&
    Math.abs(onset.at - arrival) <= Math.max(TOLERANCE_BLOCKS, onset.high - onset.at);
  const own = moves.filter(isAtOwnTime).length;
  const partOf = (effect: number): string => formatNumber(effect / total.estimate, 2);
  const latest = study.profile.at(-1)!;
  const counted =
    own > MOST_OF_THEM * moves.length
      ? `${own} of ${moves.length} instances at their own time`
      : `${moves.length} instances`;
  return {
    kind: 'own',
    statement: {
      claim: `${STACKED} they got worse from then on`,
      place: named(finding.comparison),
      detail: `${counted}, ${spanOf(arrivals, phases)}; in parts of the whole move ${formatNumber(before.estimate, 2)} (${formatNumber(before.low, 2)} to ${formatNumber(before.high, 2)}) just before, ${partOf(study.any.estimate)} after it, ${partOf(latest.effect.estimate)} from ${minutes(latest.from, phases)} on`,
    },
  };
}

function levelBetween({ stacked, requests, firstAge }: EventStudy, from: number, to: number): number {
  let [sum, all] = [0, 0];
  for (let age = from; age < to; age++) {
    const weight = requests[age - firstAge]!;
    if (!(weight > 0)) continue;
    sum += weight * stacked[age - firstAge]!;
    all += weight;
  }
  return sum / all;
}

function spanOf({ first }: Arrivals, { resolutionMs }: Phases): string {
  const times = [...first.values()];
  return `${formatInstant(Math.min(...times) * resolutionMs)} to ${formatInstant(Math.max(...times) * resolutionMs)}`;
}

function minutes(blocks: number, { resolutionMs }: Phases): string {
  const seconds = Math.round((blocks * resolutionMs) / 1000);
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
