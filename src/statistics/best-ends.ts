/** Two points of a series that divide it, and how badly what was fitted with them fits. */
export interface Ends {
  readonly start: number;
  readonly end: number;
  readonly deviance: number;
}

export type DevianceOf = (start: number, end: number) => number;

/** Both ends lie from `first` to `last`, the second at least `apart` points after the first. */
export interface EndsRange {
  readonly first: number;
  readonly last: number;
  readonly apart: number;
}

/** Both ends are tried at this many places, then between the best and its neighbours. */
const PLACES = 96;

/** The pair of ends that fits best; null where the range holds none. */
export function bestEnds({ first, last, apart }: EndsRange, devianceOf: DevianceOf): Ends | null {
  let best: Ends | null = null;
  const search = (starts: readonly [number, number], ends: readonly [number, number], stride: number): void => {
    for (let start = starts[0]; start <= starts[1]; start += stride) {
      for (let end = Math.max(ends[0], start + apart); end <= ends[1]; end += stride) {
        const deviance = devianceOf(start, end);
        if (deviance < (best?.deviance ?? Number.POSITIVE_INFINITY)) best = { start, end, deviance };
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

/** The likelihood ratio at a true change of level exceeds this in 5 % of series (Hansen 2000); at a bend it does so less often. */
export const LIKELY_95 = 7.352;

/** From the first to the last start that, with its best end, fits worse than the best by no more than `reach`, and a point more on both sides. */
export function likelyStarts(
  best: Ends,
  { first, last, apart }: EndsRange,
  reach: number,
  devianceOf: DevianceOf,
): { low: number; high: number } {
  const stride = strideOf(first, last);
  const most = best.deviance + reach;
  const isLikely = (start: number): boolean => {
    if (devianceOf(start, Math.max(best.end, start + apart)) <= most) return true;
    for (let end = start + apart; end <= last; end += stride) if (devianceOf(start, end) <= most) return true;
    return false;
  };
  let [low, high] = [best.start, best.start];
  for (let start = first; start <= last - apart; start++) {
    if ((start >= low && start <= high) || !isLikely(start)) continue;
    low = Math.min(low, start);
    high = Math.max(high, start);
  }
  return { low: low - 1, high: high + 1 };
}

function strideOf(first: number, last: number): number {
  return Math.max(1, Math.ceil((last - first) / PLACES));
}
