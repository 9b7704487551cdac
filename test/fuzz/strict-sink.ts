import type { FlagEvaluation, Span, StreamIdentity, TelemetrySink } from '../../src/domain/telemetry.ts';

/** A few excerpts of 200 characters each, all of them escapes. */
const MOST_FINDING_CHARACTERS = 4000;

/** Holds decoders to what a sink may rely on. */
export class StrictSink implements TelemetrySink {
  /** Rows handed over since the last record began. */
  delivered = 0;
  /** Findings since then, by code. */
  readonly findings = new Map<string, number>();
  readonly #mostBuckets: number;
  #streams = 0;

  constructor(mostBuckets: number) {
    this.#mostBuckets = mostBuckets;
  }

  beginRecord(): void {
    this.delivered = 0;
    this.findings.clear();
  }

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
    if (buckets.length === 0 && bounds.length === 0) return;
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
    if (buckets.length > this.#mostBuckets) throw new Error(`${buckets.length} buckets`);
  }

  summaryPoint(
    stream: number,
    startMs: number,
    timeMs: number,
    count: number,
    _sum: number,
    quantiles: ArrayLike<number>,
    values: ArrayLike<number>,
  ): void {
    this.#check(stream, startMs, timeMs);
    if (!(count >= 0) || quantiles.length !== values.length)
      throw new Error(`${quantiles.length} quantiles of ${count}`);
    for (let i = 0; i < values.length; i++) {
      if (!(quantiles[i]! >= 0 && quantiles[i]! <= 1 && Number.isFinite(values[i]))) throw new Error('no quantile');
    }
  }

  span({ traceId, spanId, parentSpanId, startMs, endMs }: Span): void {
    this.delivered++;
    if (!/^[0-9a-f]{32} [0-9a-f]{16} ([0-9a-f]{16})?$/.test(`${traceId} ${spanId} ${parentSpanId}`)) {
      throw new Error(`ids ${traceId} ${spanId} ${parentSpanId}`);
    }
    if (!(startMs > 0 && endMs >= startMs)) throw new Error(`from ${startMs} to ${endMs}`);
  }

  flagEvaluation({ timeMs, flag }: FlagEvaluation): void {
    this.delivered++;
    if (!(timeMs > 0) || flag === '') throw new Error(`flag ${flag} at ${timeMs}`);
  }

  reject(code: string, where: string, detail: string): void {
    this.findings.set(code, (this.findings.get(code) ?? 0) + 1);
    if (where.length + detail.length > MOST_FINDING_CHARACTERS) throw new Error('a reason as long as its input');
  }

  #check(stream: number, startMs: number, timeMs: number): void {
    this.delivered++;
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
