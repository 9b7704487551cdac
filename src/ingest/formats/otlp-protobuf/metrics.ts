import type { StreamKind } from '../../../domain/telemetry.ts';
import { telemetryPlace } from '../../../domain/telemetry-place.ts';
import { DATA_KINDS, type MetricRefusal, metricRefusal, temporalityOf } from '../otlp/metric-rules.ts';
import type { RecordReport, Subject } from '../otlp/record-report.ts';
import { GatheredBytes } from '../protobuf/gathered-bytes.ts';
import { LENGTH, type ProtobufCursor, tagOf, VARINT } from '../protobuf/protobuf-cursor.ts';
import { eachField } from './envelope.ts';
import { ExponentialPoint } from './exponential-point.ts';
import { HistogramPoint } from './histogram-point.ts';
import { NumberPoint } from './number-point.ts';
import { type PointKind, PointReader } from './point.ts';
import { StreamBook, textOf } from './stream-book.ts';
import { SummaryPoint } from './summary-point.ts';

const NAME = tagOf(1, LENGTH);
const UNIT = tagOf(3, LENGTH);
/** In the order of DATA_KINDS. */
const DATA = [5, 7, 9, 10, 11].map((field) => tagOf(field, LENGTH));
const DATA_POINTS = tagOf(1, LENGTH);
const TEMPORALITY = tagOf(2, VARINT);
const MONOTONIC = tagOf(3, VARINT);
const NONE = -1;
/** Of a name, to be told: more than are shown, at three bytes each, so that a character cut at the end is not among them. */
const TOLD_BYTES = 320;

/**
 * Reads the metrics of OTLP/protobuf. A metric is gone through twice, first for what names its points, since that may
 * come after them. Of several kinds of data the last one holds, and what came of it in pieces is one.
 */
export class MetricsReader implements Subject {
  private readonly cursor: ProtobufCursor;
  private readonly report: RecordReport;
  private readonly book: StreamBook;
  private readonly points: PointReader;
  private readonly numberPoint: NumberPoint;
  private readonly pointKinds: { readonly [kind in StreamKind]: PointKind };
  private readonly name: GatheredBytes;
  private readonly unit: GatheredBytes;
  /** What `describe` answers of the metric at hand, once it was asked: a name may be long and its refused points many. */
  private place: string | null = null;
  private data = NONE;
  /** Where the first piece of the data begins. */
  private dataAt = 0;
  private temporality = 0;
  private monotonic = false;

  constructor(cursor: ProtobufCursor, report: RecordReport) {
    this.cursor = cursor;
    this.report = report;
    this.book = new StreamBook(cursor, report);
    this.points = new PointReader(cursor, report, this.book);
    this.numberPoint = new NumberPoint(cursor);
    this.name = new GatheredBytes(cursor);
    this.unit = new GatheredBytes(cursor);
    this.pointKinds = {
      gauge: this.numberPoint,
      sum: this.numberPoint,
      histogram: new HistogramPoint(cursor),
      'exponential-histogram': new ExponentialPoint(cursor),
      summary: new SummaryPoint(cursor),
    };
  }

  describe(): string {
    this.place ??= telemetryPlace(textOf(this.name, TOLD_BYTES) || 'a metric', this.book.envelope.resource);
    return this.place;
  }

  /** Reads a whole ExportMetricsServiceRequest or MetricsData. */
  read(): void {
    this.book.envelope.readAll(this.readMetric);
  }

  private readonly readMetric = (): void => {
    const { cursor } = this;
    const { end } = cursor;
    this.readHeader();
    if (cursor.failed || this.data === NONE) return;
    cursor.moveTo(this.dataAt, end);
    const kind = DATA_KINDS[this.data]!;
    const temporality = temporalityOf(kind, this.temporality);
    const problem = `aggregationTemporality is ${this.temporality === 0 ? 'absent' : this.temporality}`;
    const refusal = metricRefusal(this.name.length > 0, temporality, problem);
    if (refusal !== null) {
      this.eachPoint(() => this.refusePoint(refusal));
      return;
    }
    const monotonic = kind === 'sum' && this.monotonic;
    this.book.beginMetric(this.name, this.unit, kind, temporality!, monotonic);
    this.numberPoint.monotonic = monotonic;
    const values = this.pointKinds[kind];
    this.eachPoint(() => this.points.readPoint(values));
  };

  private readHeader(): void {
    const { cursor } = this;
    this.name.clear();
    this.unit.clear();
    this.place = null;
    this.data = NONE;
    while (cursor.more) {
      const at = cursor.position;
      const tag = cursor.readTag();
      if (tag === NAME) this.readRange(this.name);
      else if (tag === UNIT) this.readRange(this.unit);
      else if (DATA.includes(tag)) this.readDataHeader(DATA.indexOf(tag), at);
      else cursor.skip(tag);
    }
  }

  private readRange(into: GatheredBytes): void {
    const { cursor } = this;
    const length = cursor.readLength();
    into.set(cursor.position, cursor.position + length);
    cursor.position += length;
  }

  private readDataHeader(data: number, at: number): void {
    const { cursor } = this;
    if (this.data !== data) {
      this.data = data;
      this.dataAt = at;
      this.temporality = 0;
      this.monotonic = false;
    }
    const holder = cursor.enter();
    while (cursor.more) {
      const tag = cursor.readTag();
      if (tag === TEMPORALITY) this.temporality = cursor.readInt32();
      else if (tag === MONOTONIC) this.monotonic = cursor.readBoolean();
      else cursor.skip(tag);
    }
    cursor.leave(holder);
  }

  private eachPoint(read: () => void): void {
    const { cursor } = this;
    eachField(cursor, DATA[this.data]!, () => eachField(cursor, DATA_POINTS, read));
  }

  private refusePoint({ code, detail }: MetricRefusal): void {
    this.cursor.moveTo(this.cursor.end, this.cursor.end);
    this.report.rows++;
    this.report.reject(code, detail);
  }
}
