import type { HistogramColumn } from '../../domain/cells.ts';
import { exponentialIndex } from '../../statistics/exponential-mapping.ts';
import { grown } from './typed-columns.ts';

/** Relative error of a duration read off spans: 0.54 % (OpenTelemetry exponential histogram, scale 6). */
const SCALE = 6;
const COARSER_SCALE = 4;
const ZERO_BUCKET = -(2 ** 31);

/** Sums of multiples of this are exact, so they do not depend on the order of the spans: 0.24 microseconds. */
const TICKS_PER_MS = 4096;

export function ticksOf(durationMs: number): number {
  return Math.round(durationMs * TICKS_PER_MS);
}

export function secondsOfTicks(ticks: number): number {
  return ticks / TICKS_PER_MS / 1000;
}

export function bucketOfTicks(ticks: number): number {
  return ticks === 0 ? ZERO_BUCKET : exponentialIndex(secondsOfTicks(ticks), SCALE);
}

/**
 * The bucket at two scales less, a quarter of the buckets: 2.2 %. Exact, since buckets of a lower scale are unions of whole
 * ones (perfect subsetting, OpenTelemetry data model).
 */
export function coarserBucket(bucket: number): number {
  return bucket === ZERO_BUCKET ? ZERO_BUCKET : bucket >> (SCALE - COARSER_SCALE);
}

/** Histograms of the cells of a series: the observations of cell c are `buckets[starts[c] .. starts[c + 1])`. */
export function tickHistogram(buckets: Int32Array, starts: ArrayLike<number>, scale = SCALE): HistogramColumn {
  const cells = starts.length - 1;
  const firstCount = new Int32Array(cells + 1);
  const offsetOfRow = new Int32Array(cells);
  for (let cell = 0; cell < cells; cell++) {
    const { low, high } = bucketRange(buckets, starts[cell]!, starts[cell + 1]!);
    offsetOfRow[cell] = low;
    firstCount[cell + 1] = firstCount[cell]! + 1 + (high - low + 1);
  }
  const counts = new Float64Array(firstCount[cells]!);
  for (let cell = 0; cell < cells; cell++) {
    const zero = firstCount[cell]!;
    for (let i = starts[cell]!; i < starts[cell + 1]!; i++) {
      const bucket = buckets[i]!;
      counts[bucket === ZERO_BUCKET ? zero : zero + 1 + bucket - offsetOfRow[cell]!]! += 1;
    }
  }
  const layouts = [{ kind: 'exponential' as const, scale, zeroThreshold: 0 }];
  return { layouts, layoutOfRow: new Int32Array(cells), firstCount, offsetOfRow, counts };
}

/** Lowest and highest bucket that is not the zero bucket; an empty range where there is none. */
function bucketRange(buckets: Int32Array, from: number, to: number): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = from; i < to; i++) {
    const bucket = buckets[i]!;
    if (bucket === ZERO_BUCKET) continue;
    if (bucket < low) low = bucket;
    if (bucket > high) high = bucket;
  }
  return low <= high ? { low, high } : { low: 0, high: -1 };
}

/** Observations of one cell after the other. */
export class CellObservations {
  readonly #starts: number[] = [0];
  #buckets = new Int32Array(0);
  #length = 0;

  add(bucket: number): void {
    if (this.#length >= this.#buckets.length) this.#buckets = grown(this.#buckets, this.#length + 1);
    this.#buckets[this.#length++] = bucket;
  }

  closeCell(): void {
    this.#starts.push(this.#length);
  }

  /** Null where nothing was added. */
  histogram(): HistogramColumn | null {
    return this.#length === 0 ? null : tickHistogram(this.#buckets, this.#starts);
  }

  /** Of buckets that were made coarser. */
  coarserHistogram(): HistogramColumn | null {
    return this.#length === 0 ? null : tickHistogram(this.#buckets, this.#starts, COARSER_SCALE);
  }
}
