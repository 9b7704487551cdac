import type { ArmCounts } from '../../sampling/sample.ts';

/** Counts of the baseline by block, in time order. */
export interface BaselineBlocks {
  readonly blocks: Int32Array;
  readonly counts: ArmCounts;
}

/** Numerator and denominator over some blocks. */
export interface Sums {
  readonly numerator: number;
  readonly denominator: number;
  readonly blocks: number;
}

/** A part of the past that a window can be compared with. */
export interface Reference {
  /** Blocks after which the day or week repeats, where the hours were matched. */
  readonly periodBlocks: number | null;
  /** Said in the report; null where it goes without saying. */
  readonly note: string | null;
  /** The reference's level is scaled: only indicators that are ratios themselves can follow. */
  readonly followsLevel: boolean;
  /** By how much the reference is scaled for the post window. */
  levelFactor(baseline: BaselineBlocks): number;
  /** What a placebo window, positions `from` to `to` of the baseline, is compared with. */
  sumsFor(baseline: BaselineBlocks): (from: number, to: number) => Sums;
  /** Which blocks of the baseline serve as reference for post, given the blocks of post. */
  serving(baseline: BaselineBlocks, postBlocks: ArrayLike<number>): (block: number) => boolean;
  /** The same part of the past, for a window that lies so many blocks farther from it than post. */
  from(farther: number): Reference;
}

export function sumsBetween({ counts }: BaselineBlocks, from: number, to: number): Sums {
  let numerator = 0;
  let denominator = 0;
  for (let j = from; j < to; j++) {
    numerator += counts.numerators[j]!;
    denominator += counts.denominators[j]!;
  }
  return { numerator, denominator, blocks: to - from };
}
