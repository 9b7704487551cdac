import type { Counts } from '../../domain/cells.ts';
import { NO_LAYOUT } from './layout-table.ts';
import type { PointRows } from './point-rows.ts';

/**
 * What one point adds: observations of an interval, seen at one instant. The folds hand out one instance again and
 * again; whoever keeps it copies it. Buckets are `buckets[first .. first + length)`.
 */
export interface Increment {
  /** The middle of the interval, which decides the block. */
  atMs: number;
  count: number;
  /** NaN: unknown. */
  sum: number;
  layout: number;
  offset: number;
  buckets: Counts;
  first: number;
  length: number;
}

export type IncrementVisitor = (increment: Readonly<Increment>) => void;

/** What a fold noticed in one stream, in numbers of points. */
export interface StreamFindings {
  duplicates: number;
  resets: number;
  gaps: number;
  overlaps: number;
  boundsChanged: number;
}

export function noFindings(): StreamFindings {
  return { duplicates: 0, resets: 0, gaps: 0, overlaps: 0, boundsChanged: 0 };
}

export function emptyIncrement(): Increment {
  return { atMs: 0, count: 0, sum: 0, layout: NO_LAYOUT, offset: 0, buckets: new Float64Array(0), first: 0, length: 0 };
}

/** Times are milliseconds in doubles: two encodings of one instant differ by less. */
export const TIME_TOLERANCE_MS = 1;

/** Keeps a point without a start inside the interval that ends at its time. */
const INSTANT_MS = 0.001;

/** Points at their time's block would count the interval that ends at a block's edge to the next block. */
export function midpoint(startMs: number, timeMs: number): number {
  return startMs < timeMs ? startMs + (timeMs - startMs) / 2 : timeMs - INSTANT_MS;
}

/** Everything a row holds, as it stands. */
export function fillWhole(increment: Increment, points: PointRows, row: number): void {
  increment.count = points.count[row]!;
  increment.sum = points.sum[row]!;
  increment.layout = points.layout[row]!;
  increment.offset = points.offset[row]!;
  increment.buckets = points.buckets;
  increment.first = points.first[row]!;
  increment.length = points.length[row]!;
}
