import type { Better } from '../../domain/upgrade.ts';
import type { ResponseMargins } from './placebo.ts';
import type { BaselineBlocks } from './references/reference.ts';

/** A record that never moved until it broke, and stayed broken to the end. */
export interface BrokenRecord {
  /** Chance that of all blocks exactly the last ones differ. */
  readonly p: number;
  readonly value: number;
  readonly seen: number;
  /** Blocks at the end that differ, and blocks before them that all had one value. */
  readonly differing: number;
  readonly steady: number;
}

/** One block of another value is a blip. */
const FEWEST_DIFFERING = 2;

/**
 * What never moved has no variance to compare with; blocks are counted instead. That the d blocks that differ are exactly the
 * last d of n has chance 1/C(n, d), given that d differ (Fisher's exact test). Null where fewer than two differ: then no
 * order of the blocks would show anything, and what cannot be discovered costs no others their discovery (Tarone 1990).
 */
export function brokenRecord(
  past: BaselineBlocks,
  post: BaselineBlocks,
  better: Better,
  margins: ResponseMargins,
): BrokenRecord | null {
  const before = steadyRecord(past);
  if (before === null) return null;
  const { value } = before;
  const after = knownValues(post);
  const differing = after.filter((one) => one !== value).length;
  if (differing < FEWEST_DIFFERING) return null;
  const tail = after.slice(-differing);
  const seen = tail.reduce((sum, one) => sum + one, 0) / differing;
  const beyond = better === 'lower' ? seen - value > margins.rise : value - seen > margins.fall;
  const isTail = tail.every((one) => (better === 'lower' ? one > value : one < value));
  const n = before.blocks + after.length;
  return { p: isTail && beyond ? 1 / choose(n, differing) : 1, value, seen, differing, steady: n - differing };
}

/** The one value of a past that never moved, and of how many blocks; null where it moved. */
function steadyRecord({
  counts: { numerators, denominators },
}: BaselineBlocks): { value: number; blocks: number } | null {
  let [value, blocks] = [Number.NaN, 0];
  for (let j = 0; j < numerators.length; j++) {
    if (!(denominators[j]! > 0)) continue;
    const one = numerators[j]! / denominators[j]!;
    if (blocks > 0 && one !== value) return null;
    value = one;
    blocks++;
  }
  return blocks === 0 ? null : { value, blocks };
}

function knownValues({ counts: { numerators, denominators } }: BaselineBlocks): number[] {
  return [...numerators].map((one, j) => one / denominators[j]!).filter(Number.isFinite);
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 0; i < k; i++) ways *= (n - i) / (k - i);
  return ways;
}
