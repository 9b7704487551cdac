import type { StreamIdentity, TelemetrySink } from '../../src/domain/telemetry.ts';

/** Holds decoders to what a sink may rely on. */
export class StrictSink implements TelemetrySink {
  #streams = 0;

  openStream({ metric, resource, attributes }: StreamIdentity): number {
    if (metric === '') throw new Error('a metric without a name');
    for (const [name, value] of [...resource, ...attributes]) {
      if (typeof name !== 'string' || typeof value !== 'string') throw new Error('an attribute that is no text');
    }
    return this.#streams++;
  }

  numberPoint(stream: number, startMs: number, timeMs: number, value: number): void {
    this.#check(stream, startMs, timeMs);
    if (!Number.isFinite(value)) throw new Error(`value ${value}`);
  }

  histogramPoint(
    stream: number,
    startMs: number,
    timeMs: number,
    count: number,
    sum: number,
    bounds: ArrayLike<number>,
    buckets: ArrayLike<number>,
  ): void {
    this.#check(stream, startMs, timeMs);
    this.#checkDistribution(count, sum, buckets, 0);
    if (buckets.length !== bounds.length + 1) throw new Error(`${buckets.length} buckets, ${bounds.length} bounds`);
    for (let i = 1; i < bounds.length; i++) if (!(bounds[i]! > bounds[i - 1]!)) throw new Error('bounds that fall');
  }

  exponentialPoint(
    stream: number,
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
    this.#check(stream, startMs, timeMs);
    this.#checkDistribution(count, sum, buckets, zeroCount);
    if (!Number.isInteger(scale) || !Number.isInteger(offset)) throw new Error(`scale ${scale}, offset ${offset}`);
    if (!(zeroThreshold >= 0 && zeroThreshold < Number.POSITIVE_INFINITY)) throw new Error(`zero ${zeroThreshold}`);
    if (buckets.length > 1024) throw new Error(`${buckets.length} buckets`);
  }

  summaryPoint(): void {}
  span(): void {}
  flagEvaluation(): void {}

  reject(_code: string, where: string, detail: string): void {
    if (where.length + detail.length > 1000) throw new Error('a reason as long as its input');
  }

  #check(stream: number, startMs: number, timeMs: number): void {
    if (!(stream >= 0 && stream < this.#streams)) throw new Error(`stream ${stream} was not opened`);
    if (Number.isNaN(timeMs) || startMs === Number.POSITIVE_INFINITY) throw new Error(`from ${startMs} to ${timeMs}`);
  }

  #checkDistribution(count: number, sum: number, buckets: ArrayLike<number>, zeroCount: number): void {
    let total = zeroCount;
    for (let i = 0; i < buckets.length; i++) {
      if (!(buckets[i]! >= 0)) throw new Error(`a bucket of ${buckets[i]}`);
      total += buckets[i]!;
    }
    if (Math.abs(total - count) > 1e-9 * count) throw new Error(`${total} in buckets of ${count}`);
    if (sum === Number.POSITIVE_INFINITY || sum === Number.NEGATIVE_INFINITY) throw new Error(`sum ${sum}`);
  }
}
