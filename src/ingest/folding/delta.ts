import {
  emptyIncrement,
  fillWhole,
  type IncrementVisitor,
  midpoint,
  type StreamFindings,
  TIME_TOLERANCE_MS,
} from './increment.ts';
import { type LayoutTable, NO_LAYOUT } from './layout-table.ts';
import type { PointRows } from './point-rows.ts';
import type { StreamRun } from './stream-table.ts';

/** Delta points add what they hold; starts tell gaps and overlaps (OpenTelemetry metrics data model, temporality). */
export function foldDelta(
  points: PointRows,
  order: Uint32Array,
  layouts: LayoutTable,
  findings: StreamFindings,
  visit: IncrementVisitor,
): void {
  const increment = emptyIncrement();
  let previousMs = Number.NaN;
  let previousLayout = NO_LAYOUT;
  for (const row of order) {
    const startMs = points.startMs[row]!;
    const layout = points.layout[row]!;
    if (startMs > previousMs + TIME_TOLERANCE_MS) findings.gaps++;
    if (startMs < previousMs - TIME_TOLERANCE_MS || points.timeMs[row] === previousMs) findings.overlaps++;
    if (previousLayout !== NO_LAYOUT && layouts.incomparable(layout, previousLayout)) findings.boundsChanged++;
    fillWhole(increment, points, row);
    increment.atMs = midpoint(startMs, points.timeMs[row]!);
    visit(increment);
    previousMs = points.timeMs[row]!;
    previousLayout = layout;
  }
}

/** Rows of runs add what they hold, in the middle of their block. */
export function foldRuns(
  runs: readonly StreamRun[],
  layouts: LayoutTable,
  findings: StreamFindings,
  visit: IncrementVisitor,
): void {
  const increment = emptyIncrement();
  let previousLayout = NO_LAYOUT;
  for (const { run, layout } of runs) {
    const { blockMs, block, count, sum, offset, first } = run;
    if (previousLayout !== NO_LAYOUT && layouts.incomparable(layout, previousLayout)) findings.boundsChanged++;
    previousLayout = layout;
    increment.layout = layout;
    increment.buckets = run.buckets;
    for (let row = 0; row < block.length; row++) {
      increment.atMs = block[row]! * blockMs + blockMs / 2;
      increment.count = count[row]!;
      increment.sum = sum[row]!;
      increment.offset = offset === null ? 0 : offset[row]!;
      increment.first = first[row]!;
      increment.length = first[row + 1]! - first[row]!;
      visit(increment);
    }
  }
}

/** Every point is a sample of its own instant: gauges, and sums that may fall. */
export function foldSamples(points: PointRows, order: Uint32Array, visit: IncrementVisitor): void {
  const increment = emptyIncrement();
  for (const row of order) {
    fillWhole(increment, points, row);
    increment.atMs = points.timeMs[row]!;
    visit(increment);
  }
}
