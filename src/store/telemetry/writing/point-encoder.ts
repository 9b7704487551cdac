import type { QualityCode } from '../../../domain/quality.ts';
import { isCount } from '../../../domain/telemetry.ts';
import type { TelemetryLimits } from '../limits.ts';
import { LARGEST_MS, Nanoseconds, UNKNOWN_HIGH, UNKNOWN_LOW } from '../nanoseconds.ts';
import { halved } from './halved-buckets.ts';
import type { Layout, LayoutBook } from './layout-book.ts';
import type { RowBuffer } from './row-buffer.ts';
import type { StreamEntry } from './stream-registry.ts';
import { EXPONENTIAL_LAYOUT, NO_LAYOUT } from './tables.ts';

const NO_BUCKETS: ArrayLike<number> = [];
/** A bucket index has to fit an Int32 column. */
const LARGEST_OFFSET = 2 ** 30;
/** Everything of a row but its tenant and its buckets. */
const FIXED_BYTES = 96;

/** Encodes points of checked content into rows of the table `points`; answers why one cannot be stored, or null. */
export class PointEncoder {
  readonly #tenant: Uint8Array;
  readonly #limits: TelemetryLimits;
  readonly #rows: RowBuffer;
  readonly #layouts: LayoutBook;
  readonly #start = new Nanoseconds();
  readonly #time = new Nanoseconds();

  constructor(tenant: string, limits: TelemetryLimits, rows: RowBuffer, layouts: LayoutBook) {
    this.#tenant = new TextEncoder().encode(tenant);
    this.#limits = limits;
    this.#rows = rows;
    this.#layouts = layouts;
  }

  number(entry: StreamEntry, startMs: number, timeMs: number, value: number): QualityCode | null {
    if (!Number.isFinite(value)) return 'not-finite';
    this.#begin(entry, startMs, timeMs, NO_BUCKETS);
    this.#end(value, Number.NaN, NO_LAYOUT, 0, 0, 0, NO_BUCKETS, true);
    return null;
  }

  summary(entry: StreamEntry, startMs: number, timeMs: number, count: number, sum: number): QualityCode | null {
    if (!isCount(count)) return 'negative-count';
    this.#begin(entry, startMs, timeMs, NO_BUCKETS);
    this.#end(count, sum, NO_LAYOUT, 0, 0, 0, NO_BUCKETS, true);
    return null;
  }

  histogram(
    entry: StreamEntry,
    startMs: number,
    timeMs: number,
    count: number,
    sum: number,
    bounds: ArrayLike<number>,
    buckets: ArrayLike<number>,
  ): QualityCode | null {
    const total = totalOf(buckets);
    if (!isCount(count) || Number.isNaN(total)) return 'negative-count';
    if (bounds.length === 0) return this.summary(entry, startMs, timeMs, count, sum);
    if (buckets.length !== bounds.length + 1) return 'bucket-mismatch';
    if (buckets.length > this.#limits.buckets) return 'bad-point';
    entry.layout = this.#layouts.find(bounds, entry.layout);
    this.#begin(entry, startMs, timeMs, buckets);
    this.#endCounted(count, total, sum, entry.layout, 0, 0, 0, buckets);
    return null;
  }

  exponential(
    entry: StreamEntry,
    startMs: number,
    timeMs: number,
    count: number,
    sum: number,
    scale: number,
    zeroThreshold: number,
    zeroCount: number,
    offset: number,
    buckets: ArrayLike<number>,
  ): QualityCode | null {
    if (!isCount(count) || !isCount(zeroCount) || Number.isNaN(totalOf(buckets))) return 'negative-count';
    const isSound = Number.isInteger(scale) && Math.abs(scale) <= 127 && Number.isInteger(offset);
    if (!isSound || Math.abs(offset) > LARGEST_OFFSET || !(zeroThreshold >= 0 && zeroThreshold < Infinity)) {
      return 'bad-point';
    }
    const kept = halved(scale, offset, buckets, this.#limits.buckets);
    const counts = new Float64Array(kept.buckets.length + 1);
    counts[0] = zeroCount;
    counts.set(kept.buckets, 1);
    this.#begin(entry, startMs, timeMs, counts);
    this.#endCounted(count, totalOf(counts), sum, EXPONENTIAL_LAYOUT, kept.scale, zeroThreshold, kept.offset, counts);
    return null;
  }

  #endCounted(
    count: number,
    total: number,
    sum: number,
    layout: Layout | number,
    scale: number,
    zeroThreshold: number,
    offset: number,
    counts: ArrayLike<number>,
  ): void {
    const isWhole = Number.isSafeInteger(total) && Number.isSafeInteger(count) && areWhole(counts);
    this.#end(isWhole ? count - total : count, sum, layout, scale, zeroThreshold, offset, counts, isWhole);
  }

  #begin(entry: StreamEntry, startMs: number, timeMs: number, buckets: ArrayLike<number>): void {
    const rows = this.#rows;
    rows.reserve(FIXED_BYTES + this.#tenant.length + 8 * buckets.length);
    rows.putLength(this.#tenant.length);
    rows.putRaw(this.#tenant);
    rows.putHalves(entry.head.low, entry.head.high);
    rows.putHalves(entry.stream.low, entry.stream.high);
    this.#time.set(timeMs);
    rows.putHalves(this.#time.low, this.#time.high);
    if (isKnown(startMs)) {
      this.#start.set(startMs);
      rows.putHalves(this.#start.low, this.#start.high);
    } else rows.putHalves(UNKNOWN_LOW, UNKNOWN_HIGH);
    rows.putByte(entry.fold);
  }

  #end(
    value: number,
    sum: number,
    layout: Layout | number,
    scale: number,
    zeroThreshold: number,
    offset: number,
    buckets: ArrayLike<number>,
    isWhole: boolean,
  ): void {
    const rows = this.#rows;
    rows.putDouble(value);
    rows.putDouble(sum);
    if (typeof layout === 'number') rows.putHalves(layout, 0);
    else rows.putHalves(layout.low, layout.high);
    rows.putByte(scale & 255);
    rows.putDouble(zeroThreshold);
    rows.putInt32(offset);
    if (!isWhole) rows.putByte(0);
    rows.putLength(buckets.length);
    if (isWhole) for (let i = 0; i < buckets.length; i++) rows.putCount(buckets[i]!);
    else for (let i = 0; i < buckets.length; i++) rows.putDouble(buckets[i]!);
    if (isWhole) rows.putByte(0);
    rows.rows++;
  }
}

/** Zero is how senders say that they do not know. */
function isKnown(startMs: number): boolean {
  return startMs !== 0 && Math.abs(startMs) < LARGEST_MS;
}

/** NaN where an entry is not a count. */
function totalOf(counts: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) {
    if (!isCount(counts[i]!)) return Number.NaN;
    total += counts[i]!;
  }
  return total;
}

function areWhole(counts: ArrayLike<number>): boolean {
  for (let i = 0; i < counts.length; i++) if (Math.floor(counts[i]!) !== counts[i]) return false;
  return true;
}
