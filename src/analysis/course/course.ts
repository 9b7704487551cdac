import { formatInstant } from '../../domain/window.ts';
import type { Estimate } from '../estimating/estimate.ts';
import type { Indicator } from '../indicators/indicator.ts';
import type { BaselineChoice } from '../past/baseline-choice.ts';
import type { Phases } from '../phases.ts';
import { blockSeries } from '../sampling/block-series.ts';
import { responseWithinStrata } from '../strata/response-within-strata.ts';
import { findOnset, type OnsetBlocks } from './onset.ts';
import { hasGoneAway, spellOf } from './persistence.ts';

/** How a move went: when it began, whether it is over, and what more is to be said of it. */
export interface Course {
  readonly onset: OnsetBlocks | null;
  readonly isOver: boolean;
  readonly notes: readonly string[];
}

export const NO_COURSE: Course = { onset: null, isOver: false, notes: [] };

export function courseOf(indicator: Indicator, estimate: Estimate, design: BaselineChoice, phases: Phases): Course {
  const response = responseWithinStrata(indicator, design.sample);
  const blocks = response === null ? null : blockSeries(design, response, phases);
  const onset = blocks === null ? null : findOnset(blocks);
  let spell = blocks === null || onset !== null ? null : spellOf(blocks);
  if (!hasGoneAway(indicator, estimate, design, onset ?? spell?.onset ?? null))
    return { onset, isOver: false, notes: howItCame(onset, phases) };
  if (blocks !== null && onset !== null) spell = spellOf(blocks);
  if (spell === null) return { onset, isOver: true, notes: [] };
  const [from, to] = [spell.onset.at, spell.end].map((block) => instant(block, phases));
  return { onset: spell.onset, isOver: true, notes: [`it began at ${from} and was over by ${to}`] };
}

/** When the level changed, if that was between two blocks; null where it changed most elsewhere, or not at a clear time. */
export function onsetBetween(
  indicator: Indicator,
  design: BaselineChoice,
  phases: Phases,
  range: { readonly from: number; readonly to: number },
): OnsetBlocks | null {
  const response = responseWithinStrata(indicator, design.sample);
  const blocks = response === null ? null : blockSeries(design, response, phases);
  const onset = blocks === null ? null : findOnset(blocks);
  return onset !== null && onset.at >= range.from && onset.at < range.to ? onset : null;
}

const CAME = {
  stairs: 'it came in two steps, the second at',
  ramp: 'it grew bit by bit and was at its height from',
} as const;

function howItCame(onset: OnsetBlocks | null, phases: Phases): string[] {
  if (onset === null || onset.gradual === null) return [];
  return [`${CAME[onset.gradual.shape]} ${instant(onset.gradual.end, phases)}`];
}

function instant(block: number, { resolutionMs }: Phases): string {
  return formatInstant(Math.round(block) * resolutionMs);
}
