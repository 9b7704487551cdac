import type { Counts } from '../../domain/cells.ts';
import { coarsened, sharedBounds } from './explicit-buckets.ts';
import { type ExponentialBuckets, sumOf } from './exponential-buckets.ts';
import { type LayoutTable, NO_LAYOUT } from './layout-table.ts';
import { grown } from './typed-columns.ts';

/**
 * Adds histograms of one kind up by row. Row r holds `counts[first[r] .. first[r] + length[r])`; a row that outgrows its
 * place moves to the end. Exponential rows merge at the coarser scale, explicit ones on the bounds they share.
 */
export class HistogramAccumulator {
  readonly #layouts: LayoutTable;
  layout = new Int32Array(0);
  offset = new Int32Array(0);
  first = new Uint32Array(0);
  length = new Uint32Array(0);
  counts = new Float64Array(0);
  #used = 0;

  constructor(layouts: LayoutTable) {
    this.#layouts = layouts;
  }

  get isEmpty(): boolean {
    return this.#used === 0;
  }

  clear(): void {
    this.#used = 0;
  }

  openRow(row: number): void {
    if (row >= this.layout.length) this.#grow(row + 1);
    this.layout[row] = NO_LAYOUT;
    this.length[row] = 0;
  }

  #grow(rows: number): void {
    this.layout = grown(this.layout, rows);
    this.offset = grown(this.offset, rows);
    this.first = grown(this.first, rows);
    this.length = grown(this.length, rows);
  }

  add(row: number, layout: number, offset: number, source: Counts, from: number, length: number): void {
    const present = this.layout[row]!;
    if (present === NO_LAYOUT) {
      this.#place(row, layout, offset, source, from, length);
      return;
    }
    const shift = offset - this.offset[row]!;
    const fits = shift >= 0 && shift + length <= this.length[row]!;
    if (present === layout && fits) {
      this.#addInPlace(row, shift, source, from, length);
      return;
    }
    this.#merge(row, layout, offset, source.subarray(from, from + length));
  }

  /** The zero bucket keeps its place, the others move by the difference of the offsets; explicit rows do not move. */
  #addInPlace(row: number, shift: number, source: Counts, from: number, length: number): void {
    const at = this.first[row]!;
    if (length > 0) this.counts[at]! += source[from]!;
    for (let i = 1; i < length; i++) this.counts[at + shift + i]! += source[from + i]!;
  }

  #place(row: number, layout: number, offset: number, source: Counts, from: number, length: number): void {
    this.counts = grown(this.counts, this.#used + length);
    for (let i = 0; i < length; i++) this.counts[this.#used + i] = source[from + i]!;
    this.layout[row] = layout;
    this.offset[row] = offset;
    this.first[row] = this.#used;
    this.length[row] = length;
    this.#used += length;
  }

  #merge(row: number, layout: number, offset: number, source: Counts): void {
    const mine = this.#layouts.get(this.layout[row]!);
    const theirs = this.#layouts.get(layout);
    const counts = this.counts.subarray(this.first[row]!, this.first[row]! + this.length[row]!);
    if (mine.kind === 'explicit' && theirs.kind === 'explicit') {
      const bounds = sharedBounds(mine.bounds, theirs.bounds);
      const merged = coarsened(counts, mine.bounds, bounds);
      const other = coarsened(source, theirs.bounds, bounds);
      for (let i = 0; i < merged.length; i++) merged[i]! += other[i]!;
      this.#place(row, this.#layouts.explicit(bounds), 0, merged, 0, merged.length);
      return;
    }
    if (mine.kind !== 'exponential' || theirs.kind !== 'exponential') {
      throw new TypeError('an accumulator adds histograms of one kind');
    }
    const present: ExponentialBuckets = {
      scale: mine.scale,
      zeroThreshold: mine.zeroThreshold,
      offset: this.offset[row]!,
      counts,
    };
    const added = {
      scale: theirs.scale,
      zeroThreshold: theirs.zeroThreshold,
      offset,
      counts: Float64Array.from(source),
    };
    const merged = sumOf(present, added);
    const id = this.#layouts.exponential(merged.scale, merged.zeroThreshold);
    this.#place(row, id, merged.offset, merged.counts, 0, merged.counts.length);
  }

  total(row: number): number {
    if (this.layout[row] === NO_LAYOUT) return 0;
    let total = 0;
    const first = this.first[row]!;
    for (let i = 0; i < this.length[row]!; i++) total += this.counts[first + i]!;
    return total;
  }
}
