import { RowBuffer } from './row-buffer.ts';
import { DIMENSIONS, FACTS, type WrittenTable } from './tables.ts';

/** Rows of every table that wait to be inserted. */
export class PendingRows {
  readonly tables: Readonly<Record<WrittenTable, RowBuffer>> = {
    layouts: new RowBuffer(),
    streams: new RowBuffer(),
    attribute_sets: new RowBuffer(),
    points: new RowBuffer(),
    spans: new RowBuffer(),
    evaluations: new RowBuffer(),
  };

  /** Of what was measured: dimensions do not count. */
  get rows(): number {
    return FACTS.reduce((sum, table) => sum + this.tables[table].rows, 0);
  }

  get bytes(): number {
    return [...DIMENSIONS, ...FACTS].reduce((sum, table) => sum + this.tables[table].end, 0);
  }

  /** Of what was measured: what was registered while nothing could be written must not keep it from being written. */
  get factBytes(): number {
    return FACTS.reduce((sum, table) => sum + this.tables[table].end, 0);
  }

  append(other: PendingRows): void {
    for (const table of [...DIMENSIONS, ...FACTS]) this.tables[table].append(other.tables[table]);
  }

  appendDimensions(other: PendingRows): void {
    for (const table of DIMENSIONS) this.tables[table].append(other.tables[table]);
  }

  clear(): void {
    for (const table of DIMENSIONS) this.tables[table].clear();
    this.clearFacts();
  }

  clearFacts(): void {
    for (const table of FACTS) this.tables[table].clear();
  }
}
