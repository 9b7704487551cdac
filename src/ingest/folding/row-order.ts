import type { PointRows } from './point-rows.ts';

/** Rows of a stream in time order, each instant once. */
export interface RowOrder {
  readonly rows: Uint32Array;
  readonly duplicates: number;
}

/**
 * Orders the rows by time and drops what came twice. Two cumulative rows of one instant with different known starts are
 * two processes under one identity, not a repetition: both stay.
 */
export function orderRows(points: PointRows, cumulative: boolean): RowOrder {
  const order = new Uint32Array(points.rows);
  let rising = true;
  for (let row = 0; row < points.rows; row++) {
    order[row] = row;
    if (row > 0 && !(points.timeMs[row]! > points.timeMs[row - 1]!)) rising = false;
  }
  if (rising) return { rows: order, duplicates: 0 };
  order.sort((a, b) => compareRows(points, a, b, cumulative));
  let kept = 0;
  for (const row of order) {
    if (kept > 0 && isRepetition(points, order[kept - 1]!, row, cumulative)) continue;
    order[kept++] = row;
  }
  return { rows: order.subarray(0, kept), duplicates: points.rows - kept };
}

function isRepetition(points: PointRows, a: number, b: number, cumulative: boolean): boolean {
  if (points.timeMs[a] !== points.timeMs[b]) return false;
  return !cumulative || compareNumbers(points.startMs[a]!, points.startMs[b]!) === 0;
}

/** By time; of one instant the row that counted most comes first, whatever order the rows came in. */
function compareRows(points: PointRows, a: number, b: number, cumulative: boolean): number {
  const byTime = points.timeMs[a]! - points.timeMs[b]!;
  if (byTime !== 0) return byTime;
  const byStart = compareNumbers(points.startMs[a]!, points.startMs[b]!);
  if (cumulative && byStart !== 0) return byStart;
  return compareNumbers(points.count[b]!, points.count[a]!) || byStart || compareContent(points, a, b);
}

function compareContent(points: PointRows, a: number, b: number): number {
  const bySum = compareNumbers(points.sum[b]!, points.sum[a]!);
  if (bySum !== 0) return bySum;
  const byLength = points.length[b]! - points.length[a]!;
  if (byLength !== 0) return byLength;
  const byOffset = points.offset[a]! - points.offset[b]!;
  if (byOffset !== 0) return byOffset;
  for (let i = 0; i < points.length[a]!; i++) {
    const byBucket = points.buckets[points.first[b]! + i]! - points.buckets[points.first[a]! + i]!;
    if (byBucket !== 0) return byBucket;
  }
  return 0;
}

/** NaN comes last. */
function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  if (Number.isNaN(b)) return -1;
  return a - b;
}
