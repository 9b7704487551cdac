import { type AttemptDetail, type HistogramColumn, ORDINALS, type SplitHistogram } from '../../domain/cells.ts';
import type { OrderedAttempt } from './requests.ts';
import { bucketOfTicks, CellObservations, coarserBucket, secondsOfTicks, ticksOf } from './tick-histogram.ts';
import { grown } from './typed-columns.ts';

const NO_DELAY = -1;

/** The calls of one series: cell c has the records `order[starts[c] .. starts[c + 1])`. */
export interface SeriesCalls {
  readonly order: Uint32Array;
  readonly starts: readonly number[];
  /** By record. */
  readonly ticks: Float64Array;
  readonly errors: Uint8Array;
  /** Of the calls as a whole, in `order`. */
  readonly buckets: Int32Array;
  /** The same by cell. */
  readonly histogram: HistogramColumn;
  readonly sum: Float64Array;
}

/** Attempts of the calls that were more than one attempt, as columns; a call of one attempt is told by its own record. */
export class AttemptRecords {
  #rows = 0;
  #record = new Int32Array(0);
  #ordinal = new Int32Array(0);
  #failed = new Uint8Array(0);
  #ticks = new Float64Array(0);
  #delayTicks = new Float64Array(0);
  #second = new Float64Array(0);
  #firstOfRecord = new Int32Array(0);

