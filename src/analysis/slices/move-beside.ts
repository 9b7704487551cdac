import { mantelHaenszelDifference, type StratifiedDifference } from '../../statistics/mantel-haenszel.ts';
import { studentCdf, studentQuantile } from '../../statistics/student.ts';
import { BASELINE, POST } from '../phases.ts';
import type { Tally } from './tally.ts';

/** Neighbouring blocks depend on each other: what varies is judged between so many stretches of a window. */
const STRETCHES = 10;
const FEWEST_STRETCHES = 4;

/** By how much more than the rest something got worse, with what that is worth. */
export interface MoveBeside {
  /** On the scale of the response, positive to the worse. */
  readonly move: number;
  readonly variance: number;
  readonly degrees: number;
  /** Two-sided chance that it moved as the rest did. */
  readonly p: number;
  readonly isWorse: boolean;
}

/**
 * How classes of traffic moved beside others (the rest of it where none are named): Mantel–Haenszel difference in the same
 * blocks, post less baseline. Null where they did not run beside each other in both windows.
 */
export function moveBeside(
  tally: Tally,
  own: number,
  worse: 1 | -1,
  others: readonly number[] = Array.from({ length: tally.classes }, (_, one) => one).filter((one) => one !== own),
): MoveBeside | null {
  const [before, after] = [differenceIn(tally, own, others, BASELINE), differenceIn(tally, own, others, POST)];
  if (Math.min(before.degreesOfFreedom, after.degreesOfFreedom) < FEWEST_STRETCHES - 1) return null;
  return asMove(worse * (after.difference - before.difference), [before, after]);
}

/** What one move has beyond another, the two taken for independent. */
export function moveBeyond(one: MoveBeside, other: MoveBeside): MoveBeside | null {
  return asMove(
    one.move - other.move,
    [one, other].map(({ variance, degrees }) => ({ variance, degreesOfFreedom: degrees })),
  );
}

/** The smallest move that a two-sided test at level `alpha` would have shown four times in five. */
export function smallestVisible({ variance, degrees }: MoveBeside, alpha: number): number {
  const reach = studentQuantile(1 - alpha / 2, degrees) + studentQuantile(POWER, degrees);
  return reach * Math.sqrt(variance);
}

const POWER = 0.8;

function asMove(
  move: number,
  parts: readonly { readonly variance: number; readonly degreesOfFreedom: number }[],
): MoveBeside | null {
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  if (!(variance > 0)) return null;
  const degrees = variance ** 2 / parts.reduce((sum, part) => sum + part.variance ** 2 / part.degreesOfFreedom, 0);
  const p = 2 * studentCdf(-Math.abs(move) / Math.sqrt(variance), degrees);
  return { move, variance, degrees, p, isWorse: move > 0 };
}

function differenceIn({ blocks }: Tally, own: number, others: readonly number[], arm: 0 | 1): StratifiedDifference {
  const inArm = blocks.filter((block) => block.arm === arm).map(({ sums }) => sums);
  const rest = (column: Float64Array): number => others.reduce((sum, one) => sum + column[one]!, 0);
  return mantelHaenszelDifference({
    exposedEvents: inArm.map(({ numerators }) => numerators[own]!),
    exposedTotals: inArm.map(({ denominators }) => denominators[own]!),
    controlEvents: inArm.map(({ numerators }) => rest(numerators)),
    controlTotals: inArm.map(({ denominators }) => rest(denominators)),
    cluster: inArm.map((_, i) => Math.floor((i * STRETCHES) / inArm.length)),
  });
}
