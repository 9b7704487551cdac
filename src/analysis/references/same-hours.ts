import type { BaselineBlocks, Reference, Sums } from './reference.ts';

/** The same hours of every earlier day, or of the same weekday in every earlier week. */
export function sameHours(periodBlocks: number, periodName: string): Reference {
  return {
    periodBlocks,
    followsLevel: false,
    levelFactor: () => 1,
    note: `compared with the same hours of every earlier ${periodName}, which predict the past's own quiet windows best`,
    sumsFor(baseline) {
      const byHour = groupByHour(baseline, periodBlocks);
      return (from, to) => matchedSums(baseline, byHour, periodBlocks, from, to);
    },
    serving(_baseline, postBlocks) {
      const hours = new Set(postBlocks.map((block) => block % periodBlocks));
      return (block) => hours.has(block % periodBlocks);
    },
  };
}

/** Positions of the blocks that share an hour of the period. */
function groupByHour({ blocks }: BaselineBlocks, periodBlocks: number): Map<number, number[]> {
  const byHour = new Map<number, number[]>();
  for (let j = 0; j < blocks.length; j++) {
    const hour = blocks[j]! % periodBlocks;
    const positions = byHour.get(hour);
    if (positions) positions.push(j);
    else byHour.set(hour, [j]);
  }
  return byHour;
}

function matchedSums(
  { blocks, counts }: BaselineBlocks,
  byHour: ReadonlyMap<number, readonly number[]>,
  periodBlocks: number,
  from: number,
  to: number,
): Sums {
  let numerator = 0;
  let denominator = 0;
  let matched = 0;
  for (let j = from; j < to; j++) {
    for (const other of byHour.get(blocks[j]! % periodBlocks) ?? []) {
      if (other >= from && other < to) continue;
      numerator += counts.numerators[other]!;
      denominator += counts.denominators[other]!;
      matched++;
    }
  }
  return { numerator, denominator, blocks: matched };
}
