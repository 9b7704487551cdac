const TWO_32 = 2 ** 32;
const FIRST_BYTES = 2 ** 20;

/** A column of a block. 64-bit values are two halves, the lower first; rows of arrays end at `ends`. */
export interface Column {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly words: Uint32Array<ArrayBuffer>;
  readonly doubles: Float64Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer> | null;
  /** Bytes of a value. */
  readonly width: number;
}

export interface Block {
  readonly rows: number;
  readonly columns: readonly Column[];
}

const WIDTHS: Readonly<Record<string, number>> = {
  Int8: 1,
  UInt8: 1,
  Int32: 4,
  UInt32: 4,
  Int64: 8,
  UInt64: 8,
  Float64: 8,
};

/**
 * Reads blocks of ClickHouse's Native format, column by column, out of chunks: numbers and arrays of numbers only. Whole
 * columns are copied, so that a value costs an index and not a call.
 */
export class NativeBlocks {
  #bytes = new Uint8Array(FIRST_BYTES);
  #end = 0;
  #at = 0;
  #isShort = false;

  feed(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#end + chunk.length));
      grown.set(this.#bytes.subarray(0, this.#end));
      this.#bytes = grown;
    }
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Null where the next block has not wholly come. */
  next(): Block | null {
    if (this.#end === 0) return null;
    this.#at = 0;
    this.#isShort = false;
    const count = this.#varint();
    const rows = this.#varint();
    const columns: Column[] = [];
    for (let i = 0; i < count && !this.#isShort; i++) {
      this.#text();
      columns.push(this.#column(this.#text(), rows));
    }
    if (this.#isShort) return null;
    this.#bytes.copyWithin(0, this.#at, this.#end);
    this.#end -= this.#at;
    return { rows, columns };
  }

  get hasRest(): boolean {
    return this.#end > 0;
  }

  #column(type: string, rows: number): Column {
    const element = /^Array\((\w+)\)$/.exec(type)?.[1];
    const width = WIDTHS[element ?? type];
    if (this.#isShort) return columnOf(new ArrayBuffer(0), null, 1);
    if (width === undefined) throw new TypeError(`a column of type ${type} is not read`);
    if (element === undefined) return columnOf(this.#take(rows * width), null, width);
    const halves = new Uint32Array(this.#take(8 * rows));
    if (this.#isShort) return columnOf(new ArrayBuffer(0), null, 1);
    const ends = new Uint32Array(rows);
    for (let row = 0; row < rows; row++) ends[row] = halves[2 * row]! + halves[2 * row + 1]! * TWO_32;
    return columnOf(this.#take((ends[rows - 1] ?? 0) * width), ends, width);
  }

  #take(length: number): ArrayBuffer {
    if (this.#isShort || this.#at + length > this.#end) {
      this.#isShort = true;
      return new ArrayBuffer(0);
    }
    this.#at += length;
    return this.#bytes.slice(this.#at - length, this.#at).buffer;
  }

  #varint(): number {
    let value = 0;
    for (let weight = 1; ; weight *= 128) {
      if (this.#at >= this.#end) {
        this.#isShort = true;
        return 0;
      }
      const byte = this.#bytes[this.#at++]!;
      value += (byte & 127) * weight;
      if (byte < 128) return value;
    }
  }

  #text(): string {
    return Buffer.from(this.#take(this.#varint())).toString();
  }
}

function columnOf(buffer: ArrayBuffer, ends: Uint32Array<ArrayBuffer> | null, width: number): Column {
  const { byteLength } = buffer;
  return {
    bytes: new Uint8Array(buffer),
    words: new Uint32Array(buffer, 0, byteLength >> 2),
    doubles: new Float64Array(buffer, 0, byteLength >> 3),
    ends,
    width,
  };
}
