import { NO_LAYOUT } from './layout-table.ts';
import { ROW, type StreamPoints } from './stream-points.ts';
import { grown } from './typed-columns.ts';

/**
 * The points of one stream, decoded into columns; one instance serves all streams in turn. Row r has the bucket counts
 * `buckets[first[r] .. first[r] + length[r])`, the zero bucket first for an exponential row.
 */
export class PointRows {
  rows = 0;
  startMs = new Float64Array(0);
  timeMs = new Float64Array(0);
  /** The value of a number point. */
  count = new Float64Array(0);
  sum = new Float64Array(0);
  layout = new Int32Array(0);
  offset = new Int32Array(0);
  first = new Uint32Array(0);
  length = new Uint32Array(0);
  buckets = new Float64Array(0);

  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #at = 0;
  #used = 0;

  load(points: StreamPoints): void {
    this.#bytes = points.bytes;
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
    this.#at = 0;
    this.#used = 0;
    this.rows = points.rows;
    this.#reserve(points.rows);
    let layout = NO_LAYOUT;
    let start = Number.NaN;
    let previousTime = Number.NaN;
    for (let row = 0; row < points.rows; row++) {
      const flags = this.#bytes[this.#at++]!;
      const time = this.#readDouble();
      if (flags & ROW.startIsPreviousTime) start = previousTime;
      else if (flags & ROW.startIsWritten) start = this.#readDouble();
      if (flags & ROW.layoutIsWritten) layout = this.#readVarint() - 1;
      this.timeMs[row] = time;
      this.startMs[row] = flags & ROW.startIsKnown ? start : Number.NaN;
      this.layout[row] = layout;
      this.sum[row] = flags & ROW.sumIsWritten ? this.#readDouble() : Number.NaN;
      this.#readBuckets(row, flags);
      previousTime = time;
    }
    this.#bytes = new Uint8Array(0);
  }

  #readBuckets(row: number, flags: number): void {
    let total = 0;
    this.first[row] = this.#used;
    this.length[row] = 0;
    this.offset[row] = 0;
    if (this.layout[row] !== NO_LAYOUT) {
      const packed = this.#readVarint();
      this.offset[row] = packed % 2 === 0 ? packed / 2 : -(packed + 1) / 2;
      const length = this.#readVarint();
      this.length[row] = length;
      this.buckets = grown(this.buckets, this.#used + length);
      total = flags & ROW.bucketsAreRaw ? this.#readRaw(length) : this.#readWhole(length);
      this.#used += length;
    }
    if (flags & ROW.countIsTotal) this.count[row] = total;
    else this.count[row] = flags & ROW.countIsRaw ? this.#readDouble() : this.#readVarint();
  }

  #readRaw(length: number): number {
    for (let i = 0; i < length; i++) this.buckets[this.#used + i] = this.#readDouble();
    return Number.NaN;
  }

  #readWhole(length: number): number {
    const bytes = this.#bytes;
    const buckets = this.buckets;
    let total = 0;
    for (let i = this.#used; i < this.#used + length; i++) {
      let value = bytes[this.#at]!;
      if (value < 128) this.#at++;
      else value = this.#readVarint();
      buckets[i] = value;
      total += value;
    }
    return total;
  }

  #readDouble(): number {
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  #readVarint(): number {
    let value = 0;
    let weight = 1;
    for (;;) {
      const byte = this.#bytes[this.#at++]!;
      value += (byte & 127) * weight;
      if (byte < 128) return value;
      weight *= 128;
    }
  }

  #reserve(rows: number): void {
    this.startMs = grown(this.startMs, rows);
    this.timeMs = grown(this.timeMs, rows);
    this.count = grown(this.count, rows);
    this.sum = grown(this.sum, rows);
    this.layout = grown(this.layout, rows);
    this.offset = grown(this.offset, rows);
    this.first = grown(this.first, rows);
    this.length = grown(this.length, rows);
  }
}
