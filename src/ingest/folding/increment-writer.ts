import type { BlockRange } from './block-range.ts';
import type { CellBuilder } from './cell-builder.ts';
import { durationUnit } from './duration-unit.ts';
import { dividedBy } from './exponential-buckets.ts';
import type { Increment } from './increment.ts';
import { type LayoutTable, NO_LAYOUT } from './layout-table.ts';
import type { StreamUse } from './metric-uses.ts';

/** Writes what one stream adds into the cells of one series, according to the part it plays there. */
export class IncrementWriter {
  readonly #builder: CellBuilder;
  readonly #layouts: LayoutTable;
  readonly #range: BlockRange;
  readonly #use: StreamUse;
  readonly #hasCalls: boolean;
  readonly #perSecond: number;

  constructor(builder: CellBuilder, layouts: LayoutTable, range: BlockRange, use: StreamUse, hasCalls: boolean) {
    this.#builder = builder;
    this.#layouts = layouts;
    this.#range = range;
    this.#use = use;
    this.#hasCalls = hasCalls;
    const { profile, stream } = use;
    this.#perSecond = profile === null ? 1 : durationUnit(stream.identity.unit, profile.unit).perSecond;
  }

  write(increment: Readonly<Increment>): void {
    const block = this.#range.block(increment.atMs);
    if (block === null) return;
    const { part, stream, except } = this.#use;
    if (except !== null && increment.atMs >= except.fromMs && increment.atMs <= except.toMs) return;
    const isNumber = stream.identity.kind === 'gauge' || stream.identity.kind === 'sum';
    if (part === 'requests') this.#writeRequests(block, increment, isNumber);
    else if (part === 'histogram') this.#writeHistogram(block, increment, isNumber);
    else if (part === 'numerator') this.#writeAmount(block, 0, increment.count);
    else if (part === 'denominator') this.#writeAmount(block, increment.count, 0);
    else if (isNumber) this.#builder.addSample(block, this.#range.placeIn(block, increment.atMs), increment.count);
    else this.#writeAmount(block, increment.count, increment.sum);
  }

  #writeRequests(block: number, increment: Readonly<Increment>, isNumber: boolean): void {
    const { profile, isError } = this.#use;
    const { count } = increment;
    if (isNumber || count === 0 || profile === null) return;
    if (profile.counts === 'delays') {
      this.#builder.addDelay(block, increment.sum / this.#perSecond);
      return;
    }
    const isAttempt = profile.counts === 'attempts';
    if (isAttempt && this.#hasCalls) {
      this.#builder.add(block, 0, 0, 0, count);
      return;
    }
    this.#builder.add(block, count, increment.sum / this.#perSecond, isError ? count : 0, isAttempt ? count : 0);
    this.#writeBuckets(block, increment);
  }

  #writeHistogram(block: number, increment: Readonly<Increment>, isNumber: boolean): void {
    if (isNumber || increment.count === 0) return;
    this.#builder.add(block, increment.count, increment.sum, 0, 0);
    this.#writeBuckets(block, increment);
  }

  #writeAmount(block: number, count: number, sum: number): void {
    if (count !== 0 || sum !== 0) this.#builder.add(block, count, sum, 0, 0);
  }

  #writeBuckets(block: number, increment: Readonly<Increment>): void {
    const { layout, offset, buckets, first, length } = increment;
    if (layout === NO_LAYOUT) return;
    const target = this.#layouts.divided(layout, this.#perSecond);
    const shape = this.#layouts.get(layout);
    if (this.#perSecond === 1 || shape.kind === 'explicit') {
      this.#builder.addBuckets(block, target, offset, buckets, first, length);
      return;
    }
    const { scale, zeroThreshold } = shape;
    const counts = Float64Array.from(buckets.subarray(first, first + length));
    const moved = dividedBy({ scale, zeroThreshold, offset, counts }, this.#perSecond);
    this.#builder.addBuckets(block, target, moved.offset, moved.counts, 0, moved.counts.length);
  }
}
