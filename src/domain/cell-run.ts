import type { BucketLayout, Counts } from './cells.ts';
import type { TelemetrySink } from './telemetry.ts';

/**
 * What one stream added, block after block, by column: row r is a delta point that spans the block `block[r]` and has the
 * bucket counts `buckets[first[r] .. first[r + 1])`, the zero bucket first where they are exponential. Blocks never fall; one
 * that comes twice has two bucket layouts. The columns are not written again: a sink may keep them.
 */
export interface CellRun {
  readonly blockMs: number;
  /** Index since the epoch, in units of the length of a block. */
  readonly block: Int32Array;
  /** What a number stream added, or how many observations a histogram. */
  readonly count: Float64Array;
  readonly isNumber: boolean;
  readonly sum: Float64Array;
  /** Null: without buckets. */
  readonly layout: BucketLayout | null;
  /** Index of the first positive bucket, of exponential rows; null: 0 in all. */
  readonly offset: Int32Array | null;
  readonly first: Uint32Array;
  readonly buckets: Counts;
}

/** Takes runs as they are. A sink that does not gets a point for each row. */
export interface CellSink extends TelemetrySink {
  cellRun(stream: number, run: CellRun): void;
}

type PointSink = Pick<TelemetrySink, 'numberPoint' | 'histogramPoint' | 'exponentialPoint'>;

/** Of a second cell in a block: it begins at an unknown time and ends soon after the block begins. */
const SECOND_CELL_MS = 0.5;
const NOTHING: ArrayLike<number> = [];

/**
 * Hands the rows of runs to a sink as points. Nothing was added between two cells of a stream: an empty point says so, for a
 * delta stream with a hole would be one that lost points.
 */
export function runsAsPoints(sink: PointSink): CellSink['cellRun'] {
  const ends = new Map<number, number>();
  return (stream, run) => {
    const { blockMs, block, first } = run;
    let endMs = ends.get(stream) ?? Number.NaN;
    for (let row = 0; row < block.length; row++) {
      const startMs = block[row]! * blockMs;
      const buckets = run.buckets.subarray(first[row]!, first[row + 1]!);
      const emit = (fromMs: number, toMs: number): void => {
        emitRow(sink, stream, run, row, fromMs, toMs, run.count[row]!, run.sum[row]!, buckets);
      };
      if (startMs < endMs) {
        emit(Number.NaN, startMs + SECOND_CELL_MS);
        continue;
      }
      if (startMs > endMs) emitRow(sink, stream, run, row, endMs, startMs, 0, 0, new Float64Array(buckets.length));
      endMs = startMs + blockMs;
      emit(startMs, endMs);
    }
    ends.set(stream, endMs);
  };
}

function emitRow(
  sink: PointSink,
  stream: number,
  { layout, offset, isNumber }: CellRun,
  row: number,
  startMs: number,
  timeMs: number,
  count: number,
  sum: number,
  buckets: Counts,
): void {
  if (isNumber) sink.numberPoint(stream, startMs, timeMs, count);
  else if (layout === null) sink.histogramPoint(stream, startMs, timeMs, count, sum, NOTHING, NOTHING);
  else if (layout.kind === 'explicit') {
    sink.histogramPoint(stream, startMs, timeMs, count, sum, layout.bounds, buckets);
  } else {
    const { scale, zeroThreshold } = layout;
    const rest = buckets.subarray(1);
    sink.exponentialPoint(
      stream,
      startMs,
      timeMs,
      count,
      sum,
      scale,
      zeroThreshold,
      buckets[0] ?? 0,
      offset?.[row] ?? 0,
      rest,
    );
  }
}
