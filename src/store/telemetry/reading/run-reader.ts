import type { CellRun } from '../../../domain/cell-run.ts';
import type { BucketLayout, Counts } from '../../../domain/cells.ts';
import { EXPONENTIAL_LAYOUT } from '../writing/tables.ts';
import type { BoundsOf } from './layouts.ts';
import type { Block, Column } from './native-blocks.ts';

/** Where the columns of a run lie, in the order of `READ_RUN_COLUMNS`. */
const PLACE = {
  stream: 0,
  layout: 1,
  scale: 2,
  zeroThreshold: 3,
  blocks: 4,
  counted: 5,
  totals: 6,
  sums: 7,
  offsets: 8,
  sizes: 9,
  counts8: 10,
  counts16: 11,
  counts32: 12,
  fractions: 13,
  resets: 14,
  overlaps: 15,
  boundsChanges: 16,
} as const;

/** Blocks of an hour, and those of the hour before and after that its points reach into. */
const MOST_USUAL_ROWS = 64;

/** What was noticed in the points of a run, in numbers of points. */
export interface RunFindings {
  readonly resets: number;
  readonly overlaps: number;
  readonly boundsChanges: number;
}

/** Reads the runs of a block of columns one after the other; their columns are parts of the block's. */
export class RunReader {
  streamLow = 0;
  streamHigh = 0;
  readonly #blockMs: number;
  readonly #boundsOf: BoundsOf;
  readonly #layouts = new Map<string, BucketLayout>();
  #columns: readonly Column[] = [];
  #row = 0;
  #uniform = new Uint32Array(0);

  constructor(blockMs: number, boundsOf: BoundsOf) {
    this.#blockMs = blockMs;
    this.#boundsOf = boundsOf;
  }

  load({ columns }: Block, row: number): void {
    this.#columns = columns;
    this.#row = row;
    const { words } = columns[PLACE.stream]!;
    this.streamLow = words[2 * row]!;
    this.streamHigh = words[2 * row + 1]!;
  }

  findings(): RunFindings {
    return {
      resets: this.#total(PLACE.resets),
      overlaps: this.#total(PLACE.overlaps),
      boundsChanges: this.#total(PLACE.boundsChanges),
    };
  }

  /** Without the blocks in which nothing could be counted; null where those are all. */
  run(isNumber: boolean): CellRun | null {
    const counted = this.#words8(PLACE.counted);
    const run = this.#all(isNumber);
    return counted.length === 0 ? run : rowsOf(run, counted);
  }

  #all(isNumber: boolean): CellRun {
    const block = this.#ints(PLACE.blocks);
    const first = this.#firsts(block.length);
    const fractions = this.#doubles(PLACE.fractions);
    const buckets = fractions.length > 0 ? fractions : this.#wholeCounts();
    const offset = this.#ints(PLACE.offsets);
    return {
      blockMs: this.#blockMs,
      block,
      count: this.#doubles(PLACE.totals),
      isNumber,
      sum: this.#doubles(PLACE.sums),
      layout: this.#layout(),
      offset: offset.length === 0 ? null : offset,
      first,
      buckets,
    };
  }

  /** `sizes` is one number where all rows have as many counts: then most runs share what follows from it. */
  #firsts(rows: number): Uint32Array {
    const sizes = this.#words(PLACE.sizes);
    if (sizes.length === 1) {
      const size = sizes[0]!;
      if (this.#uniform[1] !== size || this.#uniform.length <= rows) {
        this.#uniform = Uint32Array.from({ length: Math.max(MOST_USUAL_ROWS, rows) + 1 }, (_, row) => row * size);
      }
      return this.#uniform.subarray(0, rows + 1);
    }
    const first = new Uint32Array(rows + 1);
    for (let row = 0; row < rows; row++) first[row + 1] = first[row]! + sizes[row]!;
    return first;
  }

  #wholeCounts(): Counts {
    const [from8, to8] = this.#span(PLACE.counts8);
    if (to8 > from8) return this.#columns[PLACE.counts8]!.bytes.subarray(from8, to8);
    const [from16, to16] = this.#span(PLACE.counts16);
    if (to16 > from16) return new Uint16Array(this.#columns[PLACE.counts16]!.bytes.buffer, 2 * from16, to16 - from16);
    return this.#words(PLACE.counts32);
  }

  #layout(): BucketLayout | null {
    const { words } = this.#columns[PLACE.layout]!;
    const low = words[2 * this.#row]!;
    const high = words[2 * this.#row + 1]!;
    if (low === 0 && high === 0) return null;
    const isExponential = high === 0 && low === EXPONENTIAL_LAYOUT;
    const scale = (this.#columns[PLACE.scale]!.bytes[this.#row]! << 24) >> 24;
    const zeroThreshold = this.#columns[PLACE.zeroThreshold]!.doubles[this.#row]!;
    const key = isExponential ? `${scale} ${zeroThreshold}` : `${low}:${high}`;
    const known = this.#layouts.get(key);
    if (known !== undefined) return known;
    const layout: BucketLayout = isExponential
      ? { kind: 'exponential', scale, zeroThreshold }
      : { kind: 'explicit', bounds: this.#boundsOf(low, high) };
    this.#layouts.set(key, layout);
    return layout;
  }

  /** Where the row's values begin and end. */
  #span(place: number): [number, number] {
    const { ends } = this.#columns[place]!;
    return [this.#row === 0 ? 0 : ends![this.#row - 1]!, ends![this.#row]!];
  }

  #words8(place: number): Uint8Array {
    const [from, to] = this.#span(place);
    return this.#columns[place]!.bytes.subarray(from, to);
  }

  #words(place: number): Uint32Array {
    const [from, to] = this.#span(place);
    return this.#columns[place]!.words.subarray(from, to);
  }

  #ints(place: number): Int32Array {
    const [from, to] = this.#span(place);
    return new Int32Array(this.#columns[place]!.bytes.buffer, 4 * from, to - from);
  }

  #doubles(place: number): Float64Array {
    const [from, to] = this.#span(place);
    return this.#columns[place]!.doubles.subarray(from, to);
  }

  #total(place: number): number {
    let total = 0;
    for (const one of this.#words(place)) total += one;
    return total;
  }
}

/** The rows that are flagged; null where none is. */
function rowsOf(run: CellRun, flags: ArrayLike<number>): CellRun | null {
  const rows: number[] = [];
  for (let row = 0; row < flags.length; row++) if (flags[row] !== 0) rows.push(row);
  if (rows.length === 0) return null;
  if (rows.length === run.block.length) return run;
  const parts = rows.map((row) => run.buckets.subarray(run.first[row]!, run.first[row + 1]!));
  const first = new Uint32Array(rows.length + 1);
  parts.forEach((part, i) => {
    first[i + 1] = first[i]! + part.length;
  });
  const buckets = new (run.buckets.constructor as new (length: number) => Counts)(first[rows.length]!);
  parts.forEach((part, i) => {
    buckets.set(part, first[i]!);
  });
  const { offset } = run;
  return {
    ...run,
    block: Int32Array.from(rows, (row) => run.block[row]!),
    count: Float64Array.from(rows, (row) => run.count[row]!),
    sum: Float64Array.from(rows, (row) => run.sum[row]!),
    offset: offset === null ? null : Int32Array.from(rows, (row) => offset[row]!),
    first,
    buckets,
  };
}
