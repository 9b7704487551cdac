import type { ArmCounts } from '../sampling/sample.ts';
import { blockAutocorrelation } from './block-autocorrelation.ts';

/** Residual lag-1 autocorrelation below which blocks are taken to be independent. */
const INDEPENDENT_BELOW = 0.2;
/** Joining stops before an arm has fewer clusters than this: the t multiplier would cost more than it saves. */
const FEWEST_JOINED_CLUSTERS = 6;

export interface JoinedBlocks {
  readonly arms: readonly [ArmCounts, ArmCounts];
  /** Blocks still depend on each other at the longest length tried. */
  readonly isDependent: boolean;
}

/** Neighbouring blocks are joined, two by two, until they no longer depend on each other. */
export function joinBlocks(arms: readonly [ArmCounts, ArmCounts]): JoinedBlocks {
  const fewest = Math.min(arms[0].denominators.length, arms[1].denominators.length);
  let blocks = 1;
  for (;;) {
    const joinedArms = [joined(arms[0], blocks), joined(arms[1], blocks)] as const;
    const { correlation, byChance } = blockAutocorrelation(joinedArms);
    // Of few residuals, chance alone gives more than the threshold: then only a significant correlation counts.
    if (!(correlation > Math.max(INDEPENDENT_BELOW, byChance))) return { arms: joinedArms, isDependent: false };
    if (fewest / (blocks * 2) < FEWEST_JOINED_CLUSTERS) return { arms: joinedArms, isDependent: true };
    blocks *= 2;
  }
}

function joined(counts: ArmCounts, blocks: number): ArmCounts {
  if (blocks === 1) return counts;
  const length = Math.max(1, Math.floor(counts.numerators.length / blocks));
  const numerators = new Float64Array(length);
  const denominators = new Float64Array(length);
  counts.numerators.forEach((y, j) => {
    const cluster = Math.min(length - 1, Math.floor(j / blocks));
    numerators[cluster]! += y;
    denominators[cluster]! += counts.denominators[j]!;
  });
  return { ...counts, numerators, denominators };
}
