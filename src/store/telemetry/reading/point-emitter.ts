import type { TelemetrySink } from '../../../domain/telemetry.ts';
import { EXPONENTIAL_LAYOUT } from '../writing/tables.ts';
import { CountArray } from './count-array.ts';
import type { BoundsOf } from './layouts.ts';
import type { RowReader } from './row-reader.ts';
import type { OpenedStream } from './stream-directory.ts';

const NOTHING: ArrayLike<number> = [];

/** Columns of a row that holds a point, in the order they are read. */
export const POINT_COLUMNS =
  'stream, start_ns, time_ns, value, sum, layout, scale, zero_threshold, offset, buckets, fractions';

/** One point as it was read, in fields that are used again, and the way into a sink. */
export class PointEmitter {
  streamLow = 0;
  streamHigh = 0;
  startMs = 0;
  timeMs = 0;
  readonly #sink: TelemetrySink;
  readonly #boundsOf: BoundsOf;
  readonly #buckets = new CountArray();
  readonly #fractions = new CountArray();
  #value = 0;
  #sum = 0;
  #layoutLow = 0;
  #layoutHigh = 0;
  #scale = 0;
  #zeroThreshold = 0;
  #offset = 0;

  constructor(sink: TelemetrySink, boundsOf: BoundsOf) {
    this.#sink = sink;
    this.#boundsOf = boundsOf;
  }

  read(reader: RowReader): void {
    this.streamLow = reader.uint32();
    this.streamHigh = reader.uint32();
    this.startMs = reader.time();
    this.timeMs = reader.time();
    this.#value = reader.double();
    this.#sum = reader.double();
    this.#layoutLow = reader.uint32();
    this.#layoutHigh = reader.uint32();
    this.#scale = reader.signedByte();
    this.#zeroThreshold = reader.double();
    this.#offset = reader.int32();
    this.#buckets.readCounts(reader);
    this.#fractions.readDoubles(reader);
  }

  emit({ number, kind }: OpenedStream): void {
    const sink = this.#sink;
    const isReserved = this.#layoutHigh === 0;
    if (!isReserved || this.#layoutLow > EXPONENTIAL_LAYOUT) this.#emitHistogram(number);
    else if (this.#layoutLow === EXPONENTIAL_LAYOUT) this.#emitExponential(number);
    else if (kind === 'gauge' || kind === 'sum') sink.numberPoint(number, this.startMs, this.timeMs, this.#value);
    else if (kind === 'summary') {
      sink.summaryPoint(number, this.startMs, this.timeMs, this.#value, this.#sum, NOTHING, NOTHING);
    } else sink.histogramPoint(number, this.startMs, this.timeMs, this.#value, this.#sum, NOTHING, NOTHING);
  }

  /** The point as if it were of another interval. */
  emitAt(stream: OpenedStream, startMs: number, timeMs: number): void {
    this.startMs = startMs;
    this.timeMs = timeMs;
    this.emit(stream);
  }

  /** A point like this one in which nothing was counted. */
  emitEmpty({ number, kind }: OpenedStream, startMs: number, timeMs: number): void {
    const sink = this.#sink;
    const zeros = new Float64Array(this.#counts().length);
    if (kind === 'gauge' || kind === 'sum') sink.numberPoint(number, startMs, timeMs, 0);
    else if (zeros.length === 0) sink.histogramPoint(number, startMs, timeMs, 0, 0, NOTHING, NOTHING);
    else if (this.#layoutHigh === 0 && this.#layoutLow === EXPONENTIAL_LAYOUT) {
      const counts = zeros.subarray(1);
      sink.exponentialPoint(number, startMs, timeMs, 0, 0, this.#scale, this.#zeroThreshold, 0, this.#offset, counts);
    } else sink.histogramPoint(number, startMs, timeMs, 0, 0, this.#boundsOf(this.#layoutLow, this.#layoutHigh), zeros);
  }

  #emitHistogram(number: number): void {
    const counts = this.#counts();
    const bounds = this.#boundsOf(this.#layoutLow, this.#layoutHigh);
    this.#sink.histogramPoint(number, this.startMs, this.timeMs, this.#count(), this.#sum, bounds, counts);
  }

  #emitExponential(number: number): void {
    const counts = this.#counts();
    this.#sink.exponentialPoint(
      number,
      this.startMs,
      this.timeMs,
      this.#count(),
      this.#sum,
      this.#scale,
      this.#zeroThreshold,
      counts[0] ?? 0,
      this.#offset,
      counts.subarray(1),
    );
  }

  #counts(): Float64Array {
    return this.#fractions.values.length > 0 ? this.#fractions.values : this.#buckets.values;
  }

  /** The value holds what whole buckets do not; beside fractions it is the count itself. */
  #count(): number {
    if (this.#fractions.values.length > 0) return this.#value;
    let total = this.#value;
    for (const count of this.#buckets.values) total += count;
    return total;
  }
}
