import type { StreamKind, Temporality } from '../../../domain/telemetry.ts';
import { telemetryPlace } from '../../../domain/telemetry-place.ts';
import { InternedValues, NO_ENTRY } from '../json/interned-values.ts';
import { QUOTE } from '../json/json-bytes.ts';
import type { JsonCursor } from '../json/json-cursor.ts';
import { skipRaw } from '../json/json-skip.ts';
import { enterObject, nextKey } from '../json/json-structure.ts';
import { readBoolean, readInteger } from '../json/json-values.ts';
import { KeyTable } from '../json/key-table.ts';
import { DATA_KINDS, isAggregated, metricRefusal, temporalityOf } from '../otlp/metric-rules.ts';
import type { RecordReport, Subject } from '../otlp/record-report.ts';
import { type Envelope, eachElement, envelopeLayout, readFrom } from './envelope.ts';
import { ExponentialPoint } from './exponential-point.ts';
import { HistogramPoint } from './histogram-point.ts';
import { NumberPoint } from './number-point.ts';
import { type PointKind, PointReader } from './point.ts';
import { type MetricHeader, StreamBook } from './stream-book.ts';
import { SummaryPoint } from './summary-point.ts';

const LAYOUT = envelopeLayout('scopeMetrics', 'metrics');
const METRIC_KEYS = new KeyTable(['name', 'unit', 'gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary']);
const NAME = 0;
const UNIT = 1;
const FIRST_DATA = 2;
const DATA_KEYS = new KeyTable(['aggregationTemporality', 'isMonotonic', 'dataPoints']);
const TEMPORALITY = 0;
const MONOTONIC = 1;
const UNSEEN = -1;

/** Reads the metrics of OTLP/JSON. Members may come in any order: points wait until all that names them was read. */
export class MetricsReader implements Subject {
  private readonly cursor: JsonCursor;
  private readonly envelope: Envelope;
  private readonly book: StreamBook;
  private readonly points: PointReader;
  private readonly numberPoint: NumberPoint;
  private readonly histogramPoint: HistogramPoint;
  private readonly pointKinds: { readonly [kind in StreamKind]: PointKind };
  private readonly names = new InternedValues<string>(QUOTE, textOf);
  private readonly units = new InternedValues<string>(QUOTE, textOf);
  private readonly waiting = new Float64Array(DATA_KINDS.length);
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

  constructor(cursor: JsonCursor, report: RecordReport, envelope: Envelope) {
    this.cursor = cursor;
    this.envelope = envelope;
    this.book = new StreamBook(cursor, report, envelope);
    this.points = new PointReader(cursor, report, this.book);
    this.numberPoint = new NumberPoint(cursor);
    this.histogramPoint = new HistogramPoint(cursor);
    this.pointKinds = {
      gauge: this.numberPoint,
      sum: this.numberPoint,
      histogram: this.histogramPoint,
      'exponential-histogram': new ExponentialPoint(cursor),
      summary: new SummaryPoint(cursor),
    };
  }

  /** Memory what is kept takes, in bytes. */
  get weight(): number {
    return this.names.weight + this.units.weight + this.book.weight + this.histogramPoint.weight;
  }

  describe(): string {
    return telemetryPlace(this.metric.name || 'a metric', this.envelope.resource);
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
    for (let kind = 0; kind < DATA_KINDS.length && !cursor.failed; kind++) {
      if (waiting[kind] === UNSEEN) continue;
      readFrom(cursor, waiting[kind]!, () => this.readData(kind, name, unit));
    }
  };

  /** Reads the data of one metric: its temporality, whether it is monotonic, its points. */
  private readData(kind: number, name: number, unit: number): void {
    const { cursor, metric } = this;
    if (!enterObject(cursor)) return;
    metric.kind = DATA_KINDS[kind]!;
    metric.nameEntry = name;
    metric.name = this.names.get(name) ?? '';
    metric.unitEntry = unit + 1;
    metric.unit = this.units.get(unit) ?? '';
    const aggregated = isAggregated(metric.kind);
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
      } else this.readPoints(sum && monotonic === 1);
    }
    if (waiting === UNSEEN || cursor.failed) return;
    readFrom(cursor, waiting, () => this.readPoints(sum && monotonic === 1));
  }

  private readTemporality(): void {
    const { cursor } = this;
    const mistypes = cursor.mistypes;
    const value = readInteger(cursor);
    this.temporality = Number.isNaN(value) ? 0 : value;
    this.temporalityProblem = `aggregationTemporality is ${value}`;
    if (cursor.mistypes === mistypes || cursor.failed) return;
    cursor.mistypes = mistypes;
    this.temporalityProblem = `aggregationTemporality: ${cursor.describeMistype()}`;
  }

  private readPoints(monotonic: boolean): void {
    const { cursor, metric, points } = this;
    const temporality: Temporality | null = temporalityOf(metric.kind, this.temporality);
    const refusal = metricRefusal(metric.name !== '', temporality, this.temporalityProblem);
    if (refusal !== null) {
      eachElement(cursor, () => points.refusePoint(refusal.code, refusal.detail));
      return;
    }
    metric.temporality = temporality!;
    metric.monotonic = monotonic;
    this.book.beginMetric(metric);
    this.numberPoint.monotonic = monotonic;
    const kind = this.pointKinds[metric.kind];
    eachElement(cursor, () => points.readPoint(kind));
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
