import type { Comparison, ComparisonVerdict } from '../domain/report.ts';
import { formatDuration } from '../domain/times.ts';
import { benjaminiHochberg } from '../statistics/benjamini-hochberg.ts';
import type { BaselineChoice } from './baseline-choice.ts';
import { CONFIDENCE, decide, effectOf, type MoveEvidence, timesMoreData } from './decision.ts';
import { doubtOf } from './doubt.ts';
import { type Estimate, isEstimate, type NoEstimate } from './estimate.ts';
import type { Indicator } from './indicators/indicator.ts';
import { type ComparingContext, type Measured, measure } from './measuring.ts';
import { findOnset, type OnsetBlocks, onsetInstants } from './onset.ts';
import { hasGoneAway } from './persistence.ts';
import type { Phases } from './phases.ts';
import { type Placebo, placeboOf } from './placebo.ts';
import { COARSE } from './quantile-estimate.ts';
import { type Claim, isClaim, type QuietPasts, quietPasts } from './quiet-past.ts';
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

/** Beyond this a forecast of needed data is not worth printing. */
const MOST_TIMES = 1000;

export interface Findings {
  readonly findings: readonly Finding[];
  readonly quietPasts: QuietPasts;
}

const DAY_MS = 86_400_000;

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
  const placebos = new Map(tested.map((one) => [one, placeboOf(one.indicator, one.result as Estimate, one.design)]));
  const quietPasts = pastsOf(tested, placebos, weights, context.phases);
  const findings = measured.map((one) => {
    if (!isEstimate(one.result) || one.evidence === null) return undecided(one, one.result as NoEstimate);
    const doubt = (claim: Claim) => doubtOf(placebos.get(one) ?? null, quietPasts[claim]);
    return decided(one, one.result, one.evidence, adjusted.get(one)!, doubt, context.phases);
  });
  return { findings, quietPasts };
}

function pastsOf(
  tested: readonly Measured[],
  placebos: ReadonlyMap<Measured, Placebo | null>,
  weights: readonly number[],
  { post, resolutionMs }: Phases,
): QuietPasts {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  // Arms that ran side by side share their clock: the past has no say in them.
  const byTime = tested.flatMap((one, i) =>
    one.evidence !== null && one.design.sample.ordered && one.design.method !== 'concurrent'
      ? [
          {
            better: one.indicator.better,
            evidence: one.evidence,
            placebo: placebos.get(one) ?? null,
            weight: weights[i]! / mean,
          },
        ]
      : [],
  );
  return quietPasts(byTime, {
    postStartBlock: (post?.startMs ?? 0) / resolutionMs,
    stretchBlocks: post === null ? 1 : Math.max(1, (post.endMs - post.startMs) / resolutionMs),
    blocksADay: DAY_MS / resolutionMs,
  });
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
  doubtAbout: (claim: Claim) => string | null,
  phases: Phases,
): Finding {
  const moved = decide(estimate, adjusted, indicator.better);
  const doubt = isClaim(moved) ? doubtAbout(moved) : null;
  const stood = doubt === null ? moved : 'cannot-tell';
  const verdict = hasMoved(stood) && hasGoneAway(indicator, estimate, design) ? 'transient' : stood;
  const effect = effectOf(estimate, indicator.better);
  const rises = effect.estimate >= 0;
  const response = hasMoved(verdict) ? indicator.response(design.sample) : null;
  const onset = response === null ? null : findOnset(design, response, phases);
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
    needed: doubt !== null ? BEYOND_THE_PAST : verdict === 'cannot-tell' ? needed(estimate, indicator, phases) : null,
    notes: [...design.notes, ...estimate.notes, ...(doubt === null ? [] : [doubt])],
    series: hasMoved(verdict) ? chartSeries(indicator, design.sample, phases) : null,
    working: workingOf(estimate, design.calibration, indicator.better),
  };
  return { comparison, subject, indicator, design, estimate, onset };
}

/** What tells a move from what the past shows as well. */
const BEYOND_THE_PAST = 'a longer post window: a move that lasts longer than such quiet stretches do would tell';

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

function needed(estimate: Estimate, indicator: Indicator, phases: Phases): string {
  if (estimate.notes.includes(COARSE)) return 'finer buckets (exponential histograms); more data does not help';
  const times = timesMoreData(estimate, indicator.better);
  if (times === null || times > MOST_TIMES || phases.post === null) {
    return 'more data than can be foreseen: the interval has no finite end yet';
  }
  const { low, high } = estimate.effectAt(CONFIDENCE);
  const isClear = low > 0 || high < 0;
  const more = Math.max(times - 1, 0.1) * ((phases.post.endMs - phases.post.startMs) / 1000);
  const what = isClear
    ? 'the move is clear, that it is beyond the margin is not'
    : 'to tell a move of the margin from none';
  return `about ${formatDuration(more)} more of both windows at this traffic: ${what}`;
}
