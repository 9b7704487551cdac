import type { Onset } from '../../domain/report.ts';
import { formatInstant } from '../../domain/window.ts';
import { onsetOfMove } from '../../statistics/onset-of-move.ts';
import { BASELINE, type Phases, POST } from '../phases.ts';
import { type BlockSeries, timeOf } from '../sampling/block-series.ts';

/** When a change of level began, in blocks; the interval holds 95 %. */
export interface OnsetBlocks {
  readonly at: number;
  readonly low: number;
  readonly high: number;
  /** Where it came neither at once nor inside the gap between the windows: how, and when it was complete. */
  readonly gradual: { readonly shape: 'stairs' | 'ramp'; readonly end: number } | null;
}

/** Finds when the response left its old level, by CUSUM over compared blocks, then inside the gap between the windows. */
export function findOnset(blocks: BlockSeries): OnsetBlocks | null {
  const found = onsetOfMove(blocks.compared, blocks.denominators, firstAfterBaseline(blocks));
  if (found === null || !found.isClear) return null;
  const gap = gapBefore(blocks, found.index);
  const index = gap === null ? found.index : splitOfGap(blocks, gap, found.index, found.before, found.after);
  return {
    at: timeOf(blocks, index),
    low: timeOf(blocks, Math.min(found.low, index)),
    high: timeOf(blocks, Math.max(found.high, index)),
    gradual: found.shape === 'step' ? null : { shape: found.shape, end: timeOf(blocks, found.end) },
  };
}

/** The point of the series after the last block of the baseline: what climbs before belongs to the baseline. */
export function firstAfterBaseline({ phase }: BlockSeries): number {
  return phase.lastIndexOf(BASELINE) + 1;
}

/** A time finer than a second would be read as more than is known. */
const GRAIN_MS = 1000;

export function onsetInstants(onset: OnsetBlocks, phases: Phases): Onset {
  const grain = Math.min(GRAIN_MS, phases.resolutionMs);
  const instant = (block: number): string => formatInstant(Math.round((block * phases.resolutionMs) / grain) * grain);
  return { at: instant(onset.at), low: instant(onset.low), high: instant(onset.high) };
}

/** The stretch between the windows that ends at `index`, where the change came while nobody compared. */
function gapBefore(blocks: BlockSeries, index: number): { first: number } | null {
  let first = index;
  while (first > 0 && !isCompared(blocks, first - 1)) first--;
  return first === index ? null : { first };
}

function isCompared(blocks: BlockSeries, index: number): boolean {
  const phase = blocks.phase[index];
  return (phase === BASELINE || phase === POST) && blocks.denominators[index]! > 0;
}

/**
 * Least-squares split of the gap between two known levels. Distances are clipped at the size of the step, so that a blip
 * inside the maintenance window weighs no more than an ordinary block.
 */
function splitOfGap(blocks: BlockSeries, gap: { first: number }, end: number, before: number, after: number): number {
  const clip = (after - before) ** 2;
  let best = { split: end, cost: Number.POSITIVE_INFINITY };
  for (let split = gap.first; split <= end; split++) {
    let cost = 0;
    for (let i = gap.first; i < end; i++) {
      if (!(blocks.denominators[i]! > 0)) continue;
      const value = blocks.numerators[i]! / blocks.denominators[i]!;
      cost += Math.min(clip, (value - (i < split ? before : after)) ** 2);
    }
    if (cost < best.cost) best = { split, cost };
  }
  return best.split;
}
