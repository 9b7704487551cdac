import { type BaselineChoice, chooseBaseline } from './baseline-choice.ts';
import type { CallGraph } from './call-graph.ts';
import { candidateKindOf } from './candidates/index.ts';
import { type MoveEvidence, moveEvidence } from './decision.ts';
import { beforeAfterDesign, chooseDesign, type Design } from './design.ts';
import { differenceInDifferences, driftedApart } from './difference-in-differences.ts';
import { type Estimate, isEstimate, type NoEstimate } from './estimate.ts';
import { readExposure } from './exposure.ts';
import { hostSpread, withHostSpread } from './host-spread.ts';
import { columnRatio } from './indicators/column-ratio.ts';
import { INDICATOR_KINDS } from './indicators/index.ts';
import type { Indicator, IndicatorContext } from './indicators/indicator.ts';
import type { Phases } from './phases.ts';
import type { Sample } from './sample.ts';
import { halvesOfBaseline } from './sample-slices.ts';
import type { Subject } from './subjects.ts';

export interface ComparingContext extends IndicatorContext {
  readonly phases: Phases;
  readonly graph: CallGraph;
}

/** One indicator of one subject, estimated and not yet judged. */
export interface Measured {
  readonly subject: Subject;
  readonly design: BaselineChoice;
  readonly indicator: Indicator;
  readonly result: Estimate | NoEstimate;
  readonly evidence: MoveEvidence | null;
}

/** Every indicator the subject has data for, by the best comparison its data allows. */
export function measure(subject: Subject, context: ComparingContext): Measured[] {
  const reaching = context.upgrade.changes
    .filter((change) => candidateKindOf(change).reach(change, subject, context.graph) !== 'none')
    .map((change) => readExposure(change, subject.series));
  const design = chooseDesign(subject, context.phases, reaching, context.upgrade.method);
  return [...INDICATOR_KINDS.values()]
    .flatMap((kind) => kind.of(subject, context))
    .map((indicator) => {
      const { choice, result } = compare(indicator, subject, design, context);
      return { subject, design: choice, indicator, result, evidence: isEstimate(result) ? moveEvidence(result) : null };
    });
}

interface Compared {
  readonly choice: BaselineChoice;
  readonly result: Estimate | NoEstimate;
}

/** By the design's arms; instances that drifted apart before the upgrade fall back to before and after. */
function compare(indicator: Indicator, subject: Subject, design: Design, context: ComparingContext): Compared {
  const { phases, upgrade } = context;
  const choice = chooseBaseline(design, indicator, phases, upgrade.method);
  const result = estimateOf(indicator, choice);
  if (choice.control === null) return { choice, result };
  const control = indicator.estimate(choice.control);
  if (isEstimate(result) && isEstimate(control) && !hadDriftedApart(indicator, choice.sample, choice.control)) {
    return { choice, result: differenceInDifferences(result, control) };
  }
  return compare(indicator, subject, beforeAfterDesign(subject, phases), context);
}

/** The same estimator on the two halves of the baseline. */
function hadDriftedApart(indicator: Indicator, exposed: Sample, control: Sample): boolean {
  const [before, beside] = [exposed, control].map((sample) => indicator.estimate(halvesOfBaseline(sample)));
  return (
    before !== undefined &&
    beside !== undefined &&
    isEstimate(before) &&
    isEstimate(beside) &&
    driftedApart(before, beside)
  );
}

/** With an allowance for instances that ran on one side only. */
function estimateOf(indicator: Indicator, { sample, calibration }: BaselineChoice): Estimate | NoEstimate {
  const result = indicator.estimate(sample, calibration);
  if (!isEstimate(result)) return result;
  const level = indicator.isRatio ? indicator.response(sample) : columnRatio('sum', 'count');
  const spread = level === null ? null : hostSpread(sample, level);
  return spread === null ? result : withHostSpread(result, spread);
}
