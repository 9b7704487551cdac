import type { ComparisonVerdict } from '../../domain/report.ts';
import type { Better } from '../../domain/upgrade.ts';
import { type Course, courseOf, NO_COURSE, onsetBetween } from '../course/course.ts';
import type { OnsetBlocks } from '../course/onset.ts';
import type { Estimate } from '../estimating/estimate.ts';
import { type Departure, departureNote, isBeyondMargin, onsetOfDeparture } from '../past/departure.ts';
import { BEYOND_THE_PAST, type DoubtAboutLate } from '../past/doubts.ts';
import { type LateStretch, lateBeginnings, lateNote } from '../past/late-trouble.ts';
import type { Phases } from '../phases.ts';
import { decide, FALSE_DISCOVERY_RATE } from './decision.ts';
import type { Adjusted } from './false-discovery.ts';
import type { Measured } from './measuring.ts';
import { neededFor } from './needed.ts';

/** The verdict of one comparison, when what it speaks of began, and the chance that it is none. */
export interface Judgement {
  readonly verdict: ComparisonVerdict;
  readonly onset: OnsetBlocks | null;
  readonly p: number;
  readonly q: number;
  readonly needed: string | null;
  readonly notes: readonly string[];
}

/** Everything one comparison is judged by. */
export interface Evidence {
  readonly measured: Measured;
  readonly estimate: Estimate;
  readonly adjusted: Adjusted;
  /** Why the past does not let a move be called one; null where it does. */
  readonly doubt: string | null;
  readonly doubtAboutLate: DoubtAboutLate;
  readonly phases: Phases;
}

/** A move of the level first; then, where no direction is good or bad, a stretch that departed. */
export function judge(evidence: Evidence): Judgement {
  const { measured, estimate, adjusted, doubt, phases } = evidence;
  const { indicator, subject, design } = measured;
  const level = doubt === null ? decide(estimate, adjusted, indicator.better) : 'cannot-tell';
  const course = hasMoved(level) ? courseOf(indicator, estimate, design, phases) : NO_COURSE;
  const departure = clearDeparture(evidence);
  if (departure !== null) return ofDeparture(departure, hasMoved(level), course, evidence);
  const verdict = lasting(level, course, indicator.better);
  const late = verdict === 'regressed' ? null : clearLateTrouble(evidence);
  if (late !== null) return ofLateTrouble(late, evidence);
  const needed =
    doubt === null ? neededFor({ estimate, indicator, subject, method: design.method }, phases) : BEYOND_THE_PAST;
  return {
    verdict,
    onset: course.onset,
    ...chanceOf(evidence),
    needed: verdict === 'cannot-tell' ? needed : null,
    notes: [...course.notes, ...(doubt === null ? [] : [doubt])],
  };
}

function clearDeparture({ measured, estimate, adjusted }: Evidence): Departure | null {
  const { departure, indicator, design } = measured;
  if (departure === null || adjusted.departed > FALSE_DISCOVERY_RATE) return null;
  return isBeyondMargin(departure, indicator.responseMargins(design.sample, estimate)) ? departure : null;
}

/** There at the end, and not such as quiet stretches of the past were. */
function clearLateTrouble({ measured, adjusted, doubtAboutLate }: Evidence): LateStretch | null {
  const { late } = measured;
  if (late === null || adjusted.late > FALSE_DISCOVERY_RATE || !late.worst.holds) return null;
  return doubtAboutLate(measured) === null ? late.worst : null;
}

function ofLateTrouble(late: LateStretch, { measured, adjusted, phases }: Evidence): Judgement {
  return {
    verdict: 'regressed',
    onset: onsetOfLate(late, measured, phases),
    p: measured.late?.p ?? 1,
    q: adjusted.late,
    needed: null,
    notes: [lateNote(late, measured.indicator.isRatio, phases)],
  };
}

/** Where the level changed; where that is not clear, about where the stretch begins. */
function onsetOfLate(late: LateStretch, { indicator, design }: Measured, phases: Phases): OnsetBlocks {
  const { from, to } = lateBeginnings(late);
  return (
    onsetBetween(indicator, design, phases, { from, to: late.to }) ?? {
      at: late.from,
      low: from,
      high: to,
      gradual: null,
    }
  );
}

/** Where the level moved too, that is the stronger thing to say. */
function ofDeparture(departure: Departure, levelMoved: boolean, course: Course, evidence: Evidence): Judgement {
  const { measured, adjusted, phases } = evidence;
  return {
    verdict: 'shifted',
    onset: levelMoved ? course.onset : onsetOfDeparture(departure),
    ...(levelMoved ? chanceOf(evidence) : { p: departure.p, q: adjusted.departed }),
    needed: null,
    notes: [...course.notes, departureNote(departure, measured.indicator.isRatio, phases)],
  };
}

function chanceOf({ measured: { evidence }, estimate, adjusted }: Evidence): { p: number; q: number } {
  return estimate.effectAt(0).estimate >= 0
    ? { p: evidence?.risen ?? 1, q: adjusted.risen }
    : { p: evidence?.fallen ?? 1, q: adjusted.fallen };
}

/** A move that went away by itself condemns nothing; where no direction is good or bad it is shown as any other move. */
function lasting(level: ComparisonVerdict, course: Course, better: Better): ComparisonVerdict {
  return course.isOver && better !== 'either' ? 'transient' : level;
}

export function hasMoved(verdict: ComparisonVerdict): boolean {
  return verdict !== 'no-regression' && verdict !== 'cannot-tell';
}
