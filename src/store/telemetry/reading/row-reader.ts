import { millisecondsOf } from '../nanoseconds.ts';

const TWO_32 = 2 ** 32;
const decoder = new TextDecoder();

/**
 * Reads rows of RowBinary out of chunks. A read beyond what has come answers nothing useful and sets `isShort`; the row is
 * then read again when more is there.
 */
export class RowReader {
  isShort = false;
  #bytes: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;
  #rowStart = 0;

  feed(chunk: Uint8Array): void {
    const rest = this.#bytes.subarray(this.#rowStart);
    if (rest.length === 0) this.#bytes = chunk;
    else {
      this.#bytes = new Uint8Array(rest.length + chunk.length);
      this.#bytes.set(rest);
      this.#bytes.set(chunk, rest.length);
    }
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
    this.#rowStart = 0;
  }

  /** Runs `read` on the next row; false where it is not wholly there. */
  next(read: (reader: RowReader) => void): boolean {
    this.#at = this.#rowStart;
    if (this.#at === this.#bytes.length) return false;
    this.isShort = false;
    read(this);
    if (this.isShort) return false;
    this.#rowStart = this.#at;
    return true;
  }

  get hasRest(): boolean {
    return this.#rowStart < this.#bytes.length;
  }

  byte(): number {
    return this.#has(1) ? this.#bytes[this.#at++]! : 0;
  }

  uint32(): number {
    if (!this.#has(4)) return 0;
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  int32(): number {
    return this.uint32() | 0;
  }

  double(): number {
    if (!this.#has(8)) return 0;
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }

  /** A UInt64 up to 2^53. */
  count(): number {
    const low = this.uint32();
    return this.uint32() * TWO_32 + low;
  }

  /** Nanoseconds as milliseconds; the largest Int64 is NaN. */
  time(): number {
    const low = this.uint32();
    const high = this.int32();
    return high === 0x7fffffff && low === 0xffffffff ? Number.NaN : millisecondsOf(low, high);
  }

  length(): number {
    let value = 0;
    let weight = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 127) * weight;
      if (byte < 128) return value;
      weight *= 128;
    }
  }

  text(): string {
    const length = this.length();
    if (!this.#has(length)) return '';
    this.#at += length;
    return decoder.decode(this.#bytes.subarray(this.#at - length, this.#at));
  }

  /** Zeros are the empty text. */
  hex(bytes: number): string {
    if (!this.#has(bytes)) return '';
    const raw = this.#bytes.subarray(this.#at, this.#at + bytes);
    this.#at += bytes;
    return raw.every((byte) => byte === 0) ? '' : Buffer.from(raw).toString('hex');
  }

  map(): Map<string, string> {
    const size = this.length();
    const map = new Map<string, string>();
    for (let i = 0; i < size && !this.isShort; i++) map.set(this.text(), this.text());
    return map;
  }

  #has(bytes: number): boolean {
    if (this.#at + bytes <= this.#bytes.length) return true;
    this.isShort = true;
    return false;
  }
}
