import { type CellRun, type CellSink, runsAsPoints } from '../../domain/cell-run.ts';
import type { QualityCode } from '../../domain/quality.ts';
import { isCount, type StreamIdentity } from '../../domain/telemetry.ts';
import { type LayoutTable, NO_LAYOUT } from './layout-table.ts';
import type { QualityCounter } from './quality-counter.ts';
import { NO_BUCKETS } from './stream-points.ts';
import { type Stream, StreamTable } from './stream-table.ts';

const NO_ZERO_COUNT = -1;

/** A bucket index has to fit an Int32 column. */
const LARGEST_OFFSET = 2 ** 30;

/** Stores the points of the streams that are read; of the others it only says how many there were. */
export class MetricSink {
  points = 0;
  readonly #table: StreamTable;
  readonly #layouts: LayoutTable;
  readonly #quality: Pick<QualityCounter, 'add'>;
  readonly #asPoints: CellSink['cellRun'] = runsAsPoints(this);

  constructor(isRead: (metric: string) => boolean, layouts: LayoutTable, quality: Pick<QualityCounter, 'add'>) {
    this.#table = new StreamTable(isRead);
    this.#layouts = layouts;
    this.#quality = quality;
  }

  get streams(): readonly Stream[] {
    return this.#table.streams;
  }

  openStream(identity: StreamIdentity): number {
    return this.#table.open(identity);
  }

  numberPoint(number: number, startMs: number, timeMs: number, value: number): void {
    const stream = this.#accept(number, startMs, timeMs);
    if (stream === null) return;
    if (!Number.isFinite(value)) this.#reject('not-finite', stream);
    else this.#store(stream, startMs, timeMs, value, Number.NaN);
  }

  summaryPoint(number: number, startMs: number, timeMs: number, count: number, sum: number): void {
    const stream = this.#accept(number, startMs, timeMs);
    if (stream === null) return;
    if (!isCount(count)) this.#reject('negative-count', stream);
    else this.#store(stream, startMs, timeMs, count, sum);
  }

  histogramPoint(
    number: number,
    startMs: number,
    timeMs: number,
    count: number,
    sum: number,
    bounds: ArrayLike<number>,
    buckets: ArrayLike<number>,
  ): void {
    const stream = this.#accept(number, startMs, timeMs);
    if (stream === null) return;
    if (!isCount(count) || !areCounts(buckets)) this.#reject('negative-count', stream);
    else if (bounds.length === 0) this.#store(stream, startMs, timeMs, count, sum);
    else if (buckets.length !== bounds.length + 1) this.#reject('bucket-mismatch', stream);
    else {
      if (!this.#layouts.hasBounds(stream.layout, bounds)) stream.layout = this.#layouts.explicit(bounds);
      stream.hasBuckets = true;
      stream.noteTime(startMs, timeMs);
      stream.points.append(startMs, timeMs, count, sum, stream.layout, 0, NO_ZERO_COUNT, buckets);
    }
  }

  exponentialPoint(
    number: number,
    startMs: number,
    timeMs: number,
    count: number,
    sum: number,
    scale: number,
    zeroThreshold: number,
    zeroCount: number,
    offset: number,
    buckets: ArrayLike<number>,
  ): void {
    const stream = this.#accept(number, startMs, timeMs);
    if (stream === null) return;
    if (!isCount(count) || !isCount(zeroCount) || !areCounts(buckets)) this.#reject('negative-count', stream);
    else if (!Number.isInteger(scale) || !Number.isInteger(offset) || Math.abs(offset) > LARGEST_OFFSET) {
      this.#reject('bad-point', stream);
    } else {
      stream.layout = this.#layouts.exponentialAfter(stream.layout, scale, zeroThreshold);
      stream.hasBuckets = true;
      stream.noteTime(startMs, timeMs);
      stream.points.append(startMs, timeMs, count, sum, stream.layout, offset, zeroCount, buckets);
    }
  }

  /** Kept as it is where nothing but ordinary runs has come, in order; else all rows become points. */
  cellRun(number: number, run: CellRun): void {
    const stream = this.#table.streams[number];
    if (stream !== undefined && !(stream.continuesWith(run) && isOrdinary(run))) {
      this.#spread(stream, number);
      this.#asPoints(number, run);
      return;
    }
    this.points += run.block.length;
    if (stream === undefined) return;
    const { block, blockMs, layout } = run;
    if (layout !== null) {
      stream.layout = this.#layouts.numberOf(layout, stream.layout);
      stream.hasBuckets = true;
    }
    stream.noteTime(block[0]! * blockMs, (block.at(-1)! + 1) * blockMs);
    stream.runs.push({ run, layout: layout === null ? NO_LAYOUT : stream.layout });
  }

  #spread(stream: Stream, number: number): void {
    const { runs } = stream;
    stream.runs = [];
    for (const { run } of runs) {
      this.points -= run.block.length;
      this.#asPoints(number, run);
    }
  }

  #accept(number: number, startMs: number, timeMs: number): Stream | null {
    this.points++;
    const stream = this.#table.streams[number];
    if (stream === undefined) return null;
    if (stream.runs.length > 0) this.#spread(stream, number);
    if (Number.isFinite(timeMs) && startMs !== Number.POSITIVE_INFINITY) return stream;
    this.#reject('missing-time', stream);
    return null;
  }

  #store(stream: Stream, startMs: number, timeMs: number, count: number, sum: number): void {
    stream.noteTime(startMs, timeMs);
    stream.points.append(startMs, timeMs, count, sum, NO_LAYOUT, 0, NO_ZERO_COUNT, NO_BUCKETS);
  }

  #reject(code: QualityCode, stream: Stream): void {
    this.#quality.add(code, stream.identity.metric);
  }
}

function areCounts(counts: ArrayLike<number>): boolean {
  for (let i = 0; i < counts.length; i++) if (!isCount(counts[i]!)) return false;
  return true;
}

/** Whole counts in as many buckets as the bounds say: nothing that would have to be refused. */
function isOrdinary({ block, count, layout, first, buckets }: CellRun): boolean {
  if (buckets instanceof Float64Array && buckets.length > 0) return false;
  if (layout?.kind === 'explicit' && first.at(-1) !== block.length * (layout.bounds.length + 1)) return false;
  return count.every(isCount);
}
