import type { CellKey, CellSeries } from '../../domain/cells.ts';
import { REQUESTS } from '../../domain/cells.ts';
import { exponentialIndex } from '../../statistics/exponential-mapping.ts';
import { seriesKey } from './cell-key.ts';
import { grown, orderBy } from './typed-columns.ts';

/** Relative error of a latency read off spans: 0.54 % (OpenTelemetry exponential histogram, scale 6). */
const SCALE = 6;
const ZERO_BUCKET = -(2 ** 31);

/** Sums of multiples of this are exact, so they do not depend on the order of the spans: 0.24 microseconds. */
const TICKS_PER_MS = 4096;

/** One logical request or call, on its way into a cell. */
export interface RequestRecord {
  readonly block: number;
  readonly latencyMs: number;
  readonly isError: boolean;
  readonly attempts: number;
}

/** Requests by series and block. Rows are kept as columns until `series`, where every cell gets its exact size. */
export class RequestRecords {
  readonly #keys: CellKey[] = [];
  readonly #seriesOfKey = new Map<string, number>();
  #rows = 0;
  #series = new Int32Array(0);
  #block = new Int32Array(0);
  #ticks = new Float64Array(0);
  #errors = new Uint8Array(0);
  #attempts = new Int32Array(0);

  /** Equal keys answer the same number. */
  openSeries(key: CellKey): number {
    const text = seriesKey(key, REQUESTS);
    const known = this.#seriesOfKey.get(text);
    if (known !== undefined) return known;
    const number = this.#keys.push(key) - 1;
    this.#seriesOfKey.set(text, number);
    return number;
  }

  add(series: number, record: RequestRecord): void {
    const row = this.#rows++;
    if (row >= this.#series.length) this.#grow(row + 1);
    this.#series[row] = series;
    this.#block[row] = record.block;
    this.#ticks[row] = Math.round(record.latencyMs * TICKS_PER_MS);
    this.#errors[row] = record.isError ? 1 : 0;
    this.#attempts[row] = record.attempts;
  }

  series(): CellSeries[] {
    const bySeries = orderBy(this.#rows, (row) => this.#series[row]!);
    const built: CellSeries[] = [];
    let from = 0;
    for (const [number, key] of this.#keys.entries()) {
      let to = from;
      while (to < bySeries.length && this.#series[bySeries[to]!] === number) to++;
      if (to > from) built.push(this.#build(key, bySeries.subarray(from, to)));
      from = to;
    }
    return built;
  }

  #grow(rows: number): void {
    this.#series = grown(this.#series, rows);
    this.#block = grown(this.#block, rows);
    this.#ticks = grown(this.#ticks, rows);
    this.#errors = grown(this.#errors, rows);
    this.#attempts = grown(this.#attempts, rows);
  }

  #build(key: CellKey, rows: Uint32Array): CellSeries {
    const order = orderBy(rows.length, (i) => this.#block[rows[i]!]!);
    for (let i = 0; i < order.length; i++) order[i] = rows[order[i]!]!;
    const starts = this.#cellStarts(order);
    const cells = starts.length - 1;
    const columns = {
      block: new Int32Array(cells),
      count: new Float64Array(cells),
      sum: new Float64Array(cells),
      errors: new Float64Array(cells),
      attempts: new Float64Array(cells),
    };
    for (let cell = 0; cell < cells; cell++) {
      const first = starts[cell]!;
      const end = starts[cell + 1]!;
      columns.block[cell] = this.#block[order[first]!]!;
      columns.count[cell] = end - first;
      let ticks = 0;
      for (let i = first; i < end; i++) {
        const row = order[i]!;
        ticks += this.#ticks[row]!;
        columns.errors[cell]! += this.#errors[row]!;
        columns.attempts[cell]! += this.#attempts[row]!;
      }
      columns.sum[cell] = ticks / TICKS_PER_MS / 1000;
    }
    const { count, attempts } = columns;
    const isCall = key.peer !== null;
    return {
      key,
      measure: REQUESTS,
      ...columns,
      attempts: isCall ? attempts : null,
      retries: isCall ? attempts.map((sent, cell) => sent - count[cell]!) : null,
      histogram: this.#histogram(order, starts),
    };
  }

  /** Where each cell's rows begin in `order`, and one more entry for the end. */
  #cellStarts(order: Uint32Array): number[] {
    const starts: number[] = [];
    for (let i = 0; i < order.length; i++) {
      if (i === 0 || this.#block[order[i]!] !== this.#block[order[i - 1]!]) starts.push(i);
    }
    starts.push(order.length);
    return starts;
  }

  #histogram(order: Uint32Array, starts: readonly number[]) {
    const cells = starts.length - 1;
    const indexes = new Int32Array(order.length);
    for (let i = 0; i < order.length; i++) indexes[i] = this.#bucketIndex(order[i]!);
    const firstCount = new Int32Array(cells + 1);
    const offsetOfRow = new Int32Array(cells);
    for (let cell = 0; cell < cells; cell++) {
      const { low, high } = indexRange(indexes, starts[cell]!, starts[cell + 1]!);
      offsetOfRow[cell] = low;
      firstCount[cell + 1] = firstCount[cell]! + 1 + (high - low + 1);
    }
    const counts = new Float64Array(firstCount[cells]!);
    for (let cell = 0; cell < cells; cell++) {
      const zero = firstCount[cell]!;
      for (let i = starts[cell]!; i < starts[cell + 1]!; i++) {
        const index = indexes[i]!;
        counts[index === ZERO_BUCKET ? zero : zero + 1 + index - offsetOfRow[cell]!]! += 1;
      }
    }
    const layouts = [{ kind: 'exponential' as const, scale: SCALE, zeroThreshold: 0 }];
    return { layouts, layoutOfRow: new Int32Array(cells), firstCount, offsetOfRow, counts };
  }

  #bucketIndex(row: number): number {
    const ticks = this.#ticks[row]!;
    return ticks === 0 ? ZERO_BUCKET : exponentialIndex(ticks / TICKS_PER_MS / 1000, SCALE);
  }
}

/** Lowest and highest index that is not the zero bucket; an empty range where there is none. */
function indexRange(indexes: Int32Array, from: number, to: number): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = from; i < to; i++) {
    const index = indexes[i]!;
    if (index === ZERO_BUCKET) continue;
    if (index < low) low = index;
    if (index > high) high = index;
  }
  return low <= high ? { low, high } : { low: 0, high: -1 };
}
