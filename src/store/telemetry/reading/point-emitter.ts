import type { TelemetrySink } from '../../../domain/telemetry.ts';
import { BUCKETS } from '../bucket-columns.ts';
import { millisecondsOf, UNKNOWN_HIGH } from '../nanoseconds.ts';
import { EXPONENTIAL_LAYOUT } from '../writing/tables.ts';
import type { BoundsOf } from './layouts.ts';
import type { Block, Column } from './native-blocks.ts';
import type { OpenedStream } from './stream-directory.ts';

const NOTHING: ArrayLike<number> = [];
const TWO_32 = 2 ** 32;

/** Columns of a row that holds a point, in the order of `Place`. */
export const POINT_COLUMNS = `stream, start_ns, time_ns, value, sum, layout, scale, zero_threshold, offset, ${BUCKETS} AS buckets, fractions`;

const PLACE = {
  stream: 0,
  start: 1,
  time: 2,
  value: 3,
  sum: 4,
  layout: 5,
  scale: 6,
  zeroThreshold: 7,
  offset: 8,
  buckets: 9,
  fractions: 10,
} as const;

/** One point at a time out of a block, and the way into a sink. No object per point. */
export class PointEmitter {
  streamLow = 0;
  streamHigh = 0;
  startMs = 0;
  timeMs = 0;
  readonly #sink: TelemetrySink;
  readonly #boundsOf: BoundsOf;
  #columns: readonly Column[] = [];
  #row = 0;
  #counts = new Float64Array(0);
  #buffer = new Float64Array(256);
  #total = 0;
  #layoutLow = 0;
  #layoutHigh = 0;
  #bounds: ArrayLike<number> = NOTHING;
  #boundsLow = 0;
  #boundsHigh = 0;

  constructor(sink: TelemetrySink, boundsOf: BoundsOf) {
    this.#sink = sink;
    this.#boundsOf = boundsOf;
  }

  load({ columns }: Block, row: number): void {
    this.#columns = columns;
    this.#row = row;
    const streams = columns[PLACE.stream]!.words;
    this.streamLow = streams[2 * row]!;
    this.streamHigh = streams[2 * row + 1]!;
    this.startMs = timeAt(columns[PLACE.start]!, row);
    this.timeMs = timeAt(columns[PLACE.time]!, row);
    const layouts = columns[PLACE.layout]!.words;
    this.#layoutLow = layouts[2 * row]!;
    this.#layoutHigh = layouts[2 * row + 1]!;
    this.#loadCounts();
  }

  emit(stream: OpenedStream): void {
    const value = this.#columns[PLACE.value]!.doubles[this.#row]!;
    const sum = this.#columns[PLACE.sum]!.doubles[this.#row]!;
    this.#emitAs(stream, value + this.#total, sum, this.#counts);
  }

  #emitAs({ number, kind }: OpenedStream, count: number, sum: number, counts: Float64Array): void {
    const sink = this.#sink;
    const { startMs, timeMs } = this;
    if (this.#layoutHigh !== 0 || this.#layoutLow > EXPONENTIAL_LAYOUT) {
      sink.histogramPoint(number, startMs, timeMs, count, sum, this.#knownBounds(), counts);
    } else if (this.#layoutLow === EXPONENTIAL_LAYOUT) {
      const scale = (this.#columns[PLACE.scale]!.bytes[this.#row]! << 24) >> 24;
      const zeroThreshold = this.#columns[PLACE.zeroThreshold]!.doubles[this.#row]!;
      const offset = this.#columns[PLACE.offset]!.words[this.#row]! | 0;
      const [zeros, rest] = [counts[0] ?? 0, counts.subarray(1)];
      sink.exponentialPoint(number, startMs, timeMs, count, sum, scale, zeroThreshold, zeros, offset, rest);
    } else if (kind === 'gauge' || kind === 'sum') sink.numberPoint(number, startMs, timeMs, count);
    else if (kind === 'summary') sink.summaryPoint(number, startMs, timeMs, count, sum, NOTHING, NOTHING);
    else sink.histogramPoint(number, startMs, timeMs, count, sum, NOTHING, NOTHING);
  }

  /** The value of a row holds what its whole buckets do not; beside fractions it is the count itself. */
  #loadCounts(): void {
    const row = this.#row;
    const fractions = this.#columns[PLACE.fractions]!;
    const buckets = this.#columns[PLACE.buckets]!;
    this.#total = 0;
    const firstFraction = row === 0 ? 0 : fractions.ends![row - 1]!;
    if (fractions.ends![row]! > firstFraction) {
      this.#counts = fractions.doubles.subarray(firstFraction, fractions.ends![row]!);
      return;
    }
    const first = row === 0 ? 0 : buckets.ends![row - 1]!;
    const length = buckets.ends![row]! - first;
    if (length !== this.#counts.length || this.#counts.buffer !== this.#buffer.buffer) this.#resize(length);
    const { words, width } = buckets;
    const counts = this.#counts;
    let total = 0;
    for (let i = 0; i < length; i++) {
      const at = first + i;
      const count = width === 4 ? words[at]! : words[2 * at]! + words[2 * at + 1]! * TWO_32;
      counts[i] = count;
      total += count;
    }
    this.#total = total;
  }

  #resize(length: number): void {
    if (length > this.#buffer.length) this.#buffer = new Float64Array(2 * length);
    this.#counts = this.#buffer.subarray(0, length);
  }

  #knownBounds(): ArrayLike<number> {
    if (this.#layoutLow !== this.#boundsLow || this.#layoutHigh !== this.#boundsHigh) {
      this.#boundsLow = this.#layoutLow;
      this.#boundsHigh = this.#layoutHigh;
      this.#bounds = this.#boundsOf(this.#layoutLow, this.#layoutHigh);
    }
    return this.#bounds;
  }
}

/** The largest Int64 stands for an unknown time. */
function timeAt({ words }: Column, row: number): number {
  const high = words[2 * row + 1]! | 0;
  return high === UNKNOWN_HIGH ? Number.NaN : millisecondsOf(words[2 * row]!, high);
}
