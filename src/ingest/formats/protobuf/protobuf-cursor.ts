import { viewOf } from '../bytes/same-bytes.ts';
import { int64Of, int64Text, millisecondsOf, uint64Of } from './wide-numbers.ts';

const NOTHING = Buffer.alloc(0);
const VIEW_ON_NOTHING = viewOf(NOTHING);
const CONTINUES = 0x80;
const LONGEST_VARINT = 10;
const DEPTH_LIMIT = 64;
/** Beyond this a single string would not fit V8. */
const MOST_BYTES = 256 * 1024 * 1024;

/** How a value is written (protobuf encoding guide). */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
const START_GROUP = 3;
const END_GROUP = 4;
const FIXED32 = 5;

/** A field's number and how it is written, as one number, which is what stands in the bytes. */
export function tagOf(field: number, wire: number): number {
  return field * 8 + wire;
}

/**
 * A position in the bytes of a protobuf message. Readers move it forward and never throw: what is malformed marks the
 * cursor as failed and leaves nothing to read, so that every loop over fields stops by itself.
 */
export class ProtobufCursor {
  bytes: Buffer = NOTHING;
  /** The same bytes. */
  view = VIEW_ON_NOTHING;
  position = 0;
  /** End of the message at hand. */
  end = 0;
  failedAt = -1;
  reason = '';
  /** Upper half of the last varint. */
  private high = 0;

  reset(message: Uint8Array): void {
    const { buffer, byteOffset, byteLength } = message;
    const bytes = Buffer.isBuffer(message) ? message : Buffer.from(buffer, byteOffset, byteLength);
    this.resume(bytes, viewOf(message), 0, byteLength);
    if (byteLength > MOST_BYTES) this.fail(`it is longer than ${MOST_BYTES} bytes`);
  }

  /** Takes up the range [position, end) of bytes and the view on them. */
  resume(bytes: Buffer, view: DataView, position: number, end: number): void {
    this.bytes = bytes;
    this.view = view;
    this.position = position;
    this.end = end;
    this.failedAt = -1;
    this.reason = '';
  }

  /** Lets go of the bytes. */
  release(): void {
    this.bytes = NOTHING;
    this.view = VIEW_ON_NOTHING;
    this.position = 0;
    this.end = 0;
  }

  get failed(): boolean {
    return this.failedAt >= 0;
  }

  /** Whether the message at hand goes on. */
  get more(): boolean {
    return this.position < this.end;
  }

  /** To read a range of the bytes again. */
  moveTo(position: number, end: number): void {
    if (this.failed) return;
    this.position = position;
    this.end = end;
  }

  /** The first reason stays. */
  fail(reason: string, at = this.position): void {
    if (this.failedAt >= 0) return;
    this.failedAt = at;
    this.reason = reason;
    this.position = 0;
    this.end = 0;
  }

  /** The next field, as `tagOf` numbers them; -1 where there is none. */
  readTag(): number {
    const at = this.position;
    if (at < this.end) {
      const byte = this.bytes[at]!;
      if (byte > 7 && byte < CONTINUES) {
        this.position = at + 1;
        return byte;
      }
    }
    return this.readLongTag(at);
  }

  private readLongTag(at: number): number {
    const low = this.readVarint();
    if (this.failed) return -1;
    const tag = low >>> 0;
    if (this.high === 0 && tag > 7) return tag;
    this.fail('no field has this number', at);
    return -1;
  }

  /** Steps into the message, string or packed list at the cursor; answers the end of what holds it, for `leave`. */
  enter(): number {
    const holder = this.end;
    const length = this.readLength();
    if (!this.failed) this.end = this.position + length;
    return holder;
  }

  leave(holder: number): void {
    if (!this.failed) this.moveTo(this.end, holder);
  }

  /** The length of what follows, all of which is there. */
  readLength(): number {
    const at = this.position;
    if (at < this.end) {
      const byte = this.bytes[at]!;
      if (byte < CONTINUES && byte < this.end - at) {
        this.position = at + 1;
        return byte;
      }
    }
    return this.readLongLength(at);
  }

  private readLongLength(at: number): number {
    const length = this.readVarint();
    if (this.high === 0 && length >= 0 && length <= this.end - this.position) return length;
    this.fail('a length leads past the end of what holds it', at);
    return 0;
  }

