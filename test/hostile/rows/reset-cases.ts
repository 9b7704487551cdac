/** A point of a cumulative counter; the start in minutes, or not known. */
export type ResetPoint = readonly [start: number | 'unknown', minute: number, count: number];

export interface ResetCase {
  readonly name: string;
  readonly points: readonly ResetPoint[];
  /** What was counted in each minute, zeros left out. */
  readonly counted: Readonly<Record<number, number>>;
}

/** Long before the first point. */
const AGO = -10_000;
const TWO: readonly ResetPoint[] = [
  [AGO, 0, 10],
  [AGO, 1, 12],
];

function unknown(...counts: readonly number[]): ResetPoint[] {
  return counts.map((count, minute) => ['unknown', minute, count]);
}

/** By hand, after the OpenTelemetry metrics data model (resets and gaps). */
export const RESET_CASES: readonly ResetCase[] = [
  { name: 'no reset', points: [...TWO, [AGO, 2, 15]], counted: { 0: 2, 1: 3 } },
  { name: 'restart', points: [...TWO, [1.5, 2, 5]], counted: { 0: 2, 1: 5 } },
  { name: 'restart and on', points: [...TWO, [1.5, 2, 5], [1.5, 3, 9]], counted: { 0: 2, 1: 5, 2: 4 } },
  { name: 'restart above the old value', points: [...TWO, [1.5, 2, 50]], counted: { 0: 2, 1: 50 } },
  { name: 'restart to the same value', points: [...TWO, [1.5, 2, 12]], counted: { 0: 2, 1: 12 } },
  { name: 'restart to nothing', points: [...TWO, [1.5, 2, 0]], counted: { 0: 2 } },
  { name: 'restart at the last point', points: [...TWO, [1, 2, 4]], counted: { 0: 2, 1: 4 } },
  { name: 'start unknown, falls', points: unknown(10, 12, 3), counted: { 0: 2, 1: 3 } },
  { name: 'start unknown, falls by one', points: unknown(10, 12, 11), counted: { 0: 2, 1: 11 } },
  { name: 'start unknown, rises', points: unknown(10, 12, 13), counted: { 0: 2, 1: 1 } },
  { name: 'start unknown, to nothing and on', points: unknown(10, 12, 0, 4), counted: { 0: 2, 2: 4 } },
  { name: 'start unknown, stands', points: unknown(10, 10, 10), counted: {} },
  { name: 'start unknown, one point', points: unknown(10), counted: {} },
  { name: 'same start, falls', points: [...TWO, [AGO, 2, 3]], counted: { 0: 2, 1: 3 } },
  { name: 'same start, falls by one', points: [...TWO, [AGO, 2, 11]], counted: { 0: 2, 1: 11 } },
  { name: 'start at its own time', points: [...TWO, [2, 2, 50], [2, 3, 57]], counted: { 0: 2, 2: 7 } },
  { name: 'one point of long ago', points: [[AGO, 0, 10]], counted: {} },
  { name: 'one point of a young process', points: [[0, 1, 7]], counted: { 0: 7 } },
  { name: 'wrap at 2^32', points: unknown(2 ** 32 - 6, 2 ** 32 - 1, 5), counted: { 0: 5, 1: 5 } },
  { name: 'wrap at 2^53', points: unknown(2 ** 53 - 2, 2 ** 53 - 1, 1), counted: { 0: 1, 1: 1 } },
  { name: 'two restarts', points: [...TWO, [1.5, 2, 5], [2.5, 3, 6]], counted: { 0: 2, 1: 5, 2: 6 } },
  {
    name: 'the last word of the old process comes late',
    points: [
      [-500, 0, 1000],
      [0.5, 1, 4],
      [-500, 1.5, 1007],
      [0.5, 2, 6],
    ],
    counted: { 0: 11, 1: 2 },
  },
  { name: 'a gap', points: [TWO[0]!, [AGO, 5, 60]], counted: { 2: 50 } },
  { name: 'the reset comes twice', points: [...TWO, [1.5, 2, 5], [1.5, 2, 5]], counted: { 0: 2, 1: 5 } },
];
