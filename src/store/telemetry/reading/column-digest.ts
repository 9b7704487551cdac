import { createHash, type Hash } from 'node:crypto';
import type { Block } from './native-blocks.ts';

/** SHA-256 of rows column by column, so that it does not depend on how rows were cut into blocks. */
export class ColumnDigest {
  readonly #columns: Hash[] = [];

  update({ rows, columns }: Block): void {
    columns.forEach(({ bytes, ends }, i) => {
      this.#hash(2 * i).update(bytes);
      if (ends !== null) this.#hash(2 * i + 1).update(lengthsOf(ends, rows));
    });
  }

  #hash(index: number): Hash {
    while (this.#columns.length <= index) this.#columns.push(createHash('sha256'));
    return this.#columns[index]!;
  }

  /** Adds what was seen to `digest`. */
  addTo(digest: Hash): void {
    for (const column of this.#columns) digest.update(column.digest());
  }
}

function lengthsOf(ends: Uint32Array, rows: number): Uint32Array {
  const lengths = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) lengths[row] = ends[row]! - (row === 0 ? 0 : ends[row - 1]!);
  return lengths;
}
