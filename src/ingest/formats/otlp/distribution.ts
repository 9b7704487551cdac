import { MOST_NUMBERS, type NumberList } from '../bytes/number-list.ts';
import type { RecordReport } from './record-report.ts';

/** The sum of a distribution for the sink. One that is not finite is left out alone: the buckets beside it still count. */
export function usableSum(report: RecordReport, sum: number, present: boolean): number {
  if (present && !Number.isFinite(sum)) report.reject('partly-not-finite', `sum is ${sum}`);
  return Number.isFinite(sum) ? sum : Number.NaN;
}

/** Adds up counts; NaN if one of them is below zero. */
export function totalCount(counts: Float64Array): number {
  let total = 0;
  let least = 0;
  for (let index = 0; index < counts.length; index++) {
    const count = counts[index]!;
    total += count;
    if (count < least) least = count;
  }
  return least < 0 ? Number.NaN : total;
}

/** Why a list is not used; null where it is. */
export function lengthProblem(list: NumberList, name: string): string | null {
  return list.tooLong ? `${list.length} ${name}; at most ${MOST_NUMBERS} are read` : null;
}
