import { REQUESTS } from '../../domain/cells.ts';
import { formatNumber } from '../../domain/numbers.ts';
import { effectMagnitude } from '../../domain/quantities.ts';
import type { ComparisonMethod } from '../../domain/report.ts';
import { formatWait } from '../../domain/times.ts';
import type { Better } from '../../domain/upgrade.ts';
import { neededGrowth } from '../../statistics/minimum-detectable.ts';
import type { Interval } from '../../statistics/mover.ts';
import { normalQuantile } from '../../statistics/normal.ts';
import type { Estimate } from '../estimating/estimate.ts';
import { COARSE } from '../estimating/quantile-estimate.ts';
import type { Indicator } from '../indicators/indicator.ts';
import type { Phases } from '../phases.ts';
import type { Subject } from '../subjects.ts';
import { CONFIDENCE } from './decision.ts';

/** The level a decision is taken on, and the chance with which the truth should then show. */
const RATES = { alpha: (1 - CONFIDENCE) / 2, power: 0.8 };
/** A forecast of more than this many times the data is not worth printing. */
const MOST_TIMES = 1000;
/** Where the margin takes longer than this, the smallest of these multiples that does not is named beside it. */
const LONG_WAIT_SECONDS = 86_400;
const LARGER_MOVES = [2, 4, 10, 20];
const COARSE_NEED = 'finer buckets (exponential histograms); more data does not help';
const UNFORESEEN = 'more data than can be foreseen: the interval has no finite end yet';

export interface Undecided {
  readonly estimate: Estimate;
  readonly indicator: Indicator;
  readonly subject: Subject;
  readonly method: ComparisonMethod;
}

/** What would turn "cannot tell" into an answer: how long to wait at this traffic, and what that would show. */
export function neededFor({ estimate, indicator, subject, method }: Undecided, { post }: Phases): string {
  if (estimate.notes.includes(COARSE)) return COARSE_NEED;
  const variances = varianceParts(estimate, method);
  if (post === null || !Number.isFinite(variances.fixed + variances.growing)) return UNFORESEEN;
  const postSeconds = (post.endMs - post.startMs) / 1000;
  const waitFor = (distance: number): number => {
    const times = neededGrowth(variances.fixed, variances.growing, distance, RATES);
    return times > MOST_TIMES ? Number.POSITIVE_INFINITY : (times - 1) * postSeconds;
  };
  const sides = sidesOf(estimate, indicator.better);
  const instances = moreInstances(estimate, variances, distanceOf(sides));
  if (instances !== null) return instances;
  const forMargin = waitFor(distanceOf(sides));
  const larger = sides.isClear || forMargin <= LONG_WAIT_SECONDS ? null : largerMove(sides.margin, waitFor);
  const write = effectMagnitude(estimate.kind, { indicator: indicator.name, unit: indicator.unit });
  const margin = `the margin of ${write(sides.margin)}`;
  const settled = sides.isClear ? `to tell whether the move is beyond ${margin}` : `to settle ${margin}`;
  const parts = [
    ...(larger === null ? [] : [largerWords(larger.seconds, write(larger.size))]),
    `${Number.isFinite(forMargin) ? waitWords(forMargin) : bothWords(variances, distanceOf(sides), postSeconds)} ${settled}`,
  ];
  return `${rateWords(subject, estimate.requests[1], postSeconds)}: ${parts.join('; ')}`;
}

/** Null unless what instances differ by is most of what is not known: then no wait helps, only more of them. */
function moreInstances(
  { instanceVariance, kind }: Estimate,
  variances: VarianceParts,
  distance: number,
): string | null {
  if (instanceVariance === undefined || instanceVariance < variances.fixed + variances.growing - instanceVariance)
    return null;
  const size = kind === 'relative' ? Math.log1p(distance) : distance;
  const count = Math.ceil(neededGrowth(0, instanceVariance, size, RATES));
  const each = count > MOST_TIMES ? 'more instances than can be foreseen' : `${count} instances (or runs) on each side`;
  return `${each}, or the same instances before and after: more time on these does not help, for instances differ by themselves`;
}

/** Where nothing has shown, from nothing to the margin; where a move has, from it to the margin, at least a third of that. */
function distanceOf({ effect, margin, isClear }: Sides): number {
  return isClear ? Math.max(Math.abs(margin - effect), margin / 3) : margin;
}

function largerMove(margin: number, waitFor: (distance: number) => number): { size: number; seconds: number } | null {
  for (const multiple of LARGER_MOVES) {
    const seconds = waitFor((multiple - 1) * margin);
    if (seconds <= LONG_WAIT_SECONDS) return { size: multiple * margin, seconds };
  }
  return null;
}

function largerWords(seconds: number, size: string): string {
  return seconds > 0 ? `${formatWait(seconds)} more to see a move of ${size}` : `a move of ${size} would show already`;
}

function waitWords(seconds: number): string {
  return `${formatWait(Math.max(60, seconds))} more`;
}

/** Where waiting alone cannot help, since the time before the upgrade is too uncertain by itself: more of both. */
function bothWords({ fixed, growing }: VarianceParts, distance: number, postSeconds: number): string {
  const times = neededGrowth(0, fixed + growing, distance, RATES);
  if (times > MOST_TIMES) return 'more time than can be foreseen';
  return `a baseline ${formatNumber(times, 2)} times as long and ${waitWords((times - 1) * postSeconds)}`;
}

interface VarianceParts {
  readonly fixed: number;
  readonly growing: number;
}

interface Sides {
  readonly effect: number;
  readonly margin: number;
  /** The interval excludes zero. */
  readonly isClear: boolean;
}

/** On the side that would be worse. */
function sidesOf(estimate: Estimate, better: Better): Sides {
  const { estimate: effect, low, high } = estimate.effectAt(CONFIDENCE);
  const isClear = low > 0 || high < 0;
  return better === 'higher'
    ? { effect: -effect, margin: estimate.fallMargin, isClear }
    : { effect, margin: estimate.riseMargin, isClear };
}

/**
 * The effect's variance, split by the arms' shares of it. Only the time after the upgrade grows, unless both arms run side
 * by side, or a longer time is compared with as many more of the same hours.
 */
function varianceParts(estimate: Estimate, method: ComparisonMethod): VarianceParts {
  const whole = squaredError(estimate.effectAt(CONFIDENCE));
  if (method === 'concurrent' || method === 'matched') return { fixed: 0, growing: whole };
  const [baseline, post] = estimate.arms.map(({ intervalAt }) => {
    const interval = intervalAt(CONFIDENCE);
    return estimate.kind === 'absolute' ? squaredError(interval) : squaredError(inLogarithms(interval));
  }) as [number, number];
  const share = post / (baseline + post);
  if (!Number.isFinite(share)) return { fixed: 0, growing: whole };
  return { fixed: whole * (1 - share), growing: whole * share };
}

function squaredError({ low, high }: Interval): number {
  return ((high - low) / (2 * normalQuantile((1 + CONFIDENCE) / 2))) ** 2;
}

function inLogarithms({ estimate, low, high }: Interval): Interval {
  return { estimate: Math.log(estimate), low: Math.log(low), high: Math.log(high) };
}

function rateWords({ measure }: Subject, amount: number, seconds: number): string {
  const noun = measure === REQUESTS ? 'request' : 'sample';
  const perMinute = (amount / seconds) * 60;
  const [rate, unit] = perMinute >= 1 ? [perMinute, 'a minute'] : [perMinute * 60, 'an hour'];
  const written = formatNumber(rate, 2);
  return `at ${written} ${noun}${written === '1' ? '' : 's'} ${unit}`;
}
