import { AppError } from '../../domain/error.ts';
import { smallestRandomisationP } from '../../statistics/randomisation.ts';
import type { CallGraph } from '../call-graph.ts';
import { candidateKindOf } from '../candidates/index.ts';
import { settle } from '../course/settling.ts';
import { type Design, designsFor } from '../designs/design.ts';
import { differenceInDifferences, driftedApart } from '../designs/difference-in-differences.ts';
import { hostSpread, withHostSpread } from '../designs/host-spread.ts';
import { type Estimate, isEstimate, type NoEstimate } from '../estimating/estimate.ts';
import { readExposure, type SharesMet } from '../exposure/exposure.ts';
import { INDICATOR_KINDS } from '../indicators/index.ts';
import type { Indicator, IndicatorContext } from '../indicators/indicator.ts';
import { type BaselineChoice, chooseBaseline } from '../past/baseline-choice.ts';
import { type Departure, departureOf } from '../past/departure.ts';
import { type LateTrouble, lateTroubleOf } from '../past/late-trouble.ts';
import { type Placebo, placeboOf } from '../past/placebo.ts';
import type { Phases } from '../phases.ts';
import { asRead, type Reading } from '../reading.ts';
import { columnRatio } from '../sampling/column-ratio.ts';
import type { Sample } from '../sampling/sample.ts';
import { halvesOfBaseline } from '../sampling/sample-slices.ts';
import { shortWindow } from '../short-window.ts';
import { standardisedDesign, stratumAttributes } from '../strata/strata-choice.ts';
import { withinStrata } from '../strata/stratum-weights.ts';
import type { Subject } from '../subjects.ts';
import { CONFIDENCE, type MoveEvidence, moveEvidence } from './decision.ts';

export interface ComparingContext extends IndicatorContext {
  readonly phases: Phases;
  readonly graph: CallGraph;
  readonly reading: Reading;
  /** Shares of traffic that met changes, counted beside it. */
  readonly shares: SharesMet;
  /** The services and peers that the telemetry tells of. */
  readonly places: ReadonlySet<string>;
}

/** One indicator of one subject, estimated and not yet judged. */
export interface Measured {
  readonly subject: Subject;
  readonly design: BaselineChoice;
  readonly indicator: Indicator;
  readonly result: Estimate | NoEstimate;
  readonly evidence: MoveEvidence | null;
  /** What post shows beside every quiet stretch of its own past; null where the past cannot say. */
  readonly placebo: Placebo | null;
  readonly departure: Departure | null;
  readonly late: LateTrouble | null;
}

/** Every indicator the subject has data for, by the best comparison its data allows. */
export function measure(subject: Subject, context: ComparingContext): Measured[] {
  const reaching = context.upgrade.changes
    .filter((change) => candidateKindOf(change).reach(change, subject, context.graph) !== 'none')
    .map((change) => readExposure(change, subject.series, context.shares));
  const designs = designsFor(subject, context.phases, reaching, context.upgrade.method);
  const attributes = stratumAttributes(subject.series, context.upgrade);
  const standardised = attributes.length === 0 ? designs : designs.map((one) => standardisedDesign(one, attributes));
  const indicators = [...INDICATOR_KINDS.values()].flatMap((kind) => kind.of(subject, context));
  const plain = alikeDesigns(indicators, designs);
  const ofKinds = attributes.length === 0 ? plain : alikeDesigns(indicators, standardised);
  return indicators.map((indicator) => {
    const alike = (indicator.mix === undefined ? plain : ofKinds)(indicator);
    const { choice, result, departure } = compare(indicator, alike, context);
    const measured = { subject, design: choice, indicator, departure };
    if (!isEstimate(result)) {
      const explained = explainedByWindow(result, context);
      return { ...measured, result: explained, evidence: null, placebo: null, late: null };
    }
    const read = asRead(result, context.reading);
    const { phases, reading } = context;
    return {
      ...measured,
      result: read,
      evidence: evidenceOf(read, choice),
      placebo: placeboOf(indicator, read, choice),
      late: reading.kind === 'final' ? lateTroubleOf(indicator, read, choice, phases) : null,
    };
  });
}

