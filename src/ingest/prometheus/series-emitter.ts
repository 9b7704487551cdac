import type { TelemetrySink } from '../../domain/telemetry.ts';
import { type LayoutTable, NO_LAYOUT } from '../folding/layout-table.ts';
import { PointRows } from '../folding/point-rows.ts';
import { orderRows } from '../folding/row-order.ts';
import type { Stream } from '../folding/stream-table.ts';
import type { AttributeNames } from './attribute-names.ts';
import type { Target } from './metric-names.ts';
import type { StreamOpener } from './stream-opener.ts';

/** Hands the points of a series to the sink as they are, under every name the series is read by. */
export class SeriesEmitter {
  readonly #sink: TelemetrySink;
  readonly #layouts: LayoutTable;
  readonly #opener: StreamOpener;
  readonly #names: AttributeNames;
  readonly #points = new PointRows();

  constructor(sink: TelemetrySink, layouts: LayoutTable, opener: StreamOpener, names: AttributeNames) {
    this.#sink = sink;
    this.#layouts = layouts;
    this.#opener = opener;
    this.#names = names;
  }

  emit(stream: Stream, targets: readonly Target[]): void {
    if (targets.length === 0) return;
    const { identity } = stream;
    const { resource, attributes } = this.#names.split(identity.attributes);
    this.#points.load(stream.points);
    const { rows } = orderRows(
      this.#points,
      this.#layouts,
      identity.temporality === 'cumulative' ? 'cumulative' : 'delta',
    );
    for (const { metric, unit } of targets) {
      const output = this.#opener.open(
        { ...identity, metric, unit: unit === '' ? identity.unit : unit, attributes },
        resource,
      );
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!;
        const number = output.streamAt(this.#points.startMs[row]!, this.#points.timeMs[row]!);
        if (output.isCarried) this.#hand(number, output.carriedMs, rows[i - 1]!);
        this.#hand(number, output.startMs, row);
      }
    }
  }

  #hand(stream: number, start: number, row: number): void {
    const { timeMs, count, sum, layout, offset, first, length, buckets } = this.#points;
    const time = timeMs[row]!;
    const from = first[row]!;
    const counts = buckets.subarray(from, from + length[row]!);
    if (layout[row] === NO_LAYOUT) {
      this.#sink.numberPoint(stream, start, time, count[row]!);
      return;
    }
    const shape = this.#layouts.get(layout[row]!);
    if (shape.kind === 'explicit') {
      this.#sink.histogramPoint(stream, start, time, count[row]!, sum[row]!, shape.bounds, counts);
      return;
    }
    this.#sink.exponentialPoint(
      stream,
      start,
      time,
      count[row]!,
      sum[row]!,
      shape.scale,
      shape.zeroThreshold,
      counts[0]!,
      offset[row]!,
      counts.subarray(1),
    );
  }
}
