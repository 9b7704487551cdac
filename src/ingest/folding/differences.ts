import { differenceOf, type ExponentialBuckets } from './exponential-buckets.ts';
import { emptyIncrement, fillWhole, type Increment } from './increment.ts';
import { type LayoutTable, NO_LAYOUT } from './layout-table.ts';
import type { PointRows } from './point-rows.ts';
import { grown } from './typed-columns.ts';

/** Differences between cumulative rows of one stream, in an increment and a buffer that are used again. */
export class Differences {
  readonly #points: PointRows;
  readonly #layouts: LayoutTable;
  readonly #increment: Increment = emptyIncrement();
  #buffer = new Float64Array(0);

  constructor(points: PointRows, layouts: LayoutTable) {
    this.#points = points;
    this.#layouts = layouts;
  }

  whole(row: number, atMs: number): Increment {
    fillWhole(this.#increment, this.#points, row);
    this.#increment.atMs = atMs;
    return this.#increment;
  }

  /** Null where count or a bucket has fallen: the stream began again in between. */
  between(previous: number, row: number, atMs: number): Increment | null {
    const points = this.#points;
    const increment = this.#increment;
    const count = points.count[row]! - points.count[previous]!;
    if (!(count >= 0)) return null;
    increment.atMs = atMs;
    increment.count = count;
    // Rounding would leave a trace of a sum where nothing was observed.
    increment.sum = count === 0 ? 0 : points.sum[row]! - points.sum[previous]!;
    increment.layout = points.layout[row]!;
    increment.offset = points.offset[row]!;
    increment.first = 0;
    increment.length = points.length[row]!;
    if (increment.layout === NO_LAYOUT) return increment;
    const sameBuckets =
      increment.layout === points.layout[previous] &&
      increment.offset === points.offset[previous] &&
      increment.length === points.length[previous];
    const isValid = sameBuckets ? this.#subtract(previous, row) : this.#subtractAligned(previous, row);
    return isValid ? increment : null;
  }

  #subtract(previous: number, row: number): boolean {
    const { buckets, first, length } = this.#points;
    this.#buffer = grown(this.#buffer, length[row]!);
    const buffer = this.#buffer;
    this.#increment.buckets = buffer;
    const before = first[previous]!;
    const after = first[row]!;
    for (let i = 0; i < length[row]!; i++) {
      const difference = buckets[after + i]! - buckets[before + i]!;
      if (difference < 0) return false;
      buffer[i] = difference;
    }
    return true;
  }

  #subtractAligned(previous: number, row: number): boolean {
    const difference = differenceOf(this.#exponential(row), this.#exponential(previous));
    if (difference === null) return false;
    const increment = this.#increment;
    increment.layout = this.#layouts.exponential(difference.scale, difference.zeroThreshold);
    increment.offset = difference.offset;
    increment.buckets = difference.counts;
    increment.length = difference.counts.length;
    return true;
  }

  #exponential(row: number): ExponentialBuckets {
    const { buckets, first, length, offset, layout } = this.#points;
    const shape = this.#layouts.get(layout[row]!);
    if (shape.kind !== 'exponential') throw new TypeError('only exponential rows are aligned');
    const counts = buckets.subarray(first[row]!, first[row]! + length[row]!);
    return { scale: shape.scale, zeroThreshold: shape.zeroThreshold, offset: offset[row]!, counts };
  }
}
