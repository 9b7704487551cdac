import type { CellKey, CellSeries, Counts } from '../../domain/cells.ts';
import { HistogramAccumulator } from './histogram-accumulator.ts';
import { buildHistogramColumn } from './histogram-column.ts';
import type { LayoutTable } from './layout-table.ts';
import { grown, orderBy } from './typed-columns.ts';

/** Which columns the source of a series can know. */
export interface KnownColumns {
  readonly errors: boolean;
  readonly attempts: boolean;
  readonly retries: boolean;
  readonly delays: boolean;
}

export interface BuiltSeries {
  readonly series: CellSeries;
  readonly conflicts: number;
}

/** Adds up the cells of one series by block. One instance builds all series in turn. */
export class CellBuilder {
  rows = 0;
  readonly #layouts: LayoutTable;
  /** Of the first `#findableRows` rows. */
  readonly #rowOfBlock = new Map<number, number>();
  #findableRows = 0;
  #samples = 0;
  #places = 0;
  #latestBlock = Number.NEGATIVE_INFINITY;
  #lastBlock = Number.NaN;
  #lastRow = 0;
  #block = new Int32Array(0);
  #count = new Float64Array(0);
  #sum = new Float64Array(0);
  #errors = new Float64Array(0);
  #attempts = new Float64Array(0);
  #delays = new Float64Array(0);
  readonly #explicit: HistogramAccumulator;
  readonly #exponential: HistogramAccumulator;

  constructor(layouts: LayoutTable) {
    this.#layouts = layouts;
    this.#explicit = new HistogramAccumulator(layouts);
    this.#exponential = new HistogramAccumulator(layouts);
  }

  clear(): void {
    this.rows = 0;
    this.#rowOfBlock.clear();
    this.#findableRows = 0;
    this.#samples = 0;
    this.#places = 0;
    this.#latestBlock = Number.NEGATIVE_INFINITY;
    this.#lastBlock = Number.NaN;
    this.#explicit.clear();
    this.#exponential.clear();
  }

  add(block: number, count: number, sum: number, errors: number, attempts: number): void {
    const row = this.#rowOf(block);
    this.#count[row]! += count;
    this.#sum[row]! += sum;
    this.#errors[row]! += errors;
    this.#attempts[row]! += attempts;
  }

  /** Seconds in which calls waited to be repeated. */
  addDelay(block: number, seconds: number): void {
    this.#delays[this.#rowOf(block)]! += seconds;
  }

  /** One value of one instant, at a place in its block. */
  addSample(block: number, place: number, value: number): void {
    this.add(block, 1, value, 0, 0);
    this.#samples++;
    this.#places += place;
  }

  addBuckets(block: number, layout: number, offset: number, buckets: Counts, first: number, length: number): void {
    const target = this.#layouts.get(layout).kind === 'explicit' ? this.#explicit : this.#exponential;
    target.add(this.#rowOf(block), layout, offset, buckets, first, length);
  }

  build(key: CellKey, measure: string, known: KnownColumns): BuiltSeries {
    const order = orderBy(this.rows, (row) => this.#block[row]!);
    const count = picked(this.#count, order);
    const attempts = known.attempts ? picked(this.#attempts, order) : null;
    const { column, conflicts } = buildHistogramColumn(
      { explicit: this.#explicit, exponential: this.#exponential },
      order,
      this.#layouts,
    );
    const series: CellSeries = {
      key,
      measure,
      block: picked(this.#block, order),
      count,
      sum: picked(this.#sum, order),
      errors: known.errors ? picked(this.#errors, order) : null,
      attempts,
      retries: known.retries && attempts !== null ? attempts.map((sent, i) => Math.max(0, sent - count[i]!)) : null,
      histogram: column,
      ...(known.delays ? { delays: picked(this.#delays, order) } : {}),
      ...(this.#samples > 0 ? { sampledAt: this.#places / this.#samples } : {}),
    };
    return { series, conflicts };
  }

  #rowOf(block: number): number {
    if (block === this.#lastBlock) return this.#lastRow;
    // Streams are folded in time order: the block is nearly always that of the next row, or later than all rows.
    const next = this.#lastRow + 1;
    const row = next < this.rows && this.#block[next] === block ? next : this.#find(block);
    this.#lastBlock = block;
    this.#lastRow = row;
    return row;
  }

  #find(block: number): number {
    if (block > this.#latestBlock) return this.#open(block);
    for (; this.#findableRows < this.rows; this.#findableRows++) {
      this.#rowOfBlock.set(this.#block[this.#findableRows]!, this.#findableRows);
    }
    return this.#rowOfBlock.get(block) ?? this.#open(block);
  }

  #open(block: number): number {
    const row = this.rows++;
    if (row >= this.#block.length) this.#grow(row + 1);
    this.#latestBlock = Math.max(block, this.#latestBlock);
    this.#block[row] = block;
    this.#count[row] = 0;
    this.#sum[row] = 0;
    this.#errors[row] = 0;
    this.#attempts[row] = 0;
    this.#delays[row] = 0;
    this.#explicit.openRow(row);
    this.#exponential.openRow(row);
    return row;
  }

  #grow(rows: number): void {
    this.#block = grown(this.#block, rows);
    this.#count = grown(this.#count, rows);
    this.#sum = grown(this.#sum, rows);
    this.#errors = grown(this.#errors, rows);
    this.#attempts = grown(this.#attempts, rows);
    this.#delays = grown(this.#delays, rows);
  }
}

function picked<T extends Float64Array | Int32Array>(column: T, order: Uint32Array): T {
  const result = new (column.constructor as new (length: number) => T)(order.length);
  for (let i = 0; i < order.length; i++) result[i] = column[order[i]!]!;
  return result;
}
