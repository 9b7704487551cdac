import type { StreamKind } from '../../../domain/telemetry.ts';
import { InternedValues, NO_ENTRY } from '../json/interned-values.ts';
import { QUOTE } from '../json/json-bytes.ts';
import type { JsonCursor } from '../json/json-cursor.ts';
import { skipRaw } from '../json/json-skip.ts';
import { enterObject, nextKey } from '../json/json-structure.ts';
import { readBoolean, readInteger } from '../json/json-values.ts';
import { KeyTable } from '../json/key-table.ts';
import { type Envelope, eachElement, envelopeLayout, readFrom } from './envelope.ts';
import { ExponentialPoint } from './exponential-point.ts';
import { HistogramPoint } from './histogram-point.ts';
import type { LineReport } from './line-report.ts';
import { NumberPoint } from './number-point.ts';
import { type PointKind, PointReader } from './point.ts';
import { type MetricHeader, StreamBook } from './stream-book.ts';
import { SummaryPoint } from './summary-point.ts';

const LAYOUT = envelopeLayout('scopeMetrics', 'metrics');
const METRIC_KEYS = new KeyTable(['name', 'unit', 'gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary']);
const NAME = 0;
const UNIT = 1;
const FIRST_DATA = 2;
const KINDS: readonly StreamKind[] = ['gauge', 'sum', 'histogram', 'exponential-histogram', 'summary'];
const DATA_KEYS = new KeyTable(['aggregationTemporality', 'isMonotonic', 'dataPoints']);
const TEMPORALITY = 0;
const MONOTONIC = 1;
const DELTA = 1;
const CUMULATIVE = 2;
const UNSEEN = -1;

/** Reads the metrics of OTLP/JSON. Members may come in any order: points wait until all that names them was read. */
export class MetricsReader {
  private readonly cursor: JsonCursor;
  private readonly envelope: Envelope;
  private readonly book: StreamBook;
  private readonly points: PointReader;
  private readonly numberPoint: NumberPoint;
  private readonly pointKinds: { readonly [kind in StreamKind]: PointKind };
  private readonly names = new InternedValues<string>(QUOTE, textOf);
  private readonly units = new InternedValues<string>(QUOTE, textOf);
  private readonly waiting = new Float64Array(KINDS.length);
  private readonly metric: MetricHeader = {
    nameEntry: 0,
    name: '',
    unitEntry: 0,
    unit: '',
    kind: 'gauge',
    temporality: 'instant',
    monotonic: false,
  };
  private temporality = UNSEEN;
  private temporalityProblem = '';

  constructor(cursor: JsonCursor, report: LineReport, envelope: Envelope) {
    this.cursor = cursor;
    this.envelope = envelope;
    this.book = new StreamBook(cursor, report, envelope);
    this.points = new PointReader(cursor, report, this.book);
    this.numberPoint = new NumberPoint(cursor);
    this.pointKinds = {
      gauge: this.numberPoint,
      sum: this.numberPoint,
      histogram: new HistogramPoint(cursor),
      'exponential-histogram': new ExponentialPoint(cursor),
      summary: new SummaryPoint(cursor),
    };
  }

  /** Reads the value of `resourceMetrics`. */
  read(): void {
    this.envelope.readAll(LAYOUT, this.readMetric);
  }

  private readonly readMetric = (): void => {
    const { cursor, waiting } = this;
    if (!enterObject(cursor)) return;
    let name = NO_ENTRY;
    let unit = NO_ENTRY;
    waiting.fill(UNSEEN);
    for (let key = nextKey(cursor, METRIC_KEYS); key >= 0; key = nextKey(cursor, METRIC_KEYS)) {
      if (key === NAME) name = this.names.read(cursor);
      else if (key === UNIT) unit = this.units.read(cursor);
      else if (name !== NO_ENTRY && unit !== NO_ENTRY) this.readData(key - FIRST_DATA, name, unit);
      else {
        waiting[key - FIRST_DATA] = cursor.position;
        skipRaw(cursor);
      }
    }
    for (let kind = 0; kind < KINDS.length && !cursor.failed; kind++) {
      if (waiting[kind] === UNSEEN) continue;
      readFrom(cursor, waiting[kind]!, () => this.readData(kind, name, unit));
    }
  };

  /** Reads the data of one metric: its temporality, whether it is monotonic, its points. */
  private readData(kind: number, name: number, unit: number): void {
    const { cursor, metric } = this;
    if (!enterObject(cursor)) return;
    metric.kind = KINDS[kind]!;
    metric.nameEntry = name;
    metric.name = this.names.get(name) ?? '';
    metric.unitEntry = unit + 1;
    metric.unit = this.units.get(unit) ?? '';
    const aggregated = metric.kind !== 'gauge' && metric.kind !== 'summary';
    const sum = metric.kind === 'sum';
    this.temporality = UNSEEN;
    this.temporalityProblem = 'aggregationTemporality is absent';
    let monotonic = UNSEEN;
    let waiting = UNSEEN;
    for (let key = nextKey(cursor, DATA_KEYS); key >= 0; key = nextKey(cursor, DATA_KEYS)) {
      if (key === TEMPORALITY) this.readTemporality();
      else if (key === MONOTONIC) monotonic = Number(readBoolean(cursor));
      else if ((aggregated && this.temporality === UNSEEN) || (sum && monotonic === UNSEEN)) {
        waiting = cursor.position;
        skipRaw(cursor);
      } else this.readPoints(aggregated, sum && monotonic === 1);
    }
    if (waiting === UNSEEN || cursor.failed) return;
    readFrom(cursor, waiting, () => this.readPoints(aggregated, sum && monotonic === 1));
  }

  private readTemporality(): void {
    const { cursor } = this;
    const mistypes = cursor.mistypes;
    const value = readInteger(cursor);
    this.temporality = value === DELTA || value === CUMULATIVE ? value : 0;
    this.temporalityProblem = `aggregationTemporality is ${value}`;
    if (cursor.mistypes === mistypes || cursor.failed) return;
    cursor.mistypes = mistypes;
    this.temporalityProblem = `aggregationTemporality: ${cursor.describeMistype()}`;
  }

  private readPoints(aggregated: boolean, monotonic: boolean): void {
    const { cursor, metric, points } = this;
    metric.temporality = aggregated ? (this.temporality === DELTA ? 'delta' : 'cumulative') : 'instant';
    metric.monotonic = monotonic;
    if (metric.name === '') {
      eachElement(cursor, () => points.refusePoint('bad-point', 'the metric has no name'));
    } else if (aggregated && this.temporality <= 0) {
      eachElement(cursor, () => points.refusePoint('unspecified-temporality', this.temporalityProblem));
    } else {
      this.book.beginMetric(metric);
      this.numberPoint.monotonic = monotonic;
      const kind = this.pointKinds[metric.kind];
      eachElement(cursor, () => points.readPoint(kind));
    }
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
