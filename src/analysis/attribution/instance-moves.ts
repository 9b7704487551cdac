import { cusumOnset } from '../../statistics/onset.ts';
import type { Arrivals } from './arrivals.ts';
import type { ExposureCells } from './exposure-cells.ts';

/** An instance that the change came to, by block. */
export interface InstanceMove {
  readonly arrival: number;
  /** Response by block, from the first block of the cells on; NaN where it is not compared. */
  readonly values: Float64Array;
  readonly weights: Float64Array;
  /** When its level changed, and by how much; null where it did not clearly. */
  readonly onset: { readonly at: number; readonly low: number; readonly high: number; readonly change: number } | null;
}

export interface InstanceMoves {
  /** Block of entry 0. */
  readonly first: number;
  readonly moves: readonly InstanceMove[];
}

const LEVEL = 0.05;

/** The response of each instance that the change came to, with a date of its own. */
export function instanceMoves(
  { rate, requests, block, host, hostNames }: ExposureCells,
  arrivals: Arrivals,
): InstanceMoves {
  const first = block.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
  const length = block.reduce((most, one) => Math.max(most, one - first + 1), 0);
  const sums = hostNames.map(() => new Float64Array(length));
  const weights = hostNames.map(() => new Float64Array(length));
  block.forEach((one, row) => {
    sums[host[row]!]![one - first]! += rate[row]! * requests[row]!;
    weights[host[row]!]![one - first]! += requests[row]!;
  });
  const moves = hostNames.flatMap((name, number): InstanceMove[] => {
    const arrival = arrivals.first.get(name);
    if (arrival === undefined) return [];
    const values = sums[number]!.map((sum, one) => sum / weights[number]![one]!);
    return [{ arrival, values, weights: weights[number]!, onset: onsetOf(values, weights[number]!, first) }];
  });
  return { first, moves };
}

function onsetOf(values: Float64Array, weights: Float64Array, first: number): InstanceMove['onset'] {
  const onset = cusumOnset(values, weights);
  if (onset === null || onset.p >= LEVEL) return null;
  const { index, low, high, before, after } = onset;
  return { at: first + index, low: first + low, high: first + high, change: after - before };
}
