/**
 * Protobuf from the last byte to the first: a message is written after what it holds, so its length is known when its head
 * is. Fields therefore go in from the last to the first, and so do the entries of a repeated field.
 */
export class BackwardWriter {
  #bytes = Buffer.allocUnsafe(1 << 16);
  #at = this.#bytes.length;

  /** How much has been written; a message's length is the difference of two of these. */
  get length(): number {
    return this.#bytes.length - this.#at;
  }

  /** What was written since the last call, as bytes of its own. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(this.#at));
    this.#at = this.#bytes.length;
    return taken;
  }

  raw(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** A non-negative integer below 2^53. */
  varint(value: number): void {
    let size = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
    const at = this.#reserve(size);
    let rest = value;
    for (let index = 0; index < size - 1; index++) {
      this.#bytes[at + index] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[at + size - 1] = rest;
  }

  double(value: number): void {
    const at = this.#reserve(8);
    this.#bytes.writeDoubleLE(value, at);
  }

  fixed64(value: number): void {
    const at = this.#reserve(8);
    this.#bytes.writeUInt32LE(value >>> 0, at);
    this.#bytes.writeUInt32LE(Math.floor(value / 2 ** 32), at + 4);
  }

  /** Nanoseconds of a time in milliseconds: beyond what a double holds exactly. */
  fixed64Nanoseconds(milliseconds: number): void {
    const at = this.#reserve(8);
    this.#bytes.writeBigUInt64LE(BigInt(milliseconds) * 1_000_000n, at);
  }

  /** The key of a field; `wire` 0 varint, 1 64-bit, 2 with a length. */
  key(field: number, wire: 0 | 1 | 2): void {
    this.varint(field * 8 + wire);
  }

  /** Head of a message or a packed field that began at `end` (its `length` before anything of it was written). */
  head(field: number, end: number): void {
    this.varint(this.length - end);
    this.key(field, 2);
  }

  text(field: number, text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    this.raw(bytes);
    this.varint(bytes.length);
    this.key(field, 2);
  }

  #reserve(size: number): number {
    if (this.#at < size) {
      const used = this.length;
      const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, used + size));
      this.#bytes.copy(larger, larger.length - used, this.#at);
      this.#at = larger.length - used;
      this.#bytes = larger;
    }
    this.#at -= size;
    return this.#at;
  }
}
