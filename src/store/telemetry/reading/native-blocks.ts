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
  UInt16: 2,
  Int32: 4,
  UInt32: 4,
  Int64: 8,
  UInt64: 8,
  Float64: 8,
};

/** Where a column lies in what has come: `ends` where the ends of arrays begin. */
interface Place {
  readonly width: number;
  readonly ends: number | null;
  readonly first: number;
  readonly length: number;
}

/**
 * Reads blocks of ClickHouse's Native format, column by column, out of chunks: numbers and arrays of numbers only. Whole
 * columns are copied, so that a value costs an index and not a call.
 */
export class NativeBlocks {
  #bytes = new Uint8Array(FIRST_BYTES);
  #end = 0;
  #view = new DataView(this.#bytes.buffer);
  #at = 0;
  /** So many bytes the next block has at least; 0: not known. */
  #wanted = 0;

  feed(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#end + chunk.length));
      grown.set(this.#bytes.subarray(0, this.#end));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Null where the next block has not wholly come: nothing is copied before. */
  next(): Block | null {
    if (this.#end === 0 || this.#end < this.#wanted) return null;
    this.#at = 0;
    this.#wanted = 0;
    const count = this.#varint();
    const rows = this.#varint();
    const places: Place[] = [];
    for (let i = 0; i < count && this.#wanted === 0; i++) {
      this.#text();
      places.push(this.#place(this.#text(), rows));
    }
    if (this.#wanted > 0) return null;
    const columns = places.map((place) => this.#copied(place, rows));
    this.#bytes.copyWithin(0, this.#at, this.#end);
    this.#end -= this.#at;
    return { rows, columns };
  }

  get hasRest(): boolean {
    return this.#end > 0;
  }

  #place(type: string, rows: number): Place {
    const element = /^Array\((\w+)\)$/.exec(type)?.[1];
    const width = WIDTHS[element ?? type];
    if (this.#wanted > 0) return { width: 1, ends: null, first: 0, length: 0 };
    if (width === undefined) throw new TypeError(`a column of type ${type} is not read`);
    if (element === undefined) return { width, ends: null, first: this.#skip(rows * width), length: rows * width };
    const ends = this.#skip(8 * rows);
    const values = this.#wanted > 0 || rows === 0 ? 0 : this.#view.getUint32(this.#at - 8, true);
    return { width, ends, first: this.#skip(values * width), length: values * width };
  }

  #copied({ width, ends, first, length }: Place, rows: number): Column {
    const values = this.#bytes.slice(first, first + length).buffer;
    if (ends === null) return columnOf(values, null, width);
    const own = new Uint32Array(rows);
    for (let row = 0; row < rows; row++) own[row] = this.#view.getUint32(ends + 8 * row, true);
    return columnOf(values, own, width);
  }

  /** Answers where so many bytes begin. */
  #skip(length: number): number {
    const first = this.#at;
    this.#at += length;
    if (this.#at > this.#end && this.#wanted === 0) this.#wanted = this.#at;
    return first;
  }

  #varint(): number {
    let value = 0;
    for (let weight = 1; ; weight *= 128) {
      const byte = this.#bytes[this.#skip(1)] ?? 0;
      if (this.#wanted > 0) return 0;
      value += (byte & 127) * weight;
      if (byte < 128) return value;
    }
  }

  #text(): string {
    const length = this.#varint();
    const first = this.#skip(length);
    return this.#wanted > 0 ? '' : String.fromCharCode(...this.#bytes.subarray(first, first + length));
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
