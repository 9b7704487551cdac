import type { FlagEvaluation, Span, StreamIdentity, TelemetrySink } from '../../../src/domain/telemetry.ts';

export interface RecordedPoint {
  readonly metric: string;
  readonly identity: StreamIdentity;
  readonly startMs: number;
  readonly timeMs: number;
  readonly count: number;
  readonly sum: number;
  readonly buckets: readonly number[];
  /** Bounds, or scale, zero threshold, zero count and offset. */
  readonly shape: readonly number[];
}

/** Keeps what it is told. */
export class RecordingSink implements TelemetrySink {
  readonly identities: StreamIdentity[] = [];
  readonly points: RecordedPoint[] = [];
  readonly spans: Span[] = [];
  readonly evaluations: FlagEvaluation[] = [];
  readonly findings: { readonly code: string; readonly where: string; readonly detail: string }[] = [];

  openStream(identity: StreamIdentity): number {
    return this.identities.push(identity) - 1;
  }

  numberPoint(stream: number, startMs: number, timeMs: number, value: number): void {
    this.#add(stream, startMs, timeMs, value, Number.NaN, [], []);
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
    this.#add(stream, startMs, timeMs, count, sum, Array.from(buckets), Array.from(bounds));
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
    const shape = [scale, zeroThreshold, zeroCount, offset];
    this.#add(stream, startMs, timeMs, count, sum, Array.from(buckets), shape);
  }

  summaryPoint(stream: number, startMs: number, timeMs: number, count: number, sum: number): void {
    this.#add(stream, startMs, timeMs, count, sum, [], []);
  }

  span(span: Span): void {
    this.spans.push(span);
  }

  flagEvaluation(evaluation: FlagEvaluation): void {
    this.evaluations.push(evaluation);
  }

  reject(code: string, where: string, detail: string): void {
    this.findings.push({ code, where, detail });
  }

  #add(
    stream: number,
    startMs: number,
    timeMs: number,
    count: number,
    sum: number,
    buckets: readonly number[],
    shape: readonly number[],
  ): void {
    const identity = this.identities[stream]!;
    this.points.push({ metric: identity.metric, identity, startMs, timeMs, count, sum, buckets, shape });
  }
}
