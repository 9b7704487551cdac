import type { Comparison, ComparisonVerdict } from '../domain/report.ts';
import { benjaminiHochberg } from '../statistics/benjamini-hochberg.ts';
import type { BaselineChoice } from './baseline-choice.ts';
import { type Course, courseOf, NO_COURSE } from './course.ts';
import { decide, effectOf, FALSE_DISCOVERY_RATE, type MoveEvidence } from './decision.ts';
import { departureNote, isBeyondMargin, onsetOfDeparture } from './departure.ts';
import { type Estimate, isEstimate, type NoEstimate } from './estimate.ts';
import type { Indicator } from './indicators/indicator.ts';
import { type ComparingContext, type Measured, measure } from './measuring.ts';
import { mixOf } from './mix.ts';
import { mixNotes } from './mix-notes.ts';
import { neededFor } from './needed.ts';
import { type OnsetBlocks, onsetInstants } from './onset.ts';
import type { Phases } from './phases.ts';
import type { Subject } from './subjects.ts';
import { chartSeries } from './time-steps.ts';
import { workingOf } from './working.ts';

/** A comparison with what attribution needs to look further. */
export interface Finding {
  readonly comparison: Comparison;
  readonly subject: Subject;
  readonly indicator: Indicator;
  readonly design: BaselineChoice;
  readonly estimate: Estimate | null;
  readonly onset: OnsetBlocks | null;
}

/** Every endpoint x indicator: estimated, adjusted over all of them, decided, and dated where it moved. */
export function compareAll(subjects: readonly Subject[], context: ComparingContext): Finding[] {
  const measured = subjects.flatMap((subject) => measure(subject, context));
  const tested = measured.filter((one) => one.evidence !== null);
  const weights = tested.map(({ subject, indicator }) => weightOf(subject, indicator));
  const risen = adjustedBy(
    weights,
    tested.map((one) => shared(one, one.evidence?.risen)),
  );
  const fallen = adjustedBy(
    weights,
    tested.map((one) => shared(one, one.evidence?.fallen)),
  );
  const departed = adjustedDepartures(tested);
  const adjusted = new Map(
    tested.map((one, i) => [one, { risen: risen[i]!, fallen: fallen[i]!, departed: departed.get(one) ?? 1 }]),
  );
  return measured.map((one) =>
    isEstimate(one.result) && one.evidence !== null
      ? decided(one, one.result, one.evidence, adjusted.get(one)!, context.phases)
      : undecided(one, one.result as NoEstimate),
  );
}

interface Adjusted extends MoveEvidence {
  readonly departed: number;
}

/** Rose, fell, departed for a while: where all three are asked, they share what one answer may err (Bonferroni). */
function shared({ departure }: Measured, p: number | undefined): number {
  return Math.min(1, (p ?? 1) * (departure === null ? 1 : 3));
}

/** A family of their own: only what has no good direction is asked whether it departed. */
function adjustedDepartures(tested: readonly Measured[]): Map<Measured, number> {
  const asked = tested.filter(({ departure }) => departure !== null);
  const adjusted = adjustedBy(
    asked.map(({ subject, indicator }) => weightOf(subject, indicator)),
    asked.map((one) => shared(one, one.departure?.p)),
  );
  return new Map(asked.map((one, i) => [one, adjusted[i]!]));
}

/** What users feel, requests themselves and of them the primary indicators, weighs more than the calls behind it. */
const WEIGHTS = { ownPrimary: 10, own: 3, call: 1 };

function weightOf(subject: Subject, indicator: Indicator): number {
  if (subject.peer !== null) return WEIGHTS.call;
  return indicator.primary ? WEIGHTS.ownPrimary : WEIGHTS.own;
}

/** Weighted false discovery control: each p over its weight, weights set beforehand with a mean of 1 (Genovese et al. 2006). */
function adjustedBy(weights: readonly number[], p: readonly number[]): Float64Array {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return benjaminiHochberg(p.map((one, i) => Math.min(1, (one * mean) / weights[i]!)));
}

function decided(
  { subject, design, indicator, departure }: Measured,
  estimate: Estimate,
  evidence: MoveEvidence,
  adjusted: Adjusted,
  phases: Phases,
): Finding {
  const level = decide(estimate, adjusted, indicator.better);
  const course = hasMoved(level) ? courseOf(indicator, estimate, design, phases) : NO_COURSE;
  const isDeparted = adjusted.departed <= FALSE_DISCOVERY_RATE;
  const departed = isDeparted && departure !== null && isBeyondMargin(departure, estimate) ? departure : null;
  const verdict = departed !== null ? 'shifted' : lasting(level, course, indicator);
  const effect = effectOf(estimate, indicator.better);
  const rises = effect.estimate >= 0;
  const mix = mixOf(
    design.sample,
    indicator.mix?.(design.sample, design.calibration?.levelFactor ?? 1) ?? null,
    estimate,
  );
  const onset = departed === null || hasMoved(level) ? course.onset : onsetOfDeparture(departed);
  const comparison: Comparison = {
    ...place(subject, indicator),
    verdict,
    baseline: estimate.baseline,
    post: estimate.post,
    effect,
    ...(departed === null || hasMoved(level)
      ? { p: rises ? evidence.risen : evidence.fallen, q: rises ? adjusted.risen : adjusted.fallen }
      : { p: departed.p, q: adjusted.departed }),
    method: design.method,
    clusters: estimate.clusters,
    requests: estimate.requests,
    onset: onset === null ? null : onsetInstants(onset, phases),
    needed:
      verdict === 'cannot-tell' ? neededFor({ estimate, indicator, subject, method: design.method }, phases) : null,
    notes: [
      ...design.notes,
      ...estimate.notes,
      ...course.notes,
      ...(departed === null ? [] : [departureNote(departed, phases)]),
      ...mixNotes(mix, effect, { indicator: indicator.name, unit: indicator.unit }),
    ],
    series: hasMoved(verdict) ? chartSeries(indicator, design.sample, phases) : null,
    working: workingOf(estimate, design.calibration, indicator.better),
    mix,
  };
  return { comparison, subject, indicator, design, estimate, onset };
}

/** A move that went away by itself condemns nothing; where no direction is good or bad it is shown as any other move. */
function lasting(level: ComparisonVerdict, course: Course, { better }: Indicator): ComparisonVerdict {
  return course.isOver && better !== 'either' ? 'transient' : level;
}

function undecided({ subject, design, indicator }: Measured, result: NoEstimate): Finding {
  const comparison: Comparison = {
    ...place(subject, indicator),
    verdict: 'cannot-tell',
    baseline: null,
    post: null,
    effect: null,
    p: null,
    q: null,
    method: design.method,
    clusters: result.clusters,
    requests: result.requests,
    onset: null,
    needed: result.needed,
    notes: [result.because],
    series: null,
    working: null,
    mix: null,
  };
  return { comparison, subject, indicator, design, estimate: null, onset: null };
}

function place(subject: Subject, indicator: Indicator) {
  const { service, endpoint, peer } = subject;
  return { service, endpoint, peer, indicator: indicator.name, unit: indicator.unit, better: indicator.better };
}

export function hasMoved(verdict: ComparisonVerdict): boolean {
  return verdict !== 'no-regression' && verdict !== 'cannot-tell';
}
