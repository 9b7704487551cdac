import { BASELINE, POST } from '../phases.ts';
import { type ArmCounts, countByCluster, type RowRatio, type Sample } from '../sampling/sample.ts';

/** As many quiet stretches as a claim at 5 % by their ranks alone needs: 1/(19 + 1). */
export const FEWEST_STRETCHES = 19;

/** A past that never moved. */
export interface ConstantPast {
  readonly value: number;
  /** Blocks of post with another value. */
  readonly differing: number;
  /** It holds as many stretches like post as ranks need. */
  readonly isLong: boolean;
}

/** Whether a past holds as many stretches like post as ranks need. */
export function isLongPast({ clusters }: Sample): boolean {
  return clusters[BASELINE] >= FEWEST_STRETCHES * clusters[POST];
}

/** Null where the past moved. */
export function constantPast(sample: Sample, level: RowRatio): ConstantPast | null {
  if (!sample.ordered) return null;
  const [baseline, post] = countByCluster(sample, level);
  const first = baseline.denominators.findIndex((denominator) => denominator > 0);
  const value = baseline.numerators[first]! / baseline.denominators[first]!;
  if (differing(baseline, value) > 0) return null;
  return { value, differing: differing(post, value), isLong: isLongPast(sample) };
}

function differing({ numerators, denominators }: ArmCounts, value: number): number {
  let count = 0;
  for (let j = 0; j < numerators.length; j++) {
    if (denominators[j]! > 0 && numerators[j]! / denominators[j]! !== value) count++;
  }
  return count;
}
