import type { Comparison, ComparisonVerdict } from '../domain/report.ts';
import { benjaminiHochberg } from '../statistics/benjamini-hochberg.ts';
import type { CallGraph } from './call-graph.ts';
import { candidateKindOf } from './candidates/index.ts';
import { CONFIDENCE, decide, effectOf, type MoveEvidence, moveEvidence, timesMoreData } from './decision.ts';
import { chooseDesign, type Design } from './design.ts';
import { type Estimate, isEstimate, type NoEstimate } from './estimate.ts';
import { readExposure } from './exposure.ts';
import { INDICATOR_KINDS } from './indicators/index.ts';
import type { Indicator, IndicatorContext } from './indicators/indicator.ts';
import { findOnset, type OnsetBlocks, onsetInstants } from './onset.ts';
import type { Phases } from './phases.ts';
import type { Subject } from './subjects.ts';
import { chartSeries } from './time-steps.ts';

/** A comparison with what attribution needs to look further. */
export interface Finding {
  readonly comparison: Comparison;
  readonly subject: Subject;
  readonly indicator: Indicator;
  readonly design: Design;
  readonly estimate: Estimate | null;
  readonly onset: OnsetBlocks | null;
}

interface Measured {
  readonly subject: Subject;
  readonly design: Design;
  readonly indicator: Indicator;
  readonly result: Estimate | NoEstimate;
  readonly evidence: MoveEvidence | null;
}

export interface ComparingContext extends IndicatorContext {
  readonly phases: Phases;
  readonly graph: CallGraph;
}

/** Every endpoint x indicator: estimated, adjusted over all of them, decided, and dated where it moved. */
export function compareAll(subjects: readonly Subject[], context: ComparingContext): Finding[] {
  const measured = subjects.flatMap((subject) => measure(subject, context));
  const tested = measured.filter((one) => one.evidence !== null);
  const risen = benjaminiHochberg(tested.map((one) => one.evidence?.risen ?? 1));
  const fallen = benjaminiHochberg(tested.map((one) => one.evidence?.fallen ?? 1));
  const adjusted = new Map(tested.map((one, i) => [one, { risen: risen[i]!, fallen: fallen[i]! }]));
  return measured.map((one) =>
    isEstimate(one.result) && one.evidence !== null
      ? decided(one, one.result, one.evidence, adjusted.get(one)!, context.phases)
      : undecided(one, one.result as NoEstimate),
  );
}

function measure(subject: Subject, context: ComparingContext): Measured[] {
  const reaching = context.upgrade.changes
    .filter((change) => candidateKindOf(change).reach(change, subject, context.graph) !== 'none')
    .map((change) => readExposure(change, subject.series));
  const design = chooseDesign(subject, context.phases, reaching);
  return [...INDICATOR_KINDS.values()]
    .flatMap((kind) => kind.of(subject, context))
    .map((indicator) => {
      const result = indicator.estimate(design.sample);
      return { subject, design, indicator, result, evidence: isEstimate(result) ? moveEvidence(result) : null };
    });
}

function decided(
  { subject, design, indicator }: Measured,
  estimate: Estimate,
  evidence: MoveEvidence,
  adjusted: MoveEvidence,
  phases: Phases,
): Finding {
  const verdict = decide(estimate, adjusted, indicator.better);
  const effect = effectOf(estimate, indicator.better);
  const rises = effect.estimate >= 0;
  const response = hasMoved(verdict) ? indicator.response(design.sample) : null;
  const onset = response === null ? null : findOnset(design.sample, response, phases);
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
    needed: verdict === 'cannot-tell' ? needed(estimate, indicator) : null,
    notes: [...design.notes, ...estimate.notes],
    series: hasMoved(verdict) ? chartSeries(indicator, design.sample, phases) : null,
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

function needed(estimate: Estimate, indicator: Indicator): string {
  const times = timesMoreData(estimate, indicator.better);
  const { low, high } = estimate.effectAt(CONFIDENCE);
  if (times === null || times > 10_000) return 'more data than can be foreseen: the interval has no finite end yet';
  if (times > 1.05) return `about ${times < 10 ? times.toFixed(1) : Math.round(times)} times the data of both windows`;
  return low > 0 || high < 0
    ? 'a little more data: the move is clear, that it is beyond the margin is not'
    : 'a little more data';
}
