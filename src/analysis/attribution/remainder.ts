import type { Interval } from '../../statistics/mover.ts';
import type { Finding } from '../comparing/comparing.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import { differenceEstimate, estimateArms } from '../estimating/estimate.ts';
import type { Exposure } from '../exposure/exposure.ts';
import { NEITHER, type Phases, POST, phaseOf } from '../phases.ts';
import { placeByBlock } from '../sampling/placing.ts';
import type { RowRatio, Sample } from '../sampling/sample.ts';

/** Change of the response from baseline to post, on the rows a filter lets through; null where it cannot be estimated. */
export function responseShift(sample: Sample, response: RowRatio, level = CONFIDENCE): Interval | null {
  const pair = estimateArms(sample, response, 'any');
  if (!('arms' in pair)) return null;
  return differenceEstimate(pair, { relative: 0, floor: 0 }).effectAt(level);
}

/** Baseline against the part of the post traffic that met none of the given changes, though it met everything else. */
export function shiftWithout(
  finding: Finding,
  blamed: readonly Exposure[],
  response: RowRatio,
  phases: Phases,
  level: number,
): Interval | null {
  const sample = placeByBlock(finding.subject.series, (index, block) => {
    const phase = phaseOf(phases, block);
    return phase === POST && blamed.some((exposure) => exposure.exposed[index]) ? NEITHER : phase;
  });
  return responseShift({ ...sample, strata: finding.design.sample.strata }, response, level);
}
