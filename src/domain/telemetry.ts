import type { QualityCode } from './quality.ts';

/** What the format decoders say about the bytes they read: plain values, no library types, no object per point. */

export type Attributes = ReadonlyMap<string, string>;

export type StreamKind = 'gauge' | 'sum' | 'histogram' | 'exponential-histogram' | 'summary';
export type Temporality = 'delta' | 'cumulative' | 'instant';

/**
 * The scope of streams as Prometheus knows them: metric and label names in its spelling, and the buckets, the sum and the
 * count of a classic histogram each a stream.
 */
export const PROMETHEUS_SCOPE = 'prometheus';

/** Everything that identifies a stream of points (OpenTelemetry data model; bounds and scale are not part of it). */
export interface StreamIdentity {
  readonly resource: Attributes;
  readonly scope: string;
  readonly metric: string;
  readonly unit: string;
  readonly kind: StreamKind;
  readonly temporality: Temporality;
  readonly monotonic: boolean;
  readonly attributes: Attributes;
}

/** Whether two streams differ in attributes alone. */
export function hasSameHead(a: StreamIdentity, b: StreamIdentity): boolean {
  return (
    a.resource === b.resource &&
    a.metric === b.metric &&
    a.kind === b.kind &&
    a.temporality === b.temporality &&
    a.unit === b.unit &&
    a.scope === b.scope &&
    a.monotonic === b.monotonic
  );
}

/** What a histogram may hold in a bucket or in all: not always whole, since samples are scaled up. */
export function isCount(count: number): boolean {
  return count >= 0 && count < Number.POSITIVE_INFINITY;
}

export type SpanKind = 'server' | 'client' | 'producer' | 'consumer' | 'internal';

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly kind: SpanKind;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
  readonly resource: Attributes;
  readonly attributes: Attributes;
  /** Flag variants evaluated on this span: flag key to variant. */
  readonly flags: Attributes;
  /** Span ids of earlier attempts this span links to, in the same trace. */
  readonly linkedSpanIds: readonly string[];
}

/** A `feature_flag.evaluation` event that came as a log record. */
export interface FlagEvaluation {
  readonly timeMs: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly resource: Attributes;
  readonly flag: string;
  readonly variant: string;
}

/** Numbers from here down are of streams whose points will be refused. */
export const REFUSED_STREAM = -(2 ** 30);

/** Not worth remembering: a sender may not make us remember what it must not send. */
export function isRefused(stream: number): boolean {
  return stream <= REFUSED_STREAM;
}

/**
 * Where decoded rows go. Times are milliseconds since the epoch with fractions; a start of NaN is unknown. Arrays belong
 * to the caller and are copied by the sink before it returns.
 */
export interface TelemetrySink {
  /** The same identity, in any attribute order, answers the same number; see `isRefused`. */
  openStream(identity: StreamIdentity): number;
  numberPoint(stream: number, startMs: number, timeMs: number, value: number): void;
  /** `bucketCounts` has one more entry than `bounds`, or both are empty. `sum` is NaN where absent. */
  histogramPoint(
    stream: number,
    startMs: number,
    timeMs: number,
    count: number,
    sum: number,
    bounds: ArrayLike<number>,
    bucketCounts: ArrayLike<number>,
  ): void;
  /** `offset` is the index of the first positive bucket. Observations below zero are counted in `zeroCount`. */
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
  ): void;
  summaryPoint(
    stream: number,
    startMs: number,
    timeMs: number,
    count: number,
    sum: number,
    quantiles: ArrayLike<number>,
    values: ArrayLike<number>,
  ): void;
  span(span: Span): void;
  flagEvaluation(evaluation: FlagEvaluation): void;
  /** Something could not be used: counted by code, with the first place kept. */
  reject(code: QualityCode, where: string, detail: string): void;
}
