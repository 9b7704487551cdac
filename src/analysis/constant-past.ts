import { BASELINE, POST } from './phases.ts';
import { type ArmCounts, countByCluster, type RowRatio, type Sample } from './sample.ts';

/** As many quiet stretches as a claim at 5 % by their ranks alone needs: 1/(19 + 1). */
export const FEWEST_STRETCHES = 19;

/** A past long enough to judge by that never moved. */
export interface ConstantPast {
  readonly value: number;
  /** Blocks of post with another value. */
  readonly differing: number;
}

/** Null where the past moved, or is too short. */
export function constantPast(sample: Sample, level: RowRatio): ConstantPast | null {
  const isLong = sample.clusters[BASELINE] >= FEWEST_STRETCHES * sample.clusters[POST];
  if (!sample.ordered || !isLong) return null;
  const [baseline, post] = countByCluster(sample, level);
  const first = baseline.denominators.findIndex((denominator) => denominator > 0);
  const value = baseline.numerators[first]! / baseline.denominators[first]!;
  return differing(baseline, value) === 0 ? { value, differing: differing(post, value) } : null;
}

function differing({ numerators, denominators }: ArmCounts, value: number): number {
  let count = 0;
  for (let j = 0; j < numerators.length; j++) {
    if (denominators[j]! > 0 && numerators[j]! / denominators[j]! !== value) count++;
  }
  return count;
}
