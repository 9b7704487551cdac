import type { Attributes } from '../../../domain/telemetry.ts';
import { telemetryPlace } from '../../../domain/telemetry-place.ts';
import { BACKSLASH } from '../json/json-bytes.ts';
import type { JsonCursor } from '../json/json-cursor.ts';
import { skipValue } from '../json/json-skip.ts';
import { enterObject, nextKey } from '../json/json-structure.ts';
import { readMilliseconds, readText } from '../json/json-values.ts';
import { KeyTable } from '../json/key-table.ts';
import { NO_ATTRIBUTES } from '../otlp/attributes.ts';
import { FlagRecord } from '../otlp/flag-record.ts';
import { spanIdOf, traceIdOf } from '../otlp/identifiers.ts';
import type { RecordReport, Subject } from '../otlp/record-report.ts';
import type { AttributeCache } from './attribute-cache.ts';
import { type Envelope, envelopeLayout, readFrom } from './envelope.ts';

const LAYOUT = envelopeLayout('scopeLogs', 'logRecords');
const MEMBERS = ['timeUnixNano', 'observedTimeUnixNano', 'eventName', 'attributes', 'traceId', 'spanId'] as const;
const KEYS = new KeyTable(MEMBERS);
const TELLING = Buffer.from('feature_flag', 'latin1');

/** Reads the flag evaluations among the log records of OTLP/JSON; other records are passed over and not counted. */
export class LogsReader implements Subject {
  private readonly cursor: JsonCursor;
  private readonly report: RecordReport;
  private readonly envelope: Envelope;
  private readonly attributes: AttributeCache;
  private readonly record = new FlagRecord();
  /** Where the attributes start, if they may tell about a flag; else -1. */
  private attributesAt = -1;

  constructor(cursor: JsonCursor, report: RecordReport, envelope: Envelope, attributes: AttributeCache) {
    this.cursor = cursor;
    this.report = report;
    this.envelope = envelope;
    this.attributes = attributes;
  }

  describe(): string {
    return telemetryPlace('a flag evaluation', this.envelope.resource);
  }

  /** Reads the value of `resourceLogs`. */
  read(): void {
    this.envelope.readAll(LAYOUT, () => this.readRecord());
  }

  private readRecord(): void {
    const { cursor, report, record } = this;
    record.clear();
    this.attributesAt = -1;
    const mistypes = cursor.mistypes;
    if (!enterObject(cursor)) return;
    for (let key = nextKey(cursor, KEYS); key >= 0; key = nextKey(cursor, KEYS)) this.readMember(key);
    if (cursor.failed) return;
    const attributes = this.attributesAt < 0 ? NO_ATTRIBUTES : this.attributesFrom(this.attributesAt);
    const mistyped = cursor.mistypes !== mistypes;
    cursor.mistypes = mistypes;
    if (cursor.failed || !record.isAbout(attributes)) return;
    report.rows++;
    if (mistyped) {
      report.reject('bad-point', cursor.describeMistype());
    } else record.deliver(report, this.envelope.resource, attributes);
  }

  private readMember(key: number): void {
    const { cursor, record } = this;
    const member = MEMBERS[key];
    if (member === 'timeUnixNano') record.timeMs = readMilliseconds(cursor);
    else if (member === 'observedTimeUnixNano') record.observedMs = readMilliseconds(cursor);
    else if (member === 'eventName') record.eventName = readText(cursor);
    else if (member === 'attributes') this.passAttributes();
    else if (member === 'traceId') record.traceId = traceIdOf(readText(cursor));
    else record.spanId = spanIdOf(readText(cursor));
  }

  /** Most records are not about flags: their attributes are not worth a map. */
  private passAttributes(): void {
    const { cursor } = this;
    const start = cursor.position;
    skipValue(cursor);
    const range = cursor.bytes.subarray(start, cursor.position);
    if (range.includes(TELLING) || range.includes(BACKSLASH)) this.attributesAt = start;
  }

  private attributesFrom(start: number): Attributes {
    let attributes = NO_ATTRIBUTES;
    readFrom(this.cursor, start, () => {
      attributes = this.attributes.read();
    });
    return attributes;
  }
}
