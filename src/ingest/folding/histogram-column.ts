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
  const counts = emptyCounts(sources, order);
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
    const first = source.first[row]!;
    const length = source.length[row]!;
    for (let bucket = 0; bucket < length; bucket++) counts[filled + bucket] = source.counts[first + bucket]!;
    filled += length;
  }
  firstCount[order.length] = filled;
  return { column: { layouts: used, layoutOfRow, firstCount, offsetOfRow, counts }, conflicts };

  function localNumber(layout: number): number {
    const known = numbering.get(layout);
    if (known !== undefined) return known;
    const number = used.push(layouts.get(layout)) - 1;
    numbering.set(layout, number);
    return number;
  }
}

/** Room for the counts of these rows, in the narrowest type that holds each of them. */
function emptyCounts(sources: HistogramSources, order: Uint32Array): Counts {
  let total = 0;
  let largest = 0;
  let isWhole = true;
  for (const row of order) {
    const { counts, first, length } = sourceOf(sources, row);
    const end = first[row]! + length[row]!;
    for (let i = first[row]!; i < end; i++) {
      const count = counts[i]!;
      if (count > largest) largest = count;
      if (!(count >= 0 && count === Math.floor(count))) isWhole = false;
    }
    total += length[row]!;
  }
  if (!isWhole || largest >= 2 ** 32) return new Float64Array(total);
  if (largest < 2 ** 8) return new Uint8Array(total);
  return largest < 2 ** 16 ? new Uint16Array(total) : new Uint32Array(total);
}

function isContested(sources: HistogramSources, row: number): boolean {
  return sources.explicit.layout[row] !== NO_LAYOUT && sources.exponential.layout[row] !== NO_LAYOUT;
}

function sourceOf(sources: HistogramSources, row: number): HistogramAccumulator {
  const { explicit, exponential } = sources;
  if (!isContested(sources, row)) return explicit.layout[row] === NO_LAYOUT ? exponential : explicit;
  return exponential.total(row) > explicit.total(row) ? exponential : explicit;
}
