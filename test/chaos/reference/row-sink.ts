import type { StreamIdentity, TelemetrySink } from '../../../src/domain/telemetry.ts';

/** A histogram point with all that says whose it is: plain JSON. */
export interface HistogramRow {
  readonly key: string;
  readonly resource: readonly (readonly [string, string])[];
  readonly attributes: readonly (readonly [string, string])[];
  readonly metric: string;
  readonly unit: string;
  readonly temporality: string;
  readonly startMs: number;
  readonly timeMs: number;
  readonly count: number;
  readonly sum: number;
  readonly bounds: readonly number[];
  readonly buckets: readonly number[];
}

/** Keeps histogram points as rows until they are taken; the ledger sends nothing else. */
export class RowSink implements TelemetrySink {
  readonly #streams: StreamIdentity[] = [];
  readonly #numbers = new Map<string, number>();
  #rows: HistogramRow[] = [];

  take(): HistogramRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  identityOf(stream: number): StreamIdentity {
    return this.#streams[stream]!;
  }

  openStream(identity: StreamIdentity): number {
    const key = keyOf(identity);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#streams.length);
    return this.#streams.push(identity) - 1;
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
    const identity = this.#streams[stream]!;
    const { resource, attributes, metric, unit, temporality } = identity;
    this.#rows.push({
      key: keyOf(identity),
      resource: [...resource],
      attributes: [...attributes],
      metric,
      unit,
      temporality,
      startMs,
      timeMs,
      count,
      sum,
      bounds: Array.from(bounds),
      buckets: Array.from(buckets),
    });
  }

  numberPoint(): void {
    throw new Error('the ledger sends histograms only');
  }

  exponentialPoint(): void {
    throw new Error('the ledger sends histograms only');
  }

  summaryPoint(): void {
    throw new Error('the ledger sends histograms only');
  }

  span(): void {
    throw new Error('the ledger sends histograms only');
  }

  flagEvaluation(): void {
    throw new Error('the ledger sends histograms only');
  }

  reject(code: string, where: string, detail: string): void {
    throw new Error(`${code} at ${where}: ${detail}`);
  }
}

function keyOf({ resource, attributes, metric, temporality }: StreamIdentity): string {
  const sorted = (values: ReadonlyMap<string, string>) => [...values].sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([metric, temporality, sorted(resource), sorted(attributes)]);
}
