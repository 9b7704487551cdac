import { viewOf } from '../bytes/same-bytes.ts';

const NOTHING = Buffer.alloc(0);
const SPACE = 0x20;
const EXCERPT_BYTES = 40;

/**
 * A position in the bytes of one JSON document. Readers move it forward and never throw: what is not JSON marks the
 * cursor as failed and moves it to the end, so that every loop over members or elements stops by itself.
 */
export class JsonCursor {
  bytes: Buffer = NOTHING;
  /** The same bytes. */
  view = viewOf(NOTHING);
  position = 0;
  end = 0;
  /** True between an opening bracket and the first member or element. */
  fresh = false;
  /** Values of the wrong JSON type so far: well-formed, hence skipped. */
  mistypes = 0;
  failedAt = -1;
  reason = '';
  private mistypedAt = -1;

  reset(line: Uint8Array): void {
    this.bytes = Buffer.isBuffer(line) ? line : Buffer.from(line.buffer, line.byteOffset, line.byteLength);
    this.view = viewOf(line);
    this.position = 0;
    this.end = line.length;
    this.fresh = false;
    this.mistypes = 0;
    this.failedAt = -1;
    this.reason = '';
    this.mistypedAt = -1;
  }

  get failed(): boolean {
    return this.failedAt >= 0;
  }

  /** The first reason stays. */
  fail(reason: string): void {
    if (this.failedAt < 0) {
      this.failedAt = this.position;
      this.reason = this.position >= this.end ? 'it ends in the middle' : reason;
    }
    this.position = this.end;
  }

  /** The next byte that is not white space, left in place; -1 at the end. */
  next(): number {
    const { bytes, end } = this;
    let at = this.position;
    while (at < end) {
      const byte = bytes[at]!;
      if (byte > SPACE || !isSpace(byte)) {
        this.position = at;
        return byte;
      }
      at++;
    }
    this.position = at;
    return -1;
  }

  markMistype(at: number): void {
    this.mistypes++;
    this.mistypedAt = at;
  }

  /** The last value of the wrong type, for a finding. */
  describeMistype(): string {
    const excerpt = this.bytes.toString('utf8', this.mistypedAt, Math.min(this.mistypedAt + EXCERPT_BYTES, this.end));
    const value = /^[^,}\]]+/.exec(excerpt)?.[0] ?? excerpt;
    return `byte ${this.mistypedAt}: ${value} has the wrong type here (enums are integers)`;
  }
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
