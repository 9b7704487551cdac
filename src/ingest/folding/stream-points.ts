import { NO_LAYOUT } from './layout-table.ts';
import { grown } from './typed-columns.ts';

/** Bits of the byte that opens a stored row; what equals the row before is not repeated. */
export const ROW = {
  startIsKnown: 1,
  startIsPreviousTime: 2,
  startIsWritten: 4,
  layoutIsWritten: 8,
  countIsTotal: 16,
  countIsRaw: 32,
  bucketsAreRaw: 64,
  sumIsWritten: 128,
} as const;

/** A double and a varint each for start, time, count, sum, layout, offset and length take no more. */
const FIXED_BYTES = 80;
const VARINT_BYTES = 8;

/** Points of a number stream, and of a summary, have no buckets. */
export const NO_BUCKETS: ArrayLike<number> = [];

/**
 * The points of one stream as they were received, as bytes: whole counts as varints, times and sums as doubles. A
 * cumulative histogram of 16 buckets takes 30-60 bytes instead of 170, so millions of points stay in memory.
 */
export class StreamPoints {
  rows = 0;
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  #end = 0;
  #startMs = Number.NaN;
  #timeMs = Number.NaN;
  #layout = NO_LAYOUT;

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#end);
  }

  release(): void {
    this.rows = 0;
    this.#bytes = new Uint8Array(0);
    this.#end = 0;
  }

  /** `zeroCount` is written before the buckets of an exponential point; negative: there is none. */
  append(
    startMs: number,
    timeMs: number,
    count: number,
    sum: number,
    layout: number,
    offset: number,
    zeroCount: number,
    buckets: ArrayLike<number>,
  ): void {
    this.#reserve(FIXED_BYTES + VARINT_BYTES * (buckets.length + 1));
    const opening = this.#end++;
    let flags = this.#writeTimes(startMs, timeMs);
    if (layout !== this.#layout) {
      flags |= ROW.layoutIsWritten;
      this.#layout = layout;
      this.#writeVarint(layout + 1);
    }
    if (!Number.isNaN(sum)) {
      flags |= ROW.sumIsWritten;
      this.#writeDouble(sum);
    }
    let total = Number.NaN;
    if (layout !== NO_LAYOUT) {
      this.#writeVarint(zigzag(offset));
      this.#writeVarint(buckets.length + (zeroCount < 0 ? 0 : 1));
      total = totalIfWhole(zeroCount, buckets);
      if (Number.isNaN(total)) flags |= ROW.bucketsAreRaw;
      this.#writeBuckets(Number.isNaN(total), zeroCount, buckets);
    }
    if (total === count) flags |= ROW.countIsTotal;
    else flags |= this.#writeCount(count);
    this.#bytes[opening] = flags;
    this.rows++;
  }

  #writeTimes(startMs: number, timeMs: number): number {
    this.#writeDouble(timeMs);
    const previousTime = this.#timeMs;
    this.#timeMs = timeMs;
    if (Number.isNaN(startMs)) return 0;
    if (startMs === previousTime) {
      this.#startMs = startMs;
      return ROW.startIsKnown | ROW.startIsPreviousTime;
    }
    if (startMs === this.#startMs) return ROW.startIsKnown;
    this.#startMs = startMs;
    this.#writeDouble(startMs);
    return ROW.startIsKnown | ROW.startIsWritten;
  }

  #writeBuckets(raw: boolean, zeroCount: number, buckets: ArrayLike<number>): void {
    if (raw) {
      if (zeroCount >= 0) this.#writeDouble(zeroCount);
      for (let i = 0; i < buckets.length; i++) this.#writeDouble(buckets[i]!);
      return;
    }
    if (zeroCount >= 0) this.#writeVarint(zeroCount);
    for (let i = 0; i < buckets.length; i++) this.#writeVarint(buckets[i]!);
  }

  #writeCount(count: number): number {
    if (Number.isSafeInteger(count) && count >= 0 && !Object.is(count, -0)) {
      this.#writeVarint(count);
      return 0;
    }
    this.#writeDouble(count);
    return ROW.countIsRaw;
  }

  #writeDouble(value: number): void {
    this.#view.setFloat64(this.#end, value, true);
    this.#end += 8;
  }

  #writeVarint(value: number): void {
    const bytes = this.#bytes;
    let at = this.#end;
    let rest = value;
    while (rest > 0x7fffffff) {
      bytes[at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest > 127) {
      bytes[at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.#end = at;
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#bytes.length) return;
    this.#bytes = grown(this.#bytes, this.#end + bytes);
    this.#view = new DataView(this.#bytes.buffer);
  }
}

function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

/** NaN unless every count is a whole number that a double holds exactly. */
function totalIfWhole(zeroCount: number, buckets: ArrayLike<number>): number {
  let total = Math.max(zeroCount, 0);
  let whole = Number.isInteger(total);
  for (let i = 0; i < buckets.length; i++) {
    const count = buckets[i]!;
    total += count;
    if (!(count >= 0 && Math.floor(count) === count)) whole = false;
  }
  return whole && total <= Number.MAX_SAFE_INTEGER ? total : Number.NaN;
}
