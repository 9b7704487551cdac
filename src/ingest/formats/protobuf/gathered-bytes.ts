import type { ByteSource } from '../bytes/byte-source.ts';
import { viewOf } from '../bytes/same-bytes.ts';
import type { ProtobufCursor } from './protobuf-cursor.ts';

const KEPT_BYTES = 1 << 20;

/** The bytes of a field that may come in pieces: in place where they lie together, as nearly always, else copied together. */
export class GatheredBytes implements ByteSource {
  start = 0;
  end = 0;
  /** Pieces so far. */
  pieces = 0;
  private readonly cursor: ProtobufCursor;
  private copied = false;
  private copy = Buffer.alloc(0);
  private copyView = viewOf(this.copy);

  constructor(cursor: ProtobufCursor) {
    this.cursor = cursor;
  }

  get bytes(): Buffer {
    return this.copied ? this.copy : this.cursor.bytes;
  }

  get view(): DataView {
    return this.copied ? this.copyView : this.cursor.view;
  }

  get length(): number {
    return this.end - this.start;
  }

  clear(): void {
    this.start = 0;
    this.end = 0;
    this.pieces = 0;
    this.copied = false;
    if (this.copy.length <= KEPT_BYTES) return;
    this.copy = Buffer.alloc(0);
    this.copyView = viewOf(this.copy);
  }

  /** Takes the place of what was there. */
  set(start: number, end: number): void {
    this.clear();
    this.add(start, end);
  }

  /** Puts [start, end) of the cursor's bytes behind what is there; a cursor that failed has no such range. */
  add(start: number, end: number): void {
    if (this.cursor.failed) return;
    this.pieces++;
    if (this.length === 0 && !this.copied) {
      this.start = start;
      this.end = end;
    } else if (!this.copied && this.end === start) this.end = end;
    else this.append(start, end);
  }

  private append(start: number, end: number): void {
    const held = this.length;
    const needed = held + end - start;
    if (needed > this.copy.length) {
      const larger = Buffer.alloc(2 * needed);
      this.bytes.copy(larger, 0, this.start, this.end);
      this.copy = larger;
      this.copyView = viewOf(larger);
    } else if (!this.copied) this.bytes.copy(this.copy, 0, this.start, this.end);
    this.copied = true;
    this.cursor.bytes.copy(this.copy, held, start, end);
    this.start = 0;
    this.end = needed;
  }
}
