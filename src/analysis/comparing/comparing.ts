import type { Comparison } from '../../domain/report.ts';
import { type OnsetBlocks, onsetInstants } from '../course/onset.ts';
import { type Estimate, isEstimate, type NoEstimate } from '../estimating/estimate.ts';
import type { Indicator } from '../indicators/indicator.ts';
import type { BaselineChoice } from '../past/baseline-choice.ts';
import { doubtsOf, lateDoubtsOf } from '../past/doubts.ts';
import type { QuietPasts } from '../past/quiet-past.ts';
import type { Phases } from '../phases.ts';
import { chartSeries } from '../sampling/time-steps.ts';
import { mixOf } from '../strata/mix.ts';
import { mixNotes } from '../strata/mix-notes.ts';
import type { Subject } from '../subjects.ts';
import { decide, effectOf } from './decision.ts';
import { adjustAll, weightOf } from './false-discovery.ts';
import { hasMoved, type Judgement, judge } from './judging.ts';
import { type ComparingContext, type Measured, measure } from './measuring.ts';
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
  const weights = tested.map(weightOf);
  const adjusted = adjustAll(tested, weights);
  const { quietPasts, doubtAbout } = doubtsOf(tested, weights, context.phases);
  const doubtAboutLate = lateDoubtsOf(tested, weights, context.phases);
  const findings = measured.map((one) => {
    const ofOne = adjusted.get(one);
    const estimate = one.result;
    if (!isEstimate(estimate) || ofOne === undefined) return undecided(one, estimate as NoEstimate);
    const doubt = doubtAbout(one, decide(estimate, ofOne, one.indicator.better));
    const evidence = { measured: one, estimate, adjusted: ofOne, doubt, doubtAboutLate, phases: context.phases };
    const judgement = judge(evidence);
    return decided(one, estimate, judgement, context.phases);
  });
  return { findings, quietPasts };
}

function decided(
  { subject, design, indicator, placebo }: Measured,
  estimate: Estimate,
  { verdict, onset, p, q, needed, notes }: Judgement,
  phases: Phases,
): Finding {
  const effect = effectOf(estimate, indicator.better);
  const levelFactor = design.calibration?.levelFactor ?? 1;
  const mix = mixOf(design.sample, indicator.mix?.(design.sample, levelFactor) ?? null, estimate);
  const comparison: Comparison = {
    ...place(subject, indicator),
    verdict,
    baseline: estimate.baseline,
    post: estimate.post,
    effect,
    p,
    q,
    method: design.method,
    clusters: estimate.clusters,
    requests: estimate.requests,
    onset: onset === null ? null : onsetInstants(onset, phases),
    needed,
    notes: [
      ...design.notes,
      ...estimate.notes,
      ...notes,
      ...mixNotes(mix, effect, { indicator: indicator.name, unit: indicator.unit }),
    ],
    series: hasMoved(verdict) ? chartSeries(indicator, design.sample, phases) : null,
    working: workingOf(estimate, design.calibration, placebo?.asFar ?? null, indicator.better),
    mix,
    shares: null,
    slices: [],
    slice_search: null,
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
    shares: null,
    slices: [],
    slice_search: null,
  };
  return { comparison, subject, indicator, design, estimate: null, onset: null };
}

function place(subject: Subject, indicator: Indicator) {
  const { service, endpoint, peer } = subject;
  return { service, endpoint, peer, indicator: indicator.name, unit: indicator.unit, better: indicator.better };
}
