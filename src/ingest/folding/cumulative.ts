import { Differences } from './differences.ts';
import { type IncrementVisitor, midpoint, type StreamFindings, TIME_TOLERANCE_MS } from './increment.ts';
import type { LayoutTable } from './layout-table.ts';
import type { PointRows } from './point-rows.ts';

/**
 * Cumulative points become differences (OpenTelemetry metrics data model, resets and gaps). An epoch is a run of points
 * with one start; epochs that overlap in time are two processes under one identity and are differenced apart.
 *
 * An epoch's first point holds everything since its start. It counts whole
 * - after a true reset: the start is not before the previous point;
 * - where its interval is no longer than a few of the stream's own intervals: the process has just begun;
 * - where the process exported the metric earlier without this stream: a rare attribute set seen for the first time.
 * Otherwise, and always where its start is unknown or equals its time, it only is what the next one is compared with.
 */
export interface CumulativeContext {
  readonly layouts: LayoutTable;
  /** The stream's usual interval in milliseconds. */
  readonly intervalMs: number;
  /** When the process with this start first exported the metric, in whatever stream. */
  readonly firstExportMs: (startMs: number) => number;
}

const FEW_INTERVALS = 3;
/** More processes than this under one identity are not told apart. */
const MOST_EPOCHS = 16;

interface Epoch {
  readonly startMs: number;
  row: number;
}

export function foldCumulative(
  points: PointRows,
  order: Uint32Array,
  context: CumulativeContext,
  findings: StreamFindings,
  visit: IncrementVisitor,
): void {
  const differences = new Differences(points, context.layouts);
  const epochs: Epoch[] = [];
  let latestMs = Number.NaN;
  for (const row of order) {
    const startMs = points.startMs[row]!;
    const timeMs = points.timeMs[row]!;
    const epoch = epochOf(epochs, startMs, latestMs);
    if (epoch !== undefined) {
      visitNext(epoch.row, row);
      epoch.row = row;
    } else {
      const isReset = epochs.length > 0 && !(startMs < latestMs - TIME_TOLERANCE_MS);
      if (isReset) findings.resets++;
      else if (epochs.length > 0) findings.overlaps++;
      visitFirst(row, isReset);
      epochs.unshift({ startMs, row });
      if (epochs.length > MOST_EPOCHS) epochs.pop();
    }
    latestMs = timeMs;
  }

  function visitFirst(row: number, isReset: boolean): void {
    const startMs = points.startMs[row]!;
    const timeMs = points.timeMs[row]!;
    if (!(startMs < timeMs)) return;
    const isYoung = isReset || timeMs - startMs <= FEW_INTERVALS * context.intervalMs;
    const wasAbsent = context.firstExportMs(startMs) < timeMs - context.intervalMs / 2;
    if (!isYoung && !wasAbsent) return;
    const fromMs = isYoung ? startMs : Math.max(startMs, timeMs - context.intervalMs);
    visit(differences.whole(row, midpoint(fromMs, timeMs)));
  }

  function visitNext(previous: number, row: number): void {
    if (context.layouts.incomparable(points.layout[row]!, points.layout[previous]!)) {
      findings.boundsChanged++;
      return;
    }
    const atMs = midpoint(points.timeMs[previous]!, points.timeMs[row]!);
    const difference = differences.between(previous, row, atMs);
    if (difference === null) findings.resets++;
    visit(difference ?? differences.whole(row, atMs));
  }
}

/**
 * The epoch a point continues. A point without a start, or after one, continues the latest epoch: only falling values
 * can tell a reset there. A point whose start is its own time begins again.
 */
function epochOf(epochs: readonly Epoch[], startMs: number, latestMs: number): Epoch | undefined {
  const latest = epochs[0];
  if (latest === undefined || Number.isNaN(startMs)) return latest;
  const same = epochs.find((epoch) => Math.abs(epoch.startMs - startMs) <= TIME_TOLERANCE_MS);
  if (same !== undefined) return same;
  return Number.isNaN(latest.startMs) && startMs < latestMs - TIME_TOLERANCE_MS ? latest : undefined;
}

/** The median of a stream's intervals, from at most a hundred of them; NaN where it has fewer than two points. */
export function usualIntervalMs(points: PointRows, order: Uint32Array): number {
  const step = Math.max(1, Math.floor((order.length - 1) / 99));
  const gaps: number[] = [];
  for (let i = 1; i < order.length; i += step) {
    gaps.push(points.timeMs[order[i]!]! - points.timeMs[order[i - 1]!]!);
  }
  const sorted = Float64Array.from(gaps).sort();
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
