import { type LayoutTable, NO_LAYOUT } from './layout-table.ts';
import type { PointRows } from './point-rows.ts';

/** Rows of a stream in time order, each instant once. */
export interface RowOrder {
  readonly rows: Uint32Array;
  readonly duplicates: number;
}

/** What the rows of a stream are: it decides which of one instant are a repetition. */
export type RowKind = 'sample' | 'cumulative' | 'delta';

/**
 * Orders the rows by time and drops what came twice. Two rows of one instant are two processes under one identity, not a
 * repetition, and both stay: cumulative ones with different known starts, delta ones with different content.
 */
export function orderRows(points: PointRows, layouts: LayoutTable, kind: RowKind): RowOrder {
  const order = new Uint32Array(points.rows);
  let rising = true;
  for (let row = 0; row < points.rows; row++) {
    order[row] = row;
    if (row > 0 && !(points.timeMs[row]! > points.timeMs[row - 1]!)) rising = false;
  }
  if (rising) return { rows: order, duplicates: 0 };
  order.sort((a, b) => compareRows(points, layouts, a, b, kind));
  let kept = 0;
  for (const row of order) {
    if (kept > 0 && isRepetition(points, layouts, order[kept - 1]!, row, kind)) continue;
    order[kept++] = row;
  }
  return { rows: order.subarray(0, kept), duplicates: points.rows - kept };
}

function isRepetition(points: PointRows, layouts: LayoutTable, a: number, b: number, kind: RowKind): boolean {
  if (points.timeMs[a] !== points.timeMs[b]) return false;
  if (kind === 'delta') return compareRows(points, layouts, a, b, kind) === 0;
  return kind === 'sample' || compareNumbers(points.startMs[a]!, points.startMs[b]!) === 0;
}

/** By time; of one instant the row that counted most comes first, whatever order the rows came in. */
function compareRows(points: PointRows, layouts: LayoutTable, a: number, b: number, kind: RowKind): number {
  const byTime = points.timeMs[a]! - points.timeMs[b]!;
  if (byTime !== 0) return byTime;
  const byStart = compareNumbers(points.startMs[a]!, points.startMs[b]!);
  if (kind === 'cumulative' && byStart !== 0) return byStart;
  return compareNumbers(points.count[b]!, points.count[a]!) || byStart || compareContent(points, layouts, a, b);
}

function compareContent(points: PointRows, layouts: LayoutTable, a: number, b: number): number {
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
  return compareLayouts(layouts, points.layout[a]!, points.layout[b]!);
}

/** By content: the numbers of layouts depend on the order in which points came. */
function compareLayouts(layouts: LayoutTable, a: number, b: number): number {
  if (a === b) return 0;
  if (a === NO_LAYOUT || b === NO_LAYOUT) return a - b;
  const left = spelled(layouts, a);
  const right = spelled(layouts, b);
  return left < right ? -1 : Number(left > right);
}

function spelled(layouts: LayoutTable, id: number): string {
  const layout = layouts.get(id);
  return layout.kind === 'explicit' ? layout.bounds.join() : `${layout.scale},${layout.zeroThreshold}`;
}

/** NaN comes last. */
function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  if (Number.isNaN(b)) return -1;
  return a - b;
}
