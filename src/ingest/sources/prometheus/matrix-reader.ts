import type { TelemetrySink } from '../../../domain/telemetry.ts';
import { MetadataBook } from '../../formats/prometheus/metadata-book.ts';
import { METRIC_TYPE } from '../../formats/prometheus/series-kind.ts';
import { SeriesOpener, SHAPE } from '../../formats/prometheus/series-opener.ts';
import { exponentialOf, numberOf } from './answered-histogram.ts';
import type { MatrixSeries } from './query-api.ts';

const METRIC_NAME = '__name__';
const TYPES: ReadonlyMap<string, number> = new Map(Object.entries({ ...METRIC_TYPE, gaugehistogram: 4 }));

/** Hands the samples of answers to a sink. */
export class MatrixReader {
  rows = 0;
  readonly #sink: TelemetrySink;
  readonly #opener: SeriesOpener;
  readonly #metadata = new MetadataBook();
  readonly #place: string;

  constructor(sink: TelemetrySink, place: string) {
    this.#sink = sink;
    this.#opener = new SeriesOpener(sink);
    this.#place = place;
  }

  note(family: string, type: string, unit: string): void {
    this.#metadata.note(family, TYPES.get(type) ?? METRIC_TYPE.unknown, unit);
  }

  read({ metric: named, values = [], histograms = [] }: MatrixSeries): void {
    const metric = named[METRIC_NAME] ?? '';
    const labels = Object.entries(named).filter(([name, value]) => name !== METRIC_NAME && value !== '');
    const sorted = new Map(labels.sort(([a], [b]) => (a < b ? -1 : 1)));
    const { type, unit } = this.#metadata.of(metric);
    this.rows += values.length + histograms.length;
    if (values.length > 0) this.#readNumbers(metric, sorted, type, unit, values);
    if (histograms.length > 0) this.#readHistograms(metric, sorted, unit, histograms);
  }

  #readNumbers(
    metric: string,
    labels: ReadonlyMap<string, string>,
    type: number,
    unit: string,
    values: NonNullable<MatrixSeries['values']>,
  ): void {
    const { stream, isCount } = this.#opener.open(metric, labels, SHAPE.number, type, unit);
    for (const [seconds, text] of values) {
      const value = numberOf(text);
      if (!Number.isFinite(value)) this.#sink.reject('not-finite', `${this.#place} ${metric}`, `value is ${value}`);
      else if (isCount && value < 0)
        this.#sink.reject('negative-count', `${this.#place} ${metric}`, `a counter is ${value}`);
      else this.#sink.numberPoint(stream, Number.NaN, millisecondsOf(seconds), value);
    }
  }

  #readHistograms(
    metric: string,
    labels: ReadonlyMap<string, string>,
    unit: string,
    histograms: NonNullable<MatrixSeries['histograms']>,
  ): void {
    const { stream } = this.#opener.open(metric, labels, SHAPE.exponential, METRIC_TYPE.histogram, unit);
    for (const [seconds, answer] of histograms) {
      const histogram = exponentialOf(answer);
      if (histogram === null) {
        const reason = 'a native histogram with custom buckets, whose bounds the API does not tell whole';
        this.#sink.reject('bad-point', `${this.#place} ${metric}`, reason);
        continue;
      }
      const { count, sum, scale, zeroThreshold, zeroCount, offset, buckets } = histogram;
      const timeMs = millisecondsOf(seconds);
      const finite = Number.isFinite(sum) ? sum : Number.NaN;
      this.#sink.exponentialPoint(
        stream,
        Number.NaN,
        timeMs,
        count,
        finite,
        scale,
        zeroThreshold,
        zeroCount,
        offset,
        buckets,
      );
    }
  }
}

/** Times are stored in whole milliseconds. */
function millisecondsOf(seconds: number): number {
  return Math.round(seconds * 1e3);
}
