import type { Placebo } from './placebo.ts';

/** Time in stretches as long as post, counted from post: stretch -1 is the one before it. */
export interface StretchGrid {
  readonly postStartBlock: number;
  readonly stretchBlocks: number;
  readonly blocksADay: number;
}

/** The stretch in which a window that starts at this block mostly lies. */
export function stretchOf({ postStartBlock, stretchBlocks }: StretchGrid, block: number): number {
  return Math.round((block - postStartBlock) / stretchBlocks);
}

/** Stretches that at least half of the comparisons can say something of, in order. */
export function jointStretches(placebos: readonly Placebo[], grid: StretchGrid): number[] {
  const witnesses = new Map<number, number>();
  for (const { blocks } of placebos) {
    const own = new Set(Array.from(blocks, (block) => stretchOf(grid, block)));
    for (const stretch of own) witnesses.set(stretch, (witnesses.get(stretch) ?? 0) + 1);
  }
  const enough = placebos.filter(({ blocks }) => blocks.length > 0).length / 2;
  const common = [...witnesses].filter(([, count]) => count >= enough).map(([stretch]) => stretch);
  return common.sort((a, b) => a - b);
}

/** Fewer at the same hours than this say nothing. */
const FEWEST_CYCLES = 3;

/** Those at the hours of post: of earlier weeks where there are three, else of earlier days; none where neither are. */
export function stretchesAtSameHours(stretches: readonly number[], grid: StretchGrid): number[] {
  for (const days of [7, 1]) {
    const period = (days * grid.blocksADay) / grid.stretchBlocks;
    const atSameHours = stretches.filter((stretch) => isMultiple(stretch, period));
    if (atSameHours.length >= FEWEST_CYCLES) return atSameHours;
  }
  return [];
}

function isMultiple(stretch: number, period: number): boolean {
  const cycles = Math.round(stretch / period);
  return cycles !== 0 && stretch === Math.round(cycles * period);
}
