import type { Comparison, ComparisonVerdict } from '../domain/report.ts';
import { benjaminiHochberg } from '../statistics/benjamini-hochberg.ts';
import type { BaselineChoice } from './baseline-choice.ts';
import { decide, effectOf, type MoveEvidence } from './decision.ts';
import { BEYOND_THE_PAST, doubtsOf } from './doubts.ts';
import { type Estimate, isEstimate, type NoEstimate } from './estimate.ts';
import type { Indicator } from './indicators/indicator.ts';
import { type ComparingContext, type Measured, measure } from './measuring.ts';
import { mixOf } from './mix.ts';
import { mixNotes } from './mix-notes.ts';
import { neededFor } from './needed.ts';
import { findOnset, type OnsetBlocks, onsetInstants } from './onset.ts';
import { hasGoneAway } from './persistence.ts';
import type { Phases } from './phases.ts';
import type { QuietPasts } from './quiet-past.ts';
import { responseWithinStrata } from './response-within-strata.ts';
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

export interface Findings {
  readonly findings: readonly Finding[];
  readonly quietPasts: QuietPasts;
}

/** Every endpoint x indicator: estimated, adjusted over all of them, held against the past, decided, and dated. */
export function compareAll(subjects: readonly Subject[], context: ComparingContext): Findings {
  const measured = subjects.flatMap((subject) => measure(subject, context));
  const tested = measured.filter((one) => one.evidence !== null);
  const weights = tested.map(({ subject, indicator }) => weightOf(subject, indicator));
  const risen = adjustedBy(
    weights,
    tested.map((one) => one.evidence?.risen ?? 1),
  );
  const fallen = adjustedBy(
    weights,
    tested.map((one) => one.evidence?.fallen ?? 1),
  );
  const adjusted = new Map(tested.map((one, i) => [one, { risen: risen[i]!, fallen: fallen[i]! }]));
  const { quietPasts, doubtAbout } = doubtsOf(tested, weights, context.phases);
  const findings = measured.map((one) => {
    if (!isEstimate(one.result) || one.evidence === null) return undecided(one, one.result as NoEstimate);
    const doubt = doubtAbout(one, decide(one.result, adjusted.get(one)!, one.indicator.better));
    return decided(one, one.result, one.evidence, adjusted.get(one)!, doubt, context.phases);
  });
  return { findings, quietPasts };
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
  { subject, design, indicator }: Measured,
  estimate: Estimate,
  evidence: MoveEvidence,
  adjusted: MoveEvidence,
  doubt: string | null,
  phases: Phases,
): Finding {
  const moved = doubt === null ? decide(estimate, adjusted, indicator.better) : 'cannot-tell';
  const verdict = hasMoved(moved) && hasGoneAway(indicator, estimate, design) ? 'transient' : moved;
  const effect = effectOf(estimate, indicator.better);
  const rises = effect.estimate >= 0;
  const response = hasMoved(verdict) ? responseWithinStrata(indicator, design.sample) : null;
  const mix = mixOf(
    design.sample,
    indicator.mix?.(design.sample, design.calibration?.levelFactor ?? 1) ?? null,
    estimate,
  );
  const onset = response === null ? null : findOnset(design, response, phases);
  const needed =
    doubt === null ? neededFor({ estimate, indicator, subject, method: design.method }, phases) : BEYOND_THE_PAST;
  const comparison: Comparison = {
    ...place(subject, indicator),
    verdict,
    baseline: estimate.baseline,
    post: estimate.post,
    effect,
    p: rises ? evidence.risen : evidence.fallen,
    q: rises ? adjusted.risen : adjusted.fallen,
    method: design.method,
    clusters: estimate.clusters,
    requests: estimate.requests,
    onset: onset === null ? null : onsetInstants(onset, phases),
    needed: verdict === 'cannot-tell' ? needed : null,
    notes: [
      ...design.notes,
      ...estimate.notes,
      ...(doubt === null ? [] : [doubt]),
      ...mixNotes(mix, effect, { indicator: indicator.name, unit: indicator.unit }),
    ],
    series: hasMoved(verdict) ? chartSeries(indicator, design.sample, phases) : null,
    working: workingOf(estimate, design.calibration, indicator.better),
    mix,
  };
  return { comparison, subject, indicator, design, estimate, onset };
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
