import type { BucketLayout, Counts, HistogramColumn } from '../../domain/cells.ts';
import type { HistogramAccumulator } from './histogram-accumulator.ts';
import { type LayoutTable, NO_LAYOUT } from './layout-table.ts';

/** Which accumulator a row is taken from: both kinds in one cell cannot be added, so the larger one stands. */
export interface HistogramSources {
  readonly explicit: HistogramAccumulator;
  readonly exponential: HistogramAccumulator;
}

export interface BuiltColumn {
  readonly column: HistogramColumn | null;
  /** Rows in which one kind had to give way to the other. */
  readonly conflicts: number;
}

/** Copies the rows, in the order given, into arrays of their exact size. */
export function buildHistogramColumn(sources: HistogramSources, order: Uint32Array, layouts: LayoutTable): BuiltColumn {
  if (sources.explicit.isEmpty && sources.exponential.isEmpty) return { column: null, conflicts: 0 };
  const numbering = new Map<number, number>();
  const used: BucketLayout[] = [];
  const layoutOfRow = new Int32Array(order.length).fill(NO_LAYOUT);
  const offsetOfRow = new Int32Array(order.length);
  const firstCount = new Int32Array(order.length + 1);
  const placed = countsOf(sources, order);
  let filled = 0;
  let conflicts = 0;
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    if (isContested(sources, row)) conflicts++;
    const source = sourceOf(sources, row);
    firstCount[i] = filled;
    const layout = source.layout[row]!;
    if (layout === NO_LAYOUT) continue;
    layoutOfRow[i] = localNumber(layout);
    offsetOfRow[i] = source.offset[row]!;
    filled += source.length[row]!;
  }
  firstCount[order.length] = filled;
  return { column: { layouts: used, layoutOfRow, firstCount, offsetOfRow, counts: narrowed(placed) }, conflicts };

  function localNumber(layout: number): number {
    const known = numbering.get(layout);
    if (known !== undefined) return known;
    const number = used.push(layouts.get(layout)) - 1;
    numbering.set(layout, number);
    return number;
  }
}

/** The counts of these rows one after the other. Rows are nearly always in that order already: then nothing is copied. */
function countsOf(sources: HistogramSources, order: Uint32Array): Float64Array {
  let total = 0;
  let latest: HistogramAccumulator | null = null;
  let isInPlace = true;
  for (const row of order) {
    const source = sourceOf(sources, row);
    const length = source.length[row]!;
    if (length > 0 && ((latest ?? source) !== source || source.first[row] !== total)) isInPlace = false;
    if (length > 0) latest = source;
    total += length;
  }
  if (isInPlace && latest !== null) return latest.counts.subarray(0, total);
  const counts = new Float64Array(total);
  let filled = 0;
  for (const row of order) {
    const { counts: from, first, length } = sourceOf(sources, row);
    for (let k = first[row]!; k < first[row]! + length[row]!; k++) counts[filled++] = from[k]!;
  }
  return counts;
}

/** A copy in the narrowest type that holds each of them. */
function narrowed(counts: Float64Array): Counts {
  let largest = 0;
  let isWhole = true;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    if (count > largest) largest = count;
    if (!(count >= 0 && count === Math.floor(count))) isWhole = false;
  }
  if (!isWhole || largest >= 2 ** 32) return counts.slice();
  if (largest < 2 ** 8) return new Uint8Array(counts);
  return largest < 2 ** 16 ? new Uint16Array(counts) : new Uint32Array(counts);
}

function isContested(sources: HistogramSources, row: number): boolean {
  return sources.explicit.layout[row] !== NO_LAYOUT && sources.exponential.layout[row] !== NO_LAYOUT;
}

function sourceOf(sources: HistogramSources, row: number): HistogramAccumulator {
  const { explicit, exponential } = sources;
  if (!isContested(sources, row)) return explicit.layout[row] === NO_LAYOUT ? exponential : explicit;
  return exponential.total(row) > explicit.total(row) ? exponential : explicit;
}
