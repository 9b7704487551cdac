import type { QualityCode } from '../../../domain/quality.ts';
import type { FlagEvaluation, Span, StreamIdentity, TelemetrySink } from '../../../domain/telemetry.ts';
import type { TelemetryLimits } from '../limits.ts';
import { LARGEST_MS } from '../nanoseconds.ts';
import type { CredibleTime } from './credible-time.ts';
import type { PendingRows } from './pending-rows.ts';
import type { PointEncoder } from './point-encoder.ts';
import type { SpanEncoder } from './span-encoder.ts';
import type { StreamEntry, StreamRegistry } from './stream-registry.ts';
import type { Tally } from './tally.ts';

export interface SinkParts {
  readonly streams: StreamRegistry;
  readonly points: PointEncoder;
  readonly spans: SpanEncoder;
  readonly pending: PendingRows;
  readonly tally: Tally;
  readonly limits: TelemetryLimits;
  readonly nowMs: () => number;
  readonly time: () => CredibleTime;
}

/** The writer's sink: what is within the limits is encoded at once, what is not is counted with its reason. */
export class StoreSink implements TelemetrySink {
  readonly #parts: SinkParts;
  #nowMs = 0;
  #time: CredibleTime = { earliestMs: 0, latestMs: 0 };

  constructor(parts: SinkParts) {
    this.#parts = parts;
  }

  openStream(identity: StreamIdentity): number {
    return this.#parts.streams.open(identity);
  }

  numberPoint(stream: number, startMs: number, timeMs: number, value: number): void {
    const entry = this.#accept(stream, startMs, timeMs);
    if (entry !== null) this.#note(this.#parts.points.number(entry, startMs, timeMs, value), entry);
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
    const entry = this.#accept(stream, startMs, timeMs);
    if (entry === null) return;
    this.#note(this.#parts.points.histogram(entry, startMs, timeMs, count, sum, bounds, buckets), entry);
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
    const entry = this.#accept(stream, startMs, timeMs);
    if (entry === null) return;
    const { points } = this.#parts;
    const refused = points.exponential(
      entry,
      startMs,
      timeMs,
      count,
      sum,
      scale,
      zeroThreshold,
      zeroCount,
      offset,
      buckets,
    );
    this.#note(refused, entry);
  }

  summaryPoint(stream: number, startMs: number, timeMs: number, count: number, sum: number): void {
    const entry = this.#accept(stream, startMs, timeMs);
    if (entry !== null) this.#note(this.#parts.points.summary(entry, startMs, timeMs, count, sum), entry);
  }

  span(span: Span): void {
    const where = `span ${span.name.slice(0, 80)}`;
    if (this.#isInRange(span.startMs, where)) this.#noteAt(this.#parts.spans.span(span), where);
  }

  flagEvaluation(evaluation: FlagEvaluation): void {
    const where = `flag ${evaluation.flag.slice(0, 80)}`;
    if (this.#isInRange(evaluation.timeMs, where)) this.#noteAt(this.#parts.spans.evaluation(evaluation), where);
  }

  reject(code: QualityCode, where: string, detail: string): void {
    this.#parts.tally.add(code, where, detail);
  }

  #accept(stream: number, startMs: number, timeMs: number): StreamEntry | null {
    const entry = this.#parts.streams.entries[stream];
    if (entry === undefined) {
      const refusal = this.#parts.streams.refusal(stream);
      if (refusal === undefined) throw new RangeError(`no stream was opened with the number ${stream}`);
      this.reject(refusal.code, refusal.where, refusal.detail);
      return null;
    }
    if (!Number.isFinite(timeMs) || startMs === Number.POSITIVE_INFINITY) {
      this.reject('missing-time', entry.metric, '');
      return null;
    }
    if (!this.#isInRange(timeMs, entry.metric)) return null;
    entry.usedMs = this.#nowMs;
    return entry;
  }

  /** The clock is read once a request. */
  #isInRange(timeMs: number, where: string): boolean {
    const { limits, pending, nowMs, time } = this.#parts;
    if (this.#nowMs === 0 || pending.rows === 0) [this.#nowMs, this.#time] = [nowMs(), time()];
    const { futureMs, pastMs } = limits;
    const { earliestMs, latestMs } = this.#time;
    const isNear = timeMs - latestMs <= futureMs && earliestMs - timeMs <= pastMs;
    if (!Number.isFinite(timeMs) || (isNear && Math.abs(timeMs) < LARGEST_MS)) return true;
    const detail = `at ${isoText(timeMs)}; the limits are ${futureMs / 60_000} minutes ahead and ${pastMs / 86_400_000} days ago`;
    this.reject('time-out-of-range', where, detail);
    return false;
  }

  #note(refused: QualityCode | null, entry: StreamEntry): void {
    this.#noteAt(refused, entry.metric);
  }

  #noteAt(refused: QualityCode | null, where: string): void {
    if (refused !== null) this.reject(refused, where, refused === 'bad-point' ? this.#badPoint() : '');
  }

  #badPoint(): string {
    return `scale, offset or zero threshold cannot be, or there are more than ${this.#parts.limits.buckets} buckets`;
  }
}

function isoText(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}
