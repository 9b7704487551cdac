const FIRST_BYTES = 2 ** 16;
const TWO_32 = 2 ** 32;
const encoder = new TextEncoder();

/** Rows in ClickHouse's RowBinary, in a buffer that grows and is used again. Callers reserve before they put. */
export class RowBuffer {
  rows = 0;
  end = 0;
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.end);
  }

  reserve(bytes: number): void {
    if (this.end + bytes <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.end + bytes));
    grown.set(this.bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  clear(): void {
    this.rows = 0;
    this.end = 0;
  }

  append(other: RowBuffer): void {
    this.reserve(other.end);
    this.#bytes.set(other.bytes, this.end);
    this.end += other.end;
    this.rows += other.rows;
  }

  putRaw(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.end);
    this.end += bytes.length;
  }

  putByte(value: number): void {
    this.#bytes[this.end++] = value;
  }

  putInt32(value: number): void {
    this.#view.setInt32(this.end, value, true);
    this.end += 4;
  }

  /** A 64-bit value as its two halves. */
  putHalves(low: number, high: number): void {
    this.#view.setUint32(this.end, low, true);
    this.#view.setUint32(this.end + 4, high, true);
    this.end += 8;
  }

  putDouble(value: number): void {
    this.#view.setFloat64(this.end, value, true);
    this.end += 8;
  }

  /** A whole number from 0 to 2^53 as UInt64. */
  putCount(value: number): void {
    if (value < TWO_32) this.putHalves(value, 0);
    else this.putHalves(value % TWO_32, Math.floor(value / TWO_32));
  }

  putLength(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.#bytes[this.end++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#bytes[this.end++] = rest;
  }

  /** Reserves for itself. */
  putText(text: string): void {
    const room = 3 * text.length;
    this.reserve(room + 5);
    if (text.length < 43) {
      const at = this.end + 1;
      const { written } = encoder.encodeInto(text, this.#bytes.subarray(at, at + room));
      this.#bytes[this.end] = written;
      this.end = at + written;
      return;
    }
    const bytes = encoder.encode(text);
    this.putLength(bytes.length);
    this.putRaw(bytes);
  }

  /** Reserves for itself. */
  putMap(map: ReadonlyMap<string, string>): void {
    this.reserve(5);
    this.putLength(map.size);
    for (const [name, value] of map) {
      this.putText(name);
      this.putText(value);
    }
  }

  /** `bytes` bytes of hexadecimal digits; zeros for the empty text. */
  putHex(text: string, bytes: number): void {
    if (text === '') this.#bytes.fill(0, this.end, this.end + bytes);
    else for (let i = 0; i < bytes; i++) this.#bytes[this.end + i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
    this.end += bytes;
  }
}
