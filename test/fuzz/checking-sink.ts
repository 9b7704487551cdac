import type { FlagEvaluation, Span, StreamIdentity, TelemetrySink } from '../../src/domain/telemetry.ts';

/** A sink that throws where a decoder hands it what `TelemetrySink` does not allow. */
export class CheckingSink implements TelemetrySink {
  /** Rows handed over. */
  delivered = 0;
  /** Findings by code. */
  readonly findings = new Map<string, number>();
  private readonly streams = new Map<string, number>();

  openStream(identity: StreamIdentity): number {
    check(identity.metric !== '', 'a stream has a name');
    const key = JSON.stringify([...identity.resource, identity.scope, identity.metric, ...identity.attributes]);
    const number = this.streams.get(key) ?? this.streams.size;
    this.streams.set(key, number);
    return number;
  }

  numberPoint(stream: number, startMs: number, timeMs: number, value: number): void {
    this.takePoint(stream, startMs, timeMs);
    check(Number.isFinite(value), `value is ${value}`);
  }

  histogramPoint(
    stream: number,
    startMs: number,
    timeMs: number,
    count: number,
    sum: number,
    bounds: ArrayLike<number>,
    bucketCounts: ArrayLike<number>,
  ): void {
    this.takePoint(stream, startMs, timeMs);
    checkCounts(count, sum, bucketCounts);
    const bothEmpty = bounds.length === 0 && bucketCounts.length === 0;
    check(bothEmpty || bucketCounts.length === bounds.length + 1, 'buckets match bounds');
    for (let index = 1; index < bounds.length; index++) check(bounds[index]! > bounds[index - 1]!, 'bounds increase');
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
    bucketCounts: ArrayLike<number>,
  ): void {
    this.takePoint(stream, startMs, timeMs);
    checkCounts(count, sum, bucketCounts);
    check(Number.isInteger(scale) && Number.isInteger(offset), 'scale and offset are integers');
    check(zeroThreshold >= 0 && zeroCount >= 0, 'the zero bucket is not negative');
  }

  summaryPoint(
    stream: number,
    startMs: number,
    timeMs: number,
    count: number,
    sum: number,
    quantiles: ArrayLike<number>,
    values: ArrayLike<number>,
  ): void {
    this.takePoint(stream, startMs, timeMs);
    checkCounts(count, sum, []);
    check(quantiles.length === values.length, 'a value for each quantile');
    for (const quantile of Array.from(quantiles)) check(quantile >= 0 && quantile <= 1, 'quantiles lie in 0 to 1');
    for (const value of Array.from(values)) check(Number.isFinite(value), 'quantile values are finite');
  }

  span(span: Span): void {
    this.delivered++;
    check(/^[0-9a-f]{32}$/.test(span.traceId) && /^[0-9a-f]{16}$/.test(span.spanId), 'a span has ids');
    check(/^([0-9a-f]{16})?$/.test(span.parentSpanId), 'a parent has an id');
    check(span.startMs > 0 && span.endMs >= span.startMs, 'a span ends after it starts');
  }

  flagEvaluation(evaluation: FlagEvaluation): void {
    this.delivered++;
    check(evaluation.timeMs > 0 && evaluation.flag !== '', 'an evaluation has a time and a flag');
  }

  reject(code: string, _where: string, detail: string): void {
    check(detail.length < 1000, 'a finding is short');
    this.findings.set(code, (this.findings.get(code) ?? 0) + 1);
  }

  private takePoint(stream: number, startMs: number, timeMs: number): void {
    this.delivered++;
    check(stream >= 0 && stream < this.streams.size, `stream ${stream} was opened`);
    check(timeMs > 0 && Number.isFinite(timeMs), `time is ${timeMs}`);
    check(Number.isNaN(startMs) || startMs > 0, `start is ${startMs}`);
  }
}

function checkCounts(count: number, sum: number, bucketCounts: ArrayLike<number>): void {
  check(count >= 0 && Number.isFinite(count), `count is ${count}`);
  check(Math.abs(sum) !== Number.POSITIVE_INFINITY, 'a sum is a number or absent');
  for (let index = 0; index < bucketCounts.length; index++)
    check(bucketCounts[index]! >= 0, 'a bucket is not negative');
}

function check(holds: boolean, rule: string): void {
  if (!holds) throw new Error(`broken: ${rule}`);
}
