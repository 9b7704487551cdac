import { viewOf } from '../bytes/same-bytes.ts';

const NOTHING = Buffer.alloc(0);
const TWO_32 = 2 ** 32;
const VARINT_BYTES = 10;

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/**
 * A position in a protocol buffer message. Readers move it forward and never throw: what is malformed marks the cursor
 * as failed and moves it to the end, so that every loop over fields stops by itself.
 */
export class WireCursor {
  bytes: Buffer = NOTHING;
  /** The same bytes. */
  view = viewOf(NOTHING);
  position = 0;
  /** Of the message the cursor is in. */
  end = 0;
  reason = '';
  failedAt = -1;
  private low = 0;
  private high = 0;

  reset(message: Uint8Array): void {
    this.bytes = Buffer.isBuffer(message)
      ? message
      : Buffer.from(message.buffer, message.byteOffset, message.byteLength);
    this.view = viewOf(message);
    this.position = 0;
    this.end = message.length;
    this.reason = '';
    this.failedAt = -1;
  }

  get failed(): boolean {
    return this.failedAt >= 0;
  }

  /** The first reason stays. */
  fail(reason: string): void {
    if (this.failedAt < 0) {
      this.failedAt = this.position;
      this.reason = reason;
    }
    this.position = this.end;
  }

  /** Field number times 8 plus wire type; 0 at the end of the message. */
  nextTag(): number {
    if (this.position >= this.end) return 0;
    const tag = this.readUnsigned();
    if (tag >= 8 && tag < TWO_32) return tag;
    this.fail('a field has no number');
    return 0;
  }

  /** Exact up to 2^53. */
  readUnsigned(): number {
    const byte = this.bytes[this.position]!;
    if (byte < 128 && this.position < this.end) {
      this.position++;
      return byte;
    }
    this.readVarint();
    return this.high * TWO_32 + this.low;
  }

  readSigned(): number {
    this.readVarint();
    return (this.high | 0) * TWO_32 + this.low;
  }

  readZigzag(): number {
    const value = this.readUnsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  readDouble(): number {
    const at = this.position;
    if (at + 8 > this.end) {
      this.fail('a number ends in the middle');
      return 0;
    }
    this.position = at + 8;
    return this.view.getFloat64(at, true);
  }

  /** Reads a length and answers where what has it ends. */
  readExtent(): number {
    const length = this.readUnsigned();
    const stop = this.position + length;
    if (stop <= this.end) return stop;
    this.fail('a field ends in the middle');
    return this.end;
  }

  /** Goes into the message at the cursor and answers the end to `leave` to. */
  enter(): number {
    const outer = this.end;
    this.end = this.readExtent();
    return outer;
  }

  leave(outer: number): void {
    this.position = this.failed ? outer : this.end;
    this.end = outer;
  }

  /** Passes over the value of a field that is of no interest. */
  skip(tag: number): void {
    const wire = tag & 7;
    if (wire === WIRE.varint) this.readVarint();
    else if (wire === WIRE.bytes) this.position = this.readExtent();
    else if (wire === WIRE.fixed64) this.advance(8);
    else if (wire === WIRE.fixed32) this.advance(4);
    else this.fail(`wire type ${wire} is not known`);
  }

  private advance(bytes: number): void {
    if (this.position + bytes > this.end) this.fail('a number ends in the middle');
    else this.position += bytes;
  }

  private readVarint(): void {
    const { bytes, end } = this;
    let at = this.position;
    const last = Math.min(end, at + VARINT_BYTES);
    let low = 0;
    let high = 0;
    for (let shift = 0; at < last; shift += 7) {
      const byte = bytes[at++]!;
      const bits = byte & 127;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte >= 128) continue;
      this.position = at;
      this.low = low >>> 0;
      this.high = high >>> 0;
      return;
    }
    this.low = 0;
    this.high = 0;
    this.fail(at >= end ? 'a number ends in the middle' : 'a number has more than 64 bits');
  }
}
