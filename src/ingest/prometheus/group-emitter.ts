import type { StreamIdentity, TelemetrySink } from '../../domain/telemetry.ts';
import type { AttributeNames } from './attribute-names.ts';
import { type AssembledPoint, assembleClassic, type HistogramParts } from './classic-histogram.ts';
import type { HistogramGroup } from './histogram-groups.ts';
import type { ColumnReader } from './part-column.ts';
import type { StreamOpener } from './stream-opener.ts';
import type { VersionedStream } from './versioned-stream.ts';

/** A stretch of time, both ends in it. */
export interface Extent {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Hands assembled histograms to the sink, under every name they are read by. */
export class GroupEmitter {
  readonly #sink: TelemetrySink;
  readonly #columns: ColumnReader;
  readonly #opener: StreamOpener;
  readonly #names: AttributeNames;

  constructor(sink: TelemetrySink, columns: ColumnReader, opener: StreamOpener, names: AttributeNames) {
    this.#sink = sink;
    this.#columns = columns;
    this.#opener = opener;
    this.#names = names;
  }

  /** Leaves out what a native histogram of the same observations tells better: the points within its extent. */
  emit(group: HistogramGroup, native: Extent | undefined): void {
    const parts = this.#partsOf(group);
    const outputs = group.targets.map(({ metric, unit }) => new Output(this.#sink, this.#open(group, metric, unit)));
    const visit = (point: Readonly<AssembledPoint>) => {
      if (native !== undefined && point.timeMs >= native.firstMs && point.timeMs <= native.lastMs) return;
      for (const output of outputs) output.write(point, group.isDelta);
    };
    assembleClassic(parts, visit, (timeMs) => {
      const detail = `at ${new Date(timeMs).toISOString()} buckets do not rise with their bounds`;
      this.#sink.reject('bucket-mismatch', group.base, detail);
    });
  }

  #partsOf({ buckets, parts, isDelta }: HistogramGroup): HistogramParts {
    const columns = this.#columns;
    const finite = [...buckets].filter(([bound]) => Number.isFinite(bound)).sort(([a], [b]) => a - b);
    return {
      bounds: Float64Array.from(finite, ([bound]) => bound),
      buckets: finite.map(([, streams]) => columns.read(streams)),
      infinite: columns.read(buckets.get(Number.POSITIVE_INFINITY) ?? []),
      count: columns.read(parts.count),
      sum: columns.read(parts.sum),
      created: columns.read(parts.created),
      isDelta,
    };
  }

  #open(group: HistogramGroup, metric: string, unit: string): VersionedStream {
    const { identity, attributes, isDelta } = group;
    const { resource, attributes: named } = this.#names.split(attributes);
    const changed: StreamIdentity = {
      ...identity,
      metric,
      unit: unit === '' ? identity.unit : unit,
      kind: 'histogram',
      temporality: isDelta ? 'delta' : 'cumulative',
      monotonic: false,
      attributes: named,
    };
    return this.#opener.open(changed, resource);
  }
}

/** One name of one histogram. */
class Output {
  readonly #sink: TelemetrySink;
  readonly #stream: VersionedStream;
  /** The last point, for the stream of the next version to count on from. */
  readonly #last: AssembledPoint = {
    startMs: 0,
    timeMs: 0,
    count: 0,
    sum: 0,
    bounds: new Float64Array(0),
    buckets: new Float64Array(0),
  };

  constructor(sink: TelemetrySink, stream: VersionedStream) {
    this.#sink = sink;
    this.#stream = stream;
  }

  write(point: Readonly<AssembledPoint>, isDelta: boolean): void {
    const output = this.#stream;
    const stream = output.streamAt(point.startMs, point.timeMs);
    if (output.isCarried) this.#hand(stream, output.carriedMs, this.#last);
    this.#hand(stream, output.startMs, point);
    if (!isDelta) this.#remember(point);
  }

  #hand(stream: number, start: number, { timeMs, count, sum, bounds, buckets }: Readonly<AssembledPoint>): void {
    this.#sink.histogramPoint(stream, start, timeMs, count, sum, bounds, buckets);
  }

  #remember({ timeMs, count, sum, bounds, buckets }: Readonly<AssembledPoint>): void {
    const last = this.#last;
    last.timeMs = timeMs;
    last.count = count;
    last.sum = sum;
    if (last.bounds.length !== bounds.length) {
      last.bounds = new Float64Array(bounds.length);
      last.buckets = new Float64Array(buckets.length);
    }
    last.bounds.set(bounds);
    last.buckets.set(buckets);
  }
}
