import type { LayoutTable } from '../folding/layout-table.ts';
import { PointRows } from '../folding/point-rows.ts';
import { orderRows } from '../folding/row-order.ts';
import type { Stream } from '../folding/stream-table.ts';

/** The numbers of one series in order of time, each instant once, read from front to back. */
export class PartColumn {
  readonly timeMs: Float64Array;
  readonly startMs: Float64Array;
  readonly values: Float64Array;
  #at = 0;

  constructor(timeMs: Float64Array, startMs: Float64Array, values: Float64Array) {
    this.timeMs = timeMs;
    this.startMs = startMs;
    this.values = values;
  }

  /** Moves to the instant, which is not before the one asked for last; answers its row, or -1 where there is none. */
  rowAt(timeMs: number): number {
    const times = this.timeMs;
    while (this.#at < times.length && times[this.#at]! < timeMs) this.#at++;
    return times[this.#at] === timeMs ? this.#at : -1;
  }

  /** Whether a point comes after the instant, which is the one asked for last, and by `untilMs`. */
  comesBy(afterMs: number, untilMs: number): boolean {
    const next = this.timeMs[this.#at] === afterMs ? this.#at + 1 : this.#at;
    return next < this.timeMs.length && this.timeMs[next]! <= untilMs;
  }
}

export const NO_COLUMN = new PartColumn(new Float64Array(0), new Float64Array(0), new Float64Array(0));

/** Decodes the rows of series of numbers; where an instant comes twice, what counted most stands. */
export class ColumnReader {
  readonly #points = new PointRows();
  readonly #layouts: LayoutTable;

  constructor(layouts: LayoutTable) {
    this.#layouts = layouts;
  }

  /** The rows of all series, which are one under several names. */
  read(streams: readonly Stream[]): PartColumn {
    if (streams.length === 0) return NO_COLUMN;
    return streams.map((stream) => this.#readOne(stream)).reduce(joined);
  }

  #readOne(stream: Stream): PartColumn {
    const points = this.#points;
    points.load(stream.points);
    const { rows } = orderRows(points, this.#layouts, 'sample');
    const pick = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]!);
    return new PartColumn(pick(points.timeMs), pick(points.startMs), pick(points.count));
  }
}

function joined(a: PartColumn, b: PartColumn): PartColumn {
  const timeMs = Float64Array.from(new Set([...a.timeMs, ...b.timeMs])).sort();
  const startMs = new Float64Array(timeMs.length);
  const values = new Float64Array(timeMs.length);
  for (let i = 0; i < timeMs.length; i++) {
    const inA = a.rowAt(timeMs[i]!);
    const inB = b.rowAt(timeMs[i]!);
    const isFromA = inA >= 0 && !(inB >= 0 && b.values[inB]! > a.values[inA]!);
    startMs[i] = isFromA ? a.startMs[inA]! : b.startMs[inB]!;
    values[i] = isFromA ? a.values[inA]! : b.values[inB]!;
  }
  return new PartColumn(timeMs, startMs, values);
}