  /** Moves past the value of a field. */
  skip(tag: number): void {
    const wire = tag & 7;
    if (wire === LENGTH) {
      const length = this.readLength();
      this.position += length;
    } else if (wire === VARINT) this.readVarint();
    else if (wire === FIXED64) this.take(8);
    else if (wire === FIXED32) this.take(4);
    else if (wire === START_GROUP) this.skipGroup(tag);
    else this.fail(wire === END_GROUP ? 'a group ends that never began' : `no value is written as ${wire}`);
  }

  /** Correctly rounded beyond 2^53. */
  readUint64(): number {
    const low = this.readVarint();
    return uint64Of(low, this.high);
  }

  /** Correctly rounded beyond 2^53. */
  readInt64(): number {
    const low = this.readVarint();
    return int64Of(low, this.high);
  }

  /** Written in zigzag; exact up to 2^52. */
  readSint64(): number {
    const value = this.readUint64();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** The digits of an int64. */
  readInt64Text(): string {
    const low = this.readVarint();
    return int64Text(low, this.high);
  }

  /** Also enums; bits beyond the lower half are cut off, as every reader of protobuf does. */
  readInt32(): number {
    return this.readVarint();
  }

  /** Written in zigzag. */
  readSint32(): number {
    const low = this.readVarint();
    return (low >>> 1) ^ -(low & 1);
  }

  readBoolean(): boolean {
    return (this.readVarint() | this.high) !== 0;
  }

  readDouble(): number {
    const at = this.take(8);
    return at < 0 ? 0 : this.view.getFloat64(at, true);
  }

  /** Correctly rounded beyond 2^53. */
  readFixed64(): number {
    const at = this.take(8);
    return at < 0 ? 0 : uint64Of(this.view.getInt32(at, true), this.view.getInt32(at + 4, true));
  }

  readSfixed64(): number {
    const at = this.take(8);
    return at < 0 ? 0 : int64Of(this.view.getInt32(at, true), this.view.getInt32(at + 4, true));
  }

  /** Nanoseconds in a fixed64 as milliseconds with fractions. */
  readMilliseconds(): number {
    const at = this.take(8);
    return at < 0 ? 0 : millisecondsOf(this.view.getUint32(at, true), this.view.getUint32(at + 4, true));
  }

  /** What is not UTF-8 becomes U+FFFD. */
  readText(): string {
    const length = this.readLength();
    const start = this.position;
    this.position += length;
    return this.bytes.toString('utf8', start, start + length);
  }

  /** Where the next `length` bytes begin; -1 where there are fewer. */
  private take(length: number): number {
    const at = this.position;
    if (length > this.end - at) {
      this.fail('it ends in the middle');
      return -1;
    }
    this.position = at + length;
    return at;
  }

  /** The lower half, as a signed number; the upper one is kept in `high`. */
  private readVarint(): number {
    const at = this.position;
    this.high = 0;
    if (at < this.end) {
      const byte = this.bytes[at]!;
      if (byte < CONTINUES) {
        this.position = at + 1;
        return byte;
      }
    }
    return this.readLongVarint();
  }

  private readLongVarint(): number {
    const { bytes, end, position } = this;
    let low = 0;
    let high = 0;
    for (let index = 0; index < LONGEST_VARINT; index++) {
      if (position + index >= end) {
        this.fail('it ends in the middle');
        return 0;
      }
      const byte = bytes[position + index]!;
      const bits = byte & 0x7f;
      const shift = 7 * index;
      if (shift < 32) low |= bits << shift;
      if (shift === 28) high = bits >>> 4;
      else if (shift > 28) high |= bits << (shift - 32);
      if (byte < CONTINUES) {
        if (index === LONGEST_VARINT - 1 && bits > 1) break;
        this.high = high;
        this.position = position + index + 1;
        return low;
      }
    }
    this.fail('a varint does not fit 64 bits');
    return 0;
  }

  /** Groups are an old form of nested messages; they may stand among unknown fields. */
  private skipGroup(tag: number): void {
    const open = [tag >>> 3];
    const start = this.position;
    while (open.length > 0 && !this.failed) {
      const inner = this.readTag();
      if ((inner & 7) === START_GROUP) open.push(inner >>> 3);
      else if ((inner & 7) !== END_GROUP) this.skip(inner);
      else if (open.pop() !== inner >>> 3) this.fail('a group ends that never began');
      if (open.length > DEPTH_LIMIT) this.fail(`groups nest more than ${DEPTH_LIMIT} deep`, start);
    }
  }
}
