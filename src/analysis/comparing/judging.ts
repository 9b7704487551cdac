import type { ComparisonVerdict } from '../../domain/report.ts';
import { type Course, courseOf, NO_COURSE } from '../course/course.ts';
import type { OnsetBlocks } from '../course/onset.ts';
import type { Estimate } from '../estimating/estimate.ts';
import { type Departure, departureNote, isBeyondMargin, onsetOfDeparture } from '../past/departure.ts';
import { BEYOND_THE_PAST } from '../past/doubts.ts';
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

/**
 * A move of the level first; then, where no direction is good or bad, a stretch that departed. `doubt` is why the past
 * does not let a move be called one, null where it does.
 */
export function judge(
  one: Measured,
  estimate: Estimate,
  adjusted: Adjusted,
  doubt: string | null,
  phases: Phases,
): Judgement {
  const { indicator, subject, design } = one;
  const level = doubt === null ? decide(estimate, adjusted, indicator.better) : 'cannot-tell';
  const course = hasMoved(level) ? courseOf(indicator, estimate, design, phases) : NO_COURSE;
  const departed = departureOf(one, estimate, adjusted);
  if (departed !== null) return ofDeparture(departed, level, course, one, estimate, adjusted, phases);
  const verdict = lasting(level, course, indicator.better);
  const needed =
    doubt === null ? neededFor({ estimate, indicator, subject, method: design.method }, phases) : BEYOND_THE_PAST;
  return {
    verdict,
    onset: course.onset,
    ...chanceOf(one, estimate, adjusted),
    needed: verdict === 'cannot-tell' ? needed : null,
    notes: [...course.notes, ...(doubt === null ? [] : [doubt])],
  };
}

function departureOf(
  { departure, indicator, design }: Measured,
  estimate: Estimate,
  { departed }: Adjusted,
): Departure | null {
  if (departure === null || departed > FALSE_DISCOVERY_RATE) return null;
  return isBeyondMargin(departure, indicator.responseMargins(design.sample, estimate)) ? departure : null;
}

/** Where the level moved too, that is the stronger thing to say. */
function ofDeparture(
  departure: Departure,
  level: ComparisonVerdict,
  course: Course,
  one: Measured,
  estimate: Estimate,
  adjusted: Adjusted,
  phases: Phases,
): Judgement {
  const moved = hasMoved(level);
  return {
    verdict: 'shifted',
    onset: moved ? course.onset : onsetOfDeparture(departure),
    ...(moved ? chanceOf(one, estimate, adjusted) : { p: departure.p, q: adjusted.departed }),
    needed: null,
    notes: [...course.notes, departureNote(departure, one.indicator.isRatio, phases)],
  };
}

function chanceOf({ evidence }: Measured, estimate: Estimate, adjusted: Adjusted): { p: number; q: number } {
  return estimate.effectAt(0).estimate >= 0
    ? { p: evidence?.risen ?? 1, q: adjusted.risen }
    : { p: evidence?.fallen ?? 1, q: adjusted.fallen };
}

/** A move that went away by itself condemns nothing; where no direction is good or bad it is shown as any other move. */
function lasting(level: ComparisonVerdict, course: Course, better: string): ComparisonVerdict {
  return course.isOver && better !== 'either' ? 'transient' : level;
}

export function hasMoved(verdict: ComparisonVerdict): boolean {
  return verdict !== 'no-regression' && verdict !== 'cannot-tell';
}
