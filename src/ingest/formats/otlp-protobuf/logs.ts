import { telemetryPlace } from '../../../domain/telemetry-place.ts';
import { FlagRecord } from '../otlp/flag-record.ts';
import type { RecordReport, Subject } from '../otlp/record-report.ts';
import { GatheredBytes } from '../protobuf/gathered-bytes.ts';
import { FIXED64, LENGTH, type ProtobufCursor, tagOf } from '../protobuf/protobuf-cursor.ts';
import { AttributeReader } from './attribute-reader.ts';
import { Envelope } from './envelope.ts';
import { readSpanId, readTraceId } from './identifiers.ts';

const TIME = tagOf(1, FIXED64);
const ATTRIBUTES = tagOf(6, LENGTH);
const TRACE_ID = tagOf(9, LENGTH);
const SPAN_ID = tagOf(10, LENGTH);
const OBSERVED_TIME = tagOf(11, FIXED64);
const EVENT_NAME = tagOf(12, LENGTH);
/** In the name of every event that is read, and in no other name that is looked at. */
const TELLING = Buffer.from('feature_flag', 'latin1');

/** Reads the flag evaluations among the log records of OTLP/protobuf; other records are passed over and not counted. */
export class LogsReader implements Subject {
  private readonly cursor: ProtobufCursor;
  private readonly report: RecordReport;
  private readonly reader: AttributeReader;
  private readonly envelope: Envelope;
  private readonly record = new FlagRecord();
  private readonly attributes: GatheredBytes;
  /** Where the bytes that tell a flag come next, at or after the record before. */
  private tellingAt = -1;

  constructor(cursor: ProtobufCursor, report: RecordReport) {
    this.cursor = cursor;
    this.report = report;
    this.reader = new AttributeReader(cursor);
    this.envelope = new Envelope(cursor, this.reader);
    this.attributes = new GatheredBytes(cursor);
  }

  describe(): string {
    return telemetryPlace('a flag evaluation', this.envelope.resource);
  }

  /** Reads a whole ExportLogsServiceRequest or LogsData. */
  read(): void {
    this.tellingAt = -1;
    this.envelope.readAll(this.readRecord);
  }

  private readonly readRecord = (): void => {
    const { cursor, record, report } = this;
    if (!this.tells()) return;
    this.readFields();
    if (cursor.failed) return;
    const attributes = this.reader.readAttributes(this.attributes, ATTRIBUTES);
    if (attributes === undefined || !record.isAbout(attributes)) return;
    report.rows++;
    record.deliver(report, this.envelope.resource, attributes);
  };

  /** Whether the record the cursor is within may tell about a flag. Most do not and are not worth being taken apart. */
  private tells(): boolean {
    const { position, end, bytes } = this.cursor;
    if (this.tellingAt < position) {
      const found = bytes.indexOf(TELLING, position);
      this.tellingAt = found < 0 ? bytes.length : found;
    }
    return this.tellingAt < end;
  }

  private readFields(): void {
    const { cursor, record, attributes } = this;
    record.clear();
    attributes.clear();
    while (cursor.more) {
      const at = cursor.position;
      const tag = cursor.readTag();
      if (tag === TIME) record.timeMs = cursor.readMilliseconds();
      else if (tag === OBSERVED_TIME) record.observedMs = cursor.readMilliseconds();
      else if (tag === EVENT_NAME) record.eventName = cursor.readText();
      else if (tag === TRACE_ID) record.traceId = readTraceId(cursor);
      else if (tag === SPAN_ID) record.spanId = readSpanId(cursor);
      else {
        cursor.skip(tag);
        if (tag === ATTRIBUTES) attributes.add(at, cursor.position);
      }
    }
  }
}
