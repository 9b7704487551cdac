import { mantelHaenszelDifference, type StratifiedDifference } from '../../statistics/mantel-haenszel.ts';
import { studentCdf } from '../../statistics/student.ts';
import { BASELINE, POST } from '../phases.ts';
import type { Tally } from './tally.ts';

/** Neighbouring blocks depend on each other: what varies is judged between so many stretches of a window. */
const STRETCHES = 10;
const FEWEST_STRETCHES = 4;

export interface MoveBeside {
  readonly p: number;
  readonly isWorse: boolean;
}

/**
 * Two-sided chance that a value moved as the rest did, and whether it moved to the worse of it: Mantel–Haenszel difference of
 * value and rest in the same blocks, post less baseline. Null where they did not run beside each other in both windows.
 */
export function moveBeside(tally: Tally, value: number, worse: 1 | -1): MoveBeside | null {
  const [before, after] = [differenceIn(tally, value, BASELINE), differenceIn(tally, value, POST)];
  if (Math.min(before.degreesOfFreedom, after.degreesOfFreedom) < FEWEST_STRETCHES - 1) return null;
  const variance = before.variance + after.variance;
  if (!(variance > 0)) return null;
  const degrees =
    variance ** 2 / (before.variance ** 2 / before.degreesOfFreedom + after.variance ** 2 / after.degreesOfFreedom);
  const move = worse * (after.difference - before.difference);
  return { p: 2 * studentCdf(-Math.abs(move) / Math.sqrt(variance), degrees), isWorse: move > 0 };
}

function differenceIn({ blocks }: Tally, value: number, arm: 0 | 1): StratifiedDifference {
  const own = blocks.filter((block) => block.arm === arm).map(({ sums }) => sums);
  const rest = (column: Float64Array): number => column.reduce((sum, one) => sum + one, 0) - column[value]!;
  return mantelHaenszelDifference({
    exposedEvents: own.map(({ numerators }) => numerators[value]!),
    exposedTotals: own.map(({ denominators }) => denominators[value]!),
    controlEvents: own.map(({ numerators }) => rest(numerators)),
    controlTotals: own.map(({ denominators }) => rest(denominators)),
    cluster: own.map((_, i) => Math.floor((i * STRETCHES) / own.length)),
  });
}