  add(record: number, attempts: readonly OrderedAttempt[]): void {
    if (this.#rows + attempts.length > this.#record.length) this.#grow(this.#rows + attempts.length);
    for (const { ordinal, startMs, durationMs, failed, delayMs } of attempts) {
      const row = this.#rows++;
      this.#record[row] = record;
      this.#ordinal[row] = ordinal;
      this.#failed[row] = failed ? 1 : 0;
      this.#ticks[row] = ticksOf(durationMs);
      this.#delayTicks[row] = Number.isNaN(delayMs) ? NO_DELAY : ticksOf(delayMs);
      this.#second[row] = Math.floor(startMs / 1000);
    }
  }

  /** To be called when all records are in, before `detail`. */
  index(records: number): void {
    this.#firstOfRecord = new Int32Array(records + 1);
    for (let row = 0; row < this.#rows; row++) this.#firstOfRecord[this.#record[row]! + 1]!++;
    for (let record = 0; record < records; record++) {
      this.#firstOfRecord[record + 1]! += this.#firstOfRecord[record]!;
    }
  }

  detail(calls: SeriesCalls): AttemptDetail {
    const { order, starts, errors, buckets } = calls;
    const cells = starts.length - 1;
    const isRetried = this.#isRetried(order);
    const observed = new ObservedAttempts(cells, isRetried);
    const attemptSum = isRetried ? new Float64Array(cells) : calls.sum;
    for (let cell = 0; cell < cells; cell++) {
      let ticks = 0;
      for (let i = starts[cell]!; i < starts[cell + 1]!; i++) {
        const record = order[i]!;
        const first = this.#firstOfRecord[record]!;
        const end = this.#firstOfRecord[record + 1]!;
        if (first === end) {
          observed.add(cell, 1, errors[record]!, buckets[i]!);
          ticks += calls.ticks[record]!;
        }
        for (let row = first; row < end; row++) {
          observed.add(cell, this.#ordinal[row]!, this.#failed[row]!, bucketOfTicks(this.#ticks[row]!));
          if (this.#delayTicks[row] !== NO_DELAY) {
            observed.addDelay(this.#ordinal[row]!, this.#failed[row]!, bucketOfTicks(this.#delayTicks[row]!));
          }
          ticks += this.#ticks[row]!;
        }
      }
      if (isRetried) attemptSum[cell] = secondsOfTicks(ticks);
      observed.closeCell();
    }
    const { made, failed } = observed;
    const durations = observed.durations(calls.histogram);
    const firstRetries = this.#firstRetries(order, starts);
    return { made, failed, attemptSum, durations, delays: observed.delays(), firstRetries };
  }

  #isRetried(order: Uint32Array): boolean {
    for (let i = 0; i < order.length; i++) {
      if (this.#firstOfRecord[order[i]! + 1]! > this.#firstOfRecord[order[i]!]!) return true;
    }
    return false;
  }

  #firstRetries(order: Uint32Array, starts: readonly number[]): AttemptDetail['firstRetries'] {
    const first = new Int32Array(starts.length);
    const second: number[] = [];
    const retries: number[] = [];
    for (let cell = 0; cell < starts.length - 1; cell++) {
      for (const at of this.#firstRetrySeconds(order.subarray(starts[cell], starts[cell + 1]))) {
        const isSame = second.length > first[cell]! && second[second.length - 1] === at;
        if (!isSame) retries[second.push(at) - 1] = 0;
        retries[second.length - 1]! += 1;
      }
      first[cell + 1] = second.length;
    }
    return { first, second: Float64Array.from(second), retries: Float64Array.from(retries) };
  }

  #firstRetrySeconds(records: Uint32Array): Float64Array {
    const seconds: number[] = [];
    for (const record of records) {
      for (let row = this.#firstOfRecord[record]!; row < this.#firstOfRecord[record + 1]!; row++) {
        if (this.#ordinal[row] === 2) seconds.push(this.#second[row]!);
      }
    }
    return Float64Array.from(seconds).sort();
  }

  #grow(rows: number): void {
    this.#record = grown(this.#record, rows);
    this.#ordinal = grown(this.#ordinal, rows);
    this.#failed = grown(this.#failed, rows);
    this.#ticks = grown(this.#ticks, rows);
    this.#delayTicks = grown(this.#delayTicks, rows);
    this.#second = grown(this.#second, rows);
  }
}

/** Counts, durations and delays on their way into columns; durations of calls never repeated are the calls' own. */
class ObservedAttempts {
  readonly made: Float64Array;
  readonly failed: Float64Array;
  readonly #isRetried: boolean;
  readonly #durations = new CellObservations();
  readonly #failedDurations = new CellObservations();
  readonly #delays = Array.from({ length: ORDINALS - 1 }, () => new CellObservations());
  readonly #delaysToFailure = Array.from({ length: ORDINALS - 1 }, () => new CellObservations());

  constructor(cells: number, isRetried: boolean) {
    this.made = new Float64Array(cells * ORDINALS);
    this.failed = new Float64Array(cells * ORDINALS);
    this.#isRetried = isRetried;
  }

  add(cell: number, ordinal: number, hasFailed: number, bucket: number): void {
    const place = cell * ORDINALS + Math.min(ordinal, ORDINALS) - 1;
    this.made[place]! += 1;
    if (this.#isRetried) this.#durations.add(coarserBucket(bucket));
    if (hasFailed === 0) return;
    this.failed[place]! += 1;
    this.#failedDurations.add(coarserBucket(bucket));
  }

  addDelay(ordinal: number, hasFailed: number, bucket: number): void {
    const place = Math.min(ordinal, ORDINALS) - 2;
    this.#delays[place]!.add(bucket);
    if (hasFailed === 1) this.#delaysToFailure[place]!.add(bucket);
  }

  closeCell(): void {
    this.#durations.closeCell();
    this.#failedDurations.closeCell();
    for (const one of this.#delays) one.closeCell();
    for (const one of this.#delaysToFailure) one.closeCell();
  }

  durations(ofCalls: HistogramColumn): SplitHistogram {
    const all = this.#isRetried ? this.#durations.coarserHistogram() : ofCalls;
    return { all, failed: this.#failedDurations.coarserHistogram() };
  }

  delays(): SplitHistogram[] {
    return this.#delays.map((all, k) => ({
      all: all.histogram(),
      failed: this.#delaysToFailure[k]!.histogram(),
    }));
  }
}
