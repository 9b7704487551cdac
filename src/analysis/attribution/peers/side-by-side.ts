import type { CellSeries } from '../../../domain/cells.ts';
import { normalQuantile } from '../../../statistics/normal.ts';
import type { Uncertain } from '../../../statistics/pooled-effect.ts';
import type { Finding } from '../../comparing/comparing.ts';
import { CONFIDENCE } from '../../comparing/decision.ts';
import { type Estimate, isEstimate } from '../../estimating/estimate.ts';
import { NEITHER, type Phases, phaseOf } from '../../phases.ts';
import { placeByBlock } from '../../sampling/placing.ts';
import { earliestBlock, isCompared } from '../exposure-cells.ts';

/** How far one comparison moved to the worse, by time alone, where another ran beside it. */
export interface Move {
  /** In what was added, in the indicator's unit. */
  readonly added: Uncertain;
  /** As the logarithm of a factor; null where the indicator is a share or a difference. */
  readonly factor: Uncertain | null;
}

/** Blocks with traffic by instance; the empty name stands for traffic that does not say. */
export type Presence = ReadonlyMap<string, ReadonlySet<number>>;

export function presenceOf(series: readonly CellSeries[], phases: Phases): Presence {
  const presence = new Map<string, Set<number>>();
  const earliest = earliestBlock(phases);
  for (const { key, block } of series) {
    const blocks = presence.get(key.instance ?? '') ?? new Set();
    presence.set(key.instance ?? '', blocks);
    for (const one of block) if (one >= earliest && phaseOf(phases, one) !== NEITHER) blocks.add(one);
  }
  return presence;
}

/** The move of a comparison on the instances and in the blocks where the other ran too; null where it cannot be estimated. */
export function moveWhere(finding: Finding, other: Presence, phases: Phases): Move | null {
  const { series } = finding.subject;
  const earliest = earliestBlock(phases);
  const sample = placeByBlock(series, (index, block) => {
    const arm = phaseOf(phases, block);
    const isBeside = block >= earliest && other.get(series[index]!.key.instance ?? '')?.has(block) === true;
    return arm !== NEITHER && isBeside && isCompared(finding, index, arm, block) ? arm : NEITHER;
  });
  const estimate = finding.indicator.estimate({ ...sample, strata: finding.design.sample.strata });
  return isEstimate(estimate) ? moveOf(estimate, finding.indicator.better === 'higher' ? -1 : 1) : null;
}

const REACH = normalQuantile((1 + CONFIDENCE) / 2);

function moveOf({ effectAt, kind, baseline }: Estimate, worse: 1 | -1): Move {
  const { estimate, low, high } = effectAt(CONFIDENCE);
  const unit = kind === 'relative' ? Math.abs(baseline) : 1;
  const uncertain = (value: number, reach: number): Uncertain => ({
    value: worse * value,
    standardError: reach / 2 / REACH,
  });
  return {
    added: uncertain(estimate * unit, (high - low) * unit),
    factor: kind === 'relative' ? uncertain(Math.log1p(estimate), Math.log1p(high) - Math.log1p(low)) : null,
  };
}
