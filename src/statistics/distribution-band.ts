import { totalCount } from './bucket-distribution.ts';

/** Half width of the band around an empirical distribution function (Dvoretzky–Kiefer–Wolfowitz, Massart 1990). */
export function dkwRadius(n: number, level: number): number {
  return Math.sqrt(Math.log(2 / (1 - level)) / (2 * n));
}

/**
 * Where two bucketed distributions over the same bounds lie furthest apart: second minus first share at or below
 * `bounds[index]`, exact because it is taken at a bound. Index -1 and gap 0 where they are the same or one is empty.
 */
export function largestDistributionGap(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): { index: number; gap: number } {
  const totalFirst = totalCount(first);
  const totalSecond = totalCount(second);
  let index = -1;
  let gap = 0;
  let belowFirst = 0;
  let belowSecond = 0;
  if (!(totalFirst > 0 && totalSecond > 0)) return { index, gap };
  for (let i = 0; i < first.length - 1; i++) {
    belowFirst += first[i]!;
    belowSecond += second[i]!;
    const difference = belowSecond / totalSecond - belowFirst / totalFirst;
    if (Math.abs(difference) > Math.abs(gap)) {
      gap = difference;
      index = i;
    }
  }
  return { index, gap };
}
