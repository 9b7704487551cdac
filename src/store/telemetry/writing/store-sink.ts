import type { QualityCode } from '../../../domain/quality.ts';
import type { Attributes, FlagEvaluation, Span, StreamIdentity, TelemetrySink } from '../../../domain/telemetry.ts';
import { telemetryPlace } from '../../../domain/telemetry-place.ts';
import type { TelemetryLimits } from '../limits.ts';
import { LARGEST_MS } from '../nanoseconds.ts';
import type { CredibleTime } from './credible-time.ts';
import type { PendingRows } from './pending-rows.ts';
import type { PointEncoder } from './point-encoder.ts';
import { type LimitedAttributes, SpanAttributes } from './span-attributes.ts';
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
  readonly #spanAttributes: SpanAttributes;
  #nowMs = 0;
  #time: CredibleTime = { earliestMs: 0, latestMs: 0 };

  constructor(parts: SinkParts) {
    this.#parts = parts;
    this.#spanAttributes = new SpanAttributes(parts.limits);
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
    const name = `span ${span.name}`;
    if (!this.#isInRange(span.startMs)) {
      this.#refuseTime(span.startMs, name, span.resource);
      return;
    }
    const resource = this.#spanAttributes.limited(span.resource);
    const attributes = this.#spanAttributes.limited(span.attributes);
    const flags = this.#spanAttributes.limited(span.flags);
    const sets = [resource, attributes, flags];
    if (this.#refusesAny(sets, name, span.resource)) return;
    const kept = { ...span, resource: resource.attributes, attributes: attributes.attributes, flags: flags.attributes };
    this.#noteEncoded(this.#parts.spans.span(kept), sets, name, span.resource);
  }

  flagEvaluation(evaluation: FlagEvaluation): void {
    const name = `flag ${evaluation.flag}`;
    if (!this.#isInRange(evaluation.timeMs)) {
      this.#refuseTime(evaluation.timeMs, name, evaluation.resource);
      return;
    }
    const resource = this.#spanAttributes.limited(evaluation.resource);
    if (this.#refusesAny([resource], name, evaluation.resource)) return;
    const kept = { ...evaluation, resource: resource.attributes };
    this.#noteEncoded(this.#parts.spans.evaluation(kept), [resource], name, evaluation.resource);
  }

  reject(code: QualityCode, where: string, detail: string): void {
    this.#parts.tally.add(code, where, detail);
  }

  /** Whether a set of what is described cannot be stored; that it is refused is told. */
  #refusesAny(sets: readonly LimitedAttributes[], name: string, resource: Attributes): boolean {
    const refused = sets.find((set) => set.refused !== null)?.refused ?? null;
    if (refused !== null) this.#refuse('label-limit', name, resource, refused);
    return refused !== null;
  }

  /** Tells what the encoder refused, or else what was cut of what it took. */
  #noteEncoded(
    refused: QualityCode | null,
    sets: readonly LimitedAttributes[],
    name: string,
    resource: Attributes,
  ): void {
    const cut = sets.find((set) => set.cut !== null)?.cut ?? null;
    if (refused !== null) this.#refuse(refused, name, resource);
    else if (cut !== null) this.#refuse('values-cut', name, resource, cut);
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
      this.#refuse('missing-time', entry.metric, entry.resource);
      return null;
    }
    if (!this.#isInRange(timeMs)) {
      this.#refuseTime(timeMs, entry.metric, entry.resource);
      return null;
    }
    entry.usedMs = this.#nowMs;
    return entry;
  }

  /** The clock is read once a request. */
  #isInRange(timeMs: number): boolean {
    const { limits, pending, nowMs, time } = this.#parts;
    if (this.#nowMs === 0 || pending.rows === 0) [this.#nowMs, this.#time] = [nowMs(), time()];
    const { futureMs, pastMs } = limits;
    const { earliestMs, latestMs } = this.#time;
    const isNear = timeMs - latestMs <= futureMs && earliestMs - timeMs <= pastMs;
    return !Number.isFinite(timeMs) || (isNear && Math.abs(timeMs) < LARGEST_MS);
  }

  #refuseTime(timeMs: number, name: string, resource: Attributes): void {
    const { futureMs, pastMs } = this.#parts.limits;
    const limits = `the limits are ${futureMs / 60_000} minutes ahead and ${pastMs / 86_400_000} days ago`;
    this.#refuse('time-out-of-range', name, resource, `at ${isoText(timeMs)}; ${limits}`);
  }

  #refuse(code: QualityCode, name: string, resource: Attributes, detail = ''): void {
    this.reject(code, telemetryPlace(name, resource), detail);
  }

  #note(refused: QualityCode | null, { metric, resource }: StreamEntry): void {
    if (refused !== null) this.#refuse(refused, metric, resource, refused === 'bad-point' ? this.#badPoint() : '');
  }

  #badPoint(): string {
    return `scale, offset or zero threshold cannot be, or there are more than ${this.#parts.limits.buckets} buckets`;
  }
}

function isoText(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}
