import type { Season } from '../seasons.ts';
import type { BaselineBlocks, Reference, Sums } from './reference.ts';

/** The same hours of every earlier day, or of the same weekday in every earlier week. */
export function sameHours({ name, periodBlocks, phaseOf }: Season): Reference {
  const matched: Reference = {
    periodBlocks,
    followsLevel: false,
    levelFactor: () => 1,
    note: `compared with the same hours of every earlier ${name}, which predict the past's own quiet windows best`,
    sumsFor(baseline) {
      const byPhase = groupByPhase(baseline, phaseOf);
      return (from, to) => matchedSums(baseline, byPhase, phaseOf, from, to);
    },
    serving(_baseline, postBlocks) {
      const phases = new Set<number>();
      for (let j = 0; j < postBlocks.length; j++) phases.add(phaseOf(postBlocks[j]!));
      return (block) => phases.has(phaseOf(block));
    },
    from: () => matched,
  };
  return matched;
}

/** Positions of the blocks that share a phase of the season. */
function groupByPhase({ blocks }: BaselineBlocks, phaseOf: Season['phaseOf']): Map<number, number[]> {
  const byPhase = new Map<number, number[]>();
  for (let j = 0; j < blocks.length; j++) {
    const phase = phaseOf(blocks[j]!);
    const positions = byPhase.get(phase);
    if (positions) positions.push(j);
    else byPhase.set(phase, [j]);
  }
  return byPhase;
}

function matchedSums(
  { blocks, counts }: BaselineBlocks,
  byPhase: ReadonlyMap<number, readonly number[]>,
  phaseOf: Season['phaseOf'],
  from: number,
  to: number,
): Sums {
  let numerator = 0;
  let denominator = 0;
  let matched = 0;
  for (let j = from; j < to; j++) {
    for (const other of byPhase.get(phaseOf(blocks[j]!)) ?? []) {
      if (other >= from && other < to) continue;
      numerator += counts.numerators[other]!;
      denominator += counts.denominators[other]!;
      matched++;
    }
  }
  return { numerator, denominator, blocks: matched };
}
