import type { RowReader } from './row-reader.ts';

/** Arrays of numbers are read into one buffer again and again: no array per row. */
export class CountArray {
  values = new Float64Array(0);
  #buffer = new Float64Array(256);

  readCounts(reader: RowReader): void {
    this.#begin(reader.length());
    const { values } = this;
    for (let i = 0; i < values.length; i++) values[i] = reader.count();
  }

  readDoubles(reader: RowReader): void {
    this.#begin(reader.length());
    const { values } = this;
    for (let i = 0; i < values.length; i++) values[i] = reader.double();
  }

  #begin(length: number): void {
    if (length === this.values.length) return;
    if (length > this.#buffer.length) this.#buffer = new Float64Array(2 * length);
    this.values = this.#buffer.subarray(0, length);
  }
}
