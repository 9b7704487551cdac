import type { CellKey, CellSeries } from '../../domain/cells.ts';
import { REQUESTS } from '../../domain/cells.ts';
import { AttemptRecords } from './attempt-records.ts';
import { seriesKey } from './cell-key.ts';
import type { OrderedAttempt } from './requests.ts';
import { bucketOfTicks, secondsOfTicks, tickHistogram, ticksOf } from './tick-histogram.ts';
import { grown, orderBy } from './typed-columns.ts';

/** One logical request or call, on its way into a cell. */
export interface RequestRecord {
  readonly block: number;
  readonly latencyMs: number;
  readonly isError: boolean;
  readonly attempts: number;
  /** The attempts seen, where they were more than one. */
  readonly retried?: readonly OrderedAttempt[] | null;
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
  readonly #attemptRecords = new AttemptRecords();

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
    this.#ticks[row] = ticksOf(record.latencyMs);
    this.#errors[row] = record.isError ? 1 : 0;
    this.#attempts[row] = record.attempts;
    if (record.retried) this.#attemptRecords.add(row, record.retried);
  }

  series(): CellSeries[] {
    this.#attemptRecords.index(this.#rows);
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
      columns.sum[cell] = secondsOfTicks(ticks);
    }
    const { count, attempts, sum } = columns;
    const buckets = this.#buckets(order);
    const histogram = tickHistogram(buckets, starts);
    const calls = { order, starts, ticks: this.#ticks, errors: this.#errors, buckets, histogram, sum };
    const isCall = key.peer !== null;
    return {
      key,
      measure: REQUESTS,
      ...columns,
      attempts: isCall ? attempts : null,
      retries: isCall ? attempts.map((sent, cell) => sent - count[cell]!) : null,
      histogram,
      ...(isCall ? { attemptDetail: this.#attemptRecords.detail(calls) } : {}),
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

  #buckets(order: Uint32Array): Int32Array {
    const buckets = new Int32Array(order.length);
    for (let i = 0; i < order.length; i++) buckets[i] = bucketOfTicks(this.#ticks[order[i]!]!);
    return buckets;
  }
}
