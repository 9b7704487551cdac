import type { QualityCode } from '../../domain/quality.ts';
import type { TelemetrySink } from '../../domain/telemetry.ts';
import { ByteInterner } from './bytes/byte-interner.ts';
import { viewOf } from './bytes/same-bytes.ts';
import { seriesEnd } from './exposition/series-extent.ts';
import { readSeriesText } from './exposition/series-text.ts';
import type { FileFormat, LineDecoder } from './format.ts';
import { MetadataBook } from './prometheus/metadata-book.ts';
import { METRIC_TYPE } from './prometheus/series-kind.ts';
import { SeriesOpener, SHAPE } from './prometheus/series-opener.ts';

const HASH = 0x23;
const TYPES: ReadonlyMap<string, number> = new Map([
  ['counter', METRIC_TYPE.counter],
  ['gauge', METRIC_TYPE.gauge],
  ['histogram', METRIC_TYPE.histogram],
  ['gaugehistogram', METRIC_TYPE.gaugeHistogram],
  ['summary', METRIC_TYPE.summary],
  ['info', METRIC_TYPE.info],
  ['stateset', METRIC_TYPE.stateset],
]);
const COMMENT = /^#\s+(TYPE|UNIT)\s+("(?:[^"\\]|\\.)*"|\S+)\s*(\S*)/;
/** A value, a time, and an exemplar that is passed over. */
const SAMPLE = /^\s+(\S+)(?:\s+([-+0-9.eE]+))?\s*(?:#.*)?$/;
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const SPECIAL: ReadonlyMap<string, number> = new Map([
  ['+inf', Number.POSITIVE_INFINITY],
  ['inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['nan', Number.NaN],
]);
/** OpenMetrics counts seconds, the older text milliseconds: before this in milliseconds is 1973, in seconds the year 5138. */
const LEAST_MILLISECONDS = 1e11;
const MICROSECONDS = 1e3;
const NOT_OPENED = -1;

interface KnownSeries {
  readonly metric: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly problem: string | null;
  stream: number;
  isCount: boolean;
  /** Which metadata it was opened under. */
  generation: number;
}

/** Samples with their times as text: OpenMetrics 1.0 or the Prometheus text format 0.0.4, in any mixture. */
export const openMetrics: FileFormat = {
  name: 'openmetrics',
  open: (sink) => new ExpositionDecoder(sink),
};

class ExpositionDecoder implements LineDecoder {
  private readonly sink: TelemetrySink;
  private readonly opener: SeriesOpener;
  private readonly metadata = new MetadataBook();
  private readonly interner = new ByteInterner();
  private readonly series: KnownSeries[] = [];
  /** Counts what was learnt about metrics. */
  private generation = 0;

  constructor(sink: TelemetrySink) {
    this.sink = sink;
    this.opener = new SeriesOpener(sink);
  }

  decodeLine(line: Uint8Array, where: string): number {
    const bytes = Buffer.isBuffer(line) ? line : Buffer.from(line.buffer, line.byteOffset, line.byteLength);
    if (bytes.length === 0) return 0;
    if (bytes[0] === HASH) {
      this.readComment(bytes.toString());
      return 0;
    }
    const end = seriesEnd(bytes);
    if (end < 0) return this.refuseLine(where, 'a brace or a quote stays open');
    const sample = SAMPLE.exec(bytes.toString('latin1', end));
    if (sample === null) return this.refuseLine(where, 'no value follows the series');
    const value = numberOf(sample[1]!);
    if (value === null) return this.refuseLine(where, `${JSON.stringify(sample[1])} is no number`);
    const series = this.seriesOf(bytes, end);
    if (series.problem !== null) return this.refuseLine(where, series.problem);
    const timeMs = timeOf(sample[2]);
    // What was scraped and never given a time is no row of this format: a file of nothing else could not be read.
    if (Number.isNaN(timeMs)) return this.refuseLine(where, 'the sample has no timestamp', 'missing-time');
    this.deliver(series, value, timeMs, where);
    return 1;
  }

  private refuseLine(where: string, reason: string, code: QualityCode = 'not-exposition'): number {
    this.sink.reject(code, where, reason);
    return 0;
  }

  private deliver(series: KnownSeries, value: number, timeMs: number, where: string): void {
    const { sink } = this;
    if (series.generation !== this.generation) this.openSeries(series);
    if (!Number.isFinite(value)) sink.reject('not-finite', where, `value is ${value}`);
    else if (value < 0 && series.isCount) sink.reject('negative-count', where, `a counter is ${value}`);
    else sink.numberPoint(series.stream, Number.NaN, timeMs, value);
  }

  private seriesOf(bytes: Buffer, end: number): KnownSeries {
    const source = { bytes, view: viewOf(bytes) };
    const known = this.interner.lookup(0, source, 0, end);
    if (known >= 0) return this.series[known]!;
    this.interner.add(0, source, 0, end);
    const read = {
      ...readSeriesText(bytes.toString('utf8', 0, end)),
      stream: 0,
      isCount: false,
      generation: NOT_OPENED,
    };
    this.series.push(read);
    return read;
  }

  private openSeries(series: KnownSeries): void {
    const { type, unit } = this.metadata.of(series.metric);
    const { stream, isCount } = this.opener.open(series.metric, series.labels, SHAPE.number, type, unit);
    series.stream = stream;
    series.isCount = isCount;
    series.generation = this.generation;
  }

  /** Types and units hold for what comes after them. */
  private readComment(line: string): void {
    const [, keyword, name = '', word = ''] = COMMENT.exec(line) ?? [];
    if (keyword === undefined) return;
    const family = name.startsWith('"') ? readSeriesText(`{${name}}`).metric : name;
    const known = this.metadata.of(family);
    const isNews =
      keyword === 'TYPE'
        ? this.metadata.note(family, TYPES.get(word) ?? METRIC_TYPE.unknown, known.unit)
        : this.metadata.note(family, known.type, word);
    if (isNews) this.generation++;
  }
}

function numberOf(text: string): number | null {
  if (NUMBER.test(text)) return Number(text);
  return SPECIAL.get(text.toLowerCase()) ?? null;
}

/** In milliseconds; NaN where there is none. */
function timeOf(text: string | undefined): number {
  if (text === undefined || !NUMBER.test(text)) return Number.NaN;
  const time = Number(text);
  if (Math.abs(time) >= LEAST_MILLISECONDS) return time;
  return Math.round(time * 1e3 * MICROSECONDS) / MICROSECONDS;
}
