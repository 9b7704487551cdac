import { formatQuantity } from '../../domain/quantities.ts';
import { formatDuration } from '../../domain/times.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import { type Estimate, isEstimate, type NoEstimate } from '../estimating/estimate.ts';
import type { Indicator } from '../indicators/indicator.ts';
import type { BaselineChoice } from '../past/baseline-choice.ts';
import { BASELINE, type Phases } from '../phases.ts';
import type { Sample } from '../sampling/sample.ts';
import { blocksOf, findWarmUp, onlyBlocks, withoutWarmUp } from './warm-up.ts';

/** What is compared, with the warm-up of instances left out where there was one. */
export interface Settled {
  readonly choice: BaselineChoice;
  readonly control: Sample | null;
  readonly result: Estimate | NoEstimate;
}

/** Leaves the warm-up out where without it the answer could be another: not where a regression is ruled out as it is. */
export function settle(
  indicator: Indicator,
  choice: BaselineChoice,
  control: Sample | null,
  phases: Phases,
  estimateOf: (choice: BaselineChoice) => Estimate | NoEstimate,
): Settled {
  const whole: Settled = { choice, control, result: estimateOf(choice) };
  if (!isEstimate(whole.result) || isRuledOut(whole.result, indicator)) return whole;
  const warmUp = findWarmUp(indicator, choice.sample, phases);
  if (warmUp === null) return whole;
  const sample = withoutWarmUp(choice.sample, warmUp, choice.method === 'concurrent');
  const settled = { ...choice, sample, warmUp };
  const result = estimateOf(settled);
  if (!isEstimate(result)) return whole;
  const left = formatDuration((warmUp.blocks * phases.resolutionMs) / 1000);
  const value = (one: number): string => formatQuantity(one, { indicator: indicator.name, unit: indicator.unit });
  const note = `first ${left} after the start left out as warm-up: with them post would be ${value(whole.result.post)}`;
  return {
    choice: { ...settled, notes: [...choice.notes, note] },
    control: control === null ? null : onlyBlocks(control, blocksOf(sample), BASELINE),
    result,
  };
}

function isRuledOut(estimate: Estimate, { better }: Indicator): boolean {
  const { low, high } = estimate.effectAt(CONFIDENCE);
  const notRisen = high < estimate.riseMargin;
  const notFallen = low > -estimate.fallMargin;
  return (better === 'higher' || notRisen) && (better === 'lower' || notFallen);
}