/** Where a window is too short for any traffic to fill two blocks, that is the reason. */
function explainedByWindow(result: NoEstimate, { phases, upgrade }: ComparingContext): NoEstimate {
  const short = result.thin === undefined ? null : shortWindow(result.thin, phases, upgrade);
  if (short === null) return result;
  return { ...result, because: short.because, needed: `${short.remedy}, since ${short.because}` };
}

/** Arms made of instances can show no p that relabelling the instances could not give (1 in 252 with five on each side). */
function evidenceOf(estimate: Estimate, { sample }: BaselineChoice): MoveEvidence {
  if (sample.ordered) return moveEvidence(estimate);
  return moveEvidence(estimate, smallestRandomisationP(estimate.clusters[1], estimate.clusters[0]));
}

/** The designs that are left for an indicator: those whose arms were not unlike before. */
function alikeDesigns(
  indicators: readonly Indicator[],
  designs: readonly Design[],
): (indicator: Indicator) => readonly Design[] {
  const unlike = new Map(designs.map((design) => [design, unlikeBefore(indicators, design.before)]));
  return (indicator) => designs.filter((design) => !unlike.get(design)?.has(indicator));
}

interface Compared {
  readonly choice: BaselineChoice;
  readonly result: Estimate | NoEstimate;
  readonly departure: Departure | null;
}

/** By the first design whose arms moved alike before the upgrade; before-after has no such condition. */
function compare(
  indicator: Indicator,
  designs: readonly Design[],
  { phases, upgrade, reading }: ComparingContext,
): Compared {
  for (const design of designs) {
    const chosen = chooseBaseline(design, indicator, phases, upgrade.method);
    const { choice, control, result } = settle(indicator, chosen, design.control, phases, (one) =>
      estimateOf(indicator, one),
    );
    const departure = reading.kind === 'final' ? departureOf(indicator, design, phases) : null;
    if (design.control === null || control === null) return { choice, result, departure };
    const beside = indicator.estimate(control);
    if (!isEstimate(result) || !isEstimate(beside)) continue;
    if (hadDriftedApart(indicator, design.sample, design.control)) continue;
    return { choice, result: differenceInDifferences(result, beside), departure };
  }
  throw new AppError('internal', 'no design is left: before-after always is');
}

/**
 * By which indicators the arms were unlike when neither had met a change. Arms are unlike, not indicators: a difference that
 * is clear for one counts for those too rare to show it.
 */
function unlikeBefore(indicators: readonly Indicator[], before: Sample | null): ReadonlySet<Indicator> {
  if (before === null) return new Set();
  const results = indicators.map((indicator) => indicator.estimate(before));
  const ofAll = 1 - (1 - CONFIDENCE) / indicators.length;
  const isClear = results.some((result) => differs(result, ofAll));
  return new Set(indicators.filter((_, i) => isClear || differs(results[i]!, CONFIDENCE)));
}

function differs(result: Estimate | NoEstimate, level: number): boolean {
  if (!isEstimate(result)) return false;
  const { low, high } = result.effectAt(level);
  return low > 0 || high < 0;
}

/** The same estimator on the two halves of the baseline. */
function hadDriftedApart(indicator: Indicator, exposed: Sample, control: Sample): boolean {
  const early = indicator.estimate(halvesOfBaseline(exposed));
  const beside = indicator.estimate(halvesOfBaseline(control));
  return isEstimate(early) && isEstimate(beside) && driftedApart(early, beside);
}

/** With an allowance for instances that ran on one side only. */
function estimateOf(indicator: Indicator, { sample, calibration }: BaselineChoice): Estimate | NoEstimate {
  const result = indicator.estimate(sample, calibration);
  if (!isEstimate(result)) return result;
  const level = indicator.isRatio ? indicator.response(sample) : columnRatio('sum', 'count');
  const spread = level === null ? null : hostSpread(sample, withinStrata(sample, level));
  return spread === null ? result : withHostSpread(result, spread);
}
