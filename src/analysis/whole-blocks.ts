import type { Window } from '../domain/window.ts';
import { BASELINE, type Phases } from './phases.ts';

/** Blocks from the first up to the one before `end`. */
interface BlockRange {
  readonly first: number;
  readonly end: number;
}

/** How many blocks are of a phase, as `phaseOf` has it; in no more time for a window of centuries. */
export function wholeBlocks({ resolutionMs, baseline, window, post }: Phases, phase: 0 | 1): number {
  const of = (windows: readonly Window[]) => windows.map((one) => blocksInside(one, resolutionMs));
  const maintenance = window === null ? [] : [blocksTouching(window, resolutionMs)];
  if (phase === BASELINE) return countWithout(of(baseline), maintenance);
  return countWithout(of(post === null ? [] : [post]), [...maintenance, ...of(baseline)]);
}

function blocksInside({ startMs, endMs }: Window, resolutionMs: number): BlockRange {
  return { first: Math.ceil(startMs / resolutionMs), end: Math.floor(endMs / resolutionMs) };
}

function blocksTouching({ startMs, endMs }: Window, resolutionMs: number): BlockRange {
  return { first: Math.floor(startMs / resolutionMs), end: Math.ceil(endMs / resolutionMs) };
}

function countWithout(ranges: readonly BlockRange[], without: readonly BlockRange[]): number {
  return countOfAny([...ranges, ...without]) - countOfAny(without);
}

/** Blocks that are in at least one of the ranges, which may overlap. */
function countOfAny(ranges: readonly BlockRange[]): number {
  let count = 0;
  let counted = Number.NEGATIVE_INFINITY;
  for (const { first, end } of [...ranges].sort((a, b) => a.first - b.first)) {
    count += Math.max(0, end - Math.max(first, counted));
    counted = Math.max(counted, end);
  }
  return count;
}
