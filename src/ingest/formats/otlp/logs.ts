import type { Attributes } from '../../../domain/telemetry.ts';
import { BACKSLASH } from '../json/json-bytes.ts';
import type { JsonCursor } from '../json/json-cursor.ts';
import { skipValue } from '../json/json-skip.ts';
import { enterObject, nextKey } from '../json/json-structure.ts';
import { readMilliseconds, readText } from '../json/json-values.ts';
import { KeyTable } from '../json/key-table.ts';
import type { AttributeCache } from './attribute-cache.ts';
import { NO_ATTRIBUTES } from './attributes.ts';
import { type Envelope, envelopeLayout, readFrom } from './envelope.ts';
import { flagOutcome, isFlagEvent } from './flag-evaluation.ts';
import { spanIdOf, traceIdOf } from './identifiers.ts';
import type { LineReport } from './line-report.ts';

const LAYOUT = envelopeLayout('scopeLogs', 'logRecords');
const MEMBERS = ['timeUnixNano', 'observedTimeUnixNano', 'eventName', 'attributes', 'traceId', 'spanId'] as const;
const KEYS = new KeyTable(MEMBERS);
const TELLING = Buffer.from('feature_flag', 'latin1');

/** Reads the flag evaluations among the log records of OTLP/JSON; other records are passed over and not counted. */
export class LogsReader {
  private readonly cursor: JsonCursor;
  private readonly report: LineReport;
  private readonly envelope: Envelope;
  private readonly attributes: AttributeCache;
  private timeMs = 0;
  private observedMs = 0;
  private eventName = '';
  private traceId = '';
  private spanId = '';
  /** Where the attributes start, if they may tell about a flag; else -1. */
  private attributesAt = -1;

  constructor(cursor: JsonCursor, report: LineReport, envelope: Envelope, attributes: AttributeCache) {
    this.cursor = cursor;
    this.report = report;
    this.envelope = envelope;
    this.attributes = attributes;
  }

  /** Reads the value of `resourceLogs`. */
  read(): void {
    this.envelope.readAll(LAYOUT, () => this.readRecord());
  }

  private readRecord(): void {
    const { cursor, report } = this;
    this.timeMs = 0;
    this.observedMs = 0;
    this.eventName = '';
    this.traceId = '';
    this.spanId = '';
    this.attributesAt = -1;
    const mistypes = cursor.mistypes;
    if (!enterObject(cursor)) return;
    for (let key = nextKey(cursor, KEYS); key >= 0; key = nextKey(cursor, KEYS)) this.readMember(key);
    if (cursor.failed) return;
    const attributes = this.attributesAt < 0 ? NO_ATTRIBUTES : this.attributesFrom(this.attributesAt);
    const name = this.eventName === '' ? (attributes.get('event.name') ?? '') : this.eventName;
    const mistyped = cursor.mistypes !== mistypes;
    cursor.mistypes = mistypes;
    if (cursor.failed || !isFlagEvent(name)) return;
    report.rows++;
    if (mistyped) {
      report.reject('bad-point', cursor.describeMistype());
    } else this.deliver(attributes);
  }

  private readMember(key: number): void {
    const { cursor } = this;
    const member = MEMBERS[key];
    if (member === 'timeUnixNano') this.timeMs = readMilliseconds(cursor);
    else if (member === 'observedTimeUnixNano') this.observedMs = readMilliseconds(cursor);
    else if (member === 'eventName') this.eventName = readText(cursor);
    else if (member === 'attributes') this.passAttributes();
    else if (member === 'traceId') this.traceId = readText(cursor);
    else this.spanId = readText(cursor);
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

  private deliver(attributes: Attributes): void {
    const { report } = this;
    const outcome = flagOutcome(attributes);
    const timeMs = this.timeMs || this.observedMs;
    if (outcome === null) report.reject('bad-point', 'a flag evaluation names no flag or no variant');
    else if (timeMs === 0) report.reject('missing-time', 'a flag evaluation has no time');
    else {
      report.sink.flagEvaluation({
        timeMs,
        traceId: traceIdOf(this.traceId) ?? '',
        spanId: spanIdOf(this.spanId) ?? '',
        resource: this.envelope.resource,
        flag: outcome.flag,
        variant: outcome.variant,
      });
    }
  }
}
