import type { QualityCode } from '../../../src/domain/quality.ts';
import type { FlagEvaluation, Span, StreamIdentity, TelemetrySink } from '../../../src/domain/telemetry.ts';

export interface Rejection {
  readonly code: QualityCode;
  readonly where: string;
  readonly detail: string;
}

/** Findings about rows that were used all the same. */
const NOTES: readonly QualityCode[] = ['series-overflow', 'negative-observation', 'partly-not-finite'];
const LINE_CODES: readonly QualityCode[] = ['not-json', 'unknown-signal'];

/** Keeps every call as plain data; streams are written out where points name them. */
export class RecordingSink implements TelemetrySink {
  readonly calls: unknown[][] = [];
  readonly rejections: Rejection[] = [];
  readonly openings: string[] = [];
  private readonly streams = new Map<string, number>();
  private readonly identities: unknown[] = [];

  openStream(identity: StreamIdentity): number {
    const { resource, scope, metric, unit, kind, temporality, monotonic, attributes } = identity;
    const plain = [entries(resource), scope, metric, unit, kind, temporality, monotonic, entries(attributes)];
    const key = JSON.stringify(plain);
    this.openings.push(key);
    const known = this.streams.get(key);
    if (known !== undefined) return known;
    this.streams.set(key, this.identities.length);
    return this.identities.push(plain) - 1;
  }

  numberPoint(stream: number, startMs: number, timeMs: number, value: number): void {
    this.calls.push(['number', this.identities[stream], startMs, timeMs, value]);
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
    const lists = [Array.from(bounds), Array.from(bucketCounts)];
    this.calls.push(['histogram', this.identities[stream], startMs, timeMs, count, sum, ...lists]);
  }

  exponentialPoint(stream: number, ...rest: [...numbers: number[], bucketCounts: ArrayLike<number>]): void {
    const counts = Array.from(rest.at(-1) as ArrayLike<number>);
    this.calls.push(['exponential', this.identities[stream], ...rest.slice(0, -1), counts]);
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
    const lists = [Array.from(quantiles), Array.from(values)];
    this.calls.push(['summary', this.identities[stream], startMs, timeMs, count, sum, ...lists]);
  }

  span(span: Span): void {
    const maps = {
      resource: entries(span.resource),
      attributes: entries(span.attributes),
      flags: entries(span.flags),
    };
    this.calls.push(['span', { ...span, ...maps }]);
  }

  flagEvaluation(evaluation: FlagEvaluation): void {
    this.calls.push(['flag', { ...evaluation, resource: entries(evaluation.resource) }]);
  }

  reject(code: QualityCode, where: string, detail: string): void {
    this.rejections.push({ code, where, detail });
  }

  get codes(): QualityCode[] {
    return this.rejections.map(({ code }) => code);
  }

  /** Rows that were refused, by codes that are neither notes nor about whole lines. */
  get refused(): number {
    const refusals = this.rejections.filter(({ code }) => {
      return !NOTES.includes(code) && !LINE_CODES.includes(code);
    });
    return refusals.length;
  }
}

function entries(map: ReadonlyMap<string, string>): [string, string][] {
  return [...map].sort(([left], [right]) => (left < right ? -1 : 1));
}
