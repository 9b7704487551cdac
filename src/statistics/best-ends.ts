import { LIKELY_95 } from './level-departure.ts';

/** Two points of a series that divide it, and the squares around what was fitted with them. */
export interface Ends {
  readonly start: number;
  readonly end: number;
  readonly squares: number;
}

export type SquaresOf = (start: number, end: number) => number;

/** Both ends lie from `first` to `last`, the second at least `apart` points after the first. */
export interface EndsRange {
  readonly first: number;
  readonly last: number;
  readonly apart: number;
}

/** Both ends are tried at this many places, then between the best and its neighbours. */
const PLACES = 96;

/** The pair of ends with the least squares; null where the range holds none. */
export function bestEnds({ first, last, apart }: EndsRange, squaresOf: SquaresOf): Ends | null {
  let best: Ends | null = null;
  const search = (starts: readonly [number, number], ends: readonly [number, number], stride: number): void => {
    for (let start = starts[0]; start <= starts[1]; start += stride) {
      for (let end = Math.max(ends[0], start + apart); end <= ends[1]; end += stride) {
        const squares = squaresOf(start, end);
        if (squares < (best?.squares ?? Number.POSITIVE_INFINITY)) best = { start, end, squares };
      }
    }
  };
  const stride = strideOf(first, last);
  search([first, last], [first, last], stride);
  const coarse = best as Ends | null;
  if (coarse === null || stride === 1) return coarse;
  const around = (place: number): [number, number] => [Math.max(first, place - stride), Math.min(last, place + stride)];
  search(around(coarse.start), around(coarse.end), 1);
  return best;
}

/**
 * Starts, each with its best end, whose likelihood ratio to the best is one that a true start exceeds in 5 % of series, and a
 * point more on both sides. `noise` is the variance of a point.
 */
export function likelyStarts(
  best: Ends,
  { first, last, apart }: EndsRange,
  noise: number,
  squaresOf: SquaresOf,
): { low: number; high: number } {
  const stride = strideOf(first, last);
  const most = best.squares + LIKELY_95 * noise;
  const isLikely = (start: number): boolean => {
    if (squaresOf(start, Math.max(best.end, start + apart)) <= most) return true;
    for (let end = start + apart; end <= last; end += stride) if (squaresOf(start, end) <= most) return true;
    return false;
  };
  let [low, high] = [best.start, best.start];
  while (low > first && isLikely(low - 1)) low--;
  while (high < last - apart && isLikely(high + 1)) high++;
  return { low: low - 1, high: high + 1 };
}

function strideOf(first: number, last: number): number {
  return Math.max(1, Math.ceil((last - first) / PLACES));
}
