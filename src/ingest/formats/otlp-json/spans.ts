import { telemetryPlace } from '../../../domain/telemetry-place.ts';
import type { JsonCursor } from '../json/json-cursor.ts';
import { enterObject, nextKey } from '../json/json-structure.ts';
import { readInteger, readMilliseconds, readText } from '../json/json-values.ts';
import { KeyTable } from '../json/key-table.ts';
import { NO_ATTRIBUTES } from '../otlp/attributes.ts';
import { spanIdOf, traceIdOf } from '../otlp/identifiers.ts';
import type { RecordReport, Subject } from '../otlp/record-report.ts';
import { SpanDraft } from '../otlp/span-draft.ts';
import type { AttributeCache } from './attribute-cache.ts';
import { type Envelope, eachElement, envelopeLayout } from './envelope.ts';

const LAYOUT = envelopeLayout('scopeSpans', 'spans');
const SPAN_MEMBERS = [
  'traceId',
  'spanId',
  'parentSpanId',
  'name',
  'kind',
  'startTimeUnixNano',
  'endTimeUnixNano',
  'attributes',
  'events',
  'links',
  'status',
] as const;
const SPAN_KEYS = new KeyTable(SPAN_MEMBERS);
const EVENT_KEYS = new KeyTable(['name', 'attributes']);
const LINK_KEYS = new KeyTable(['traceId', 'spanId']);
const STATUS_KEYS = new KeyTable(['code']);
const FIRST = 0;

/** Reads the spans of OTLP/JSON. */
export class SpansReader implements Subject {
  private readonly cursor: JsonCursor;
  private readonly report: RecordReport;
  private readonly envelope: Envelope;
  private readonly attributes: AttributeCache;
  private readonly draft = new SpanDraft();

  constructor(cursor: JsonCursor, report: RecordReport, envelope: Envelope, attributes: AttributeCache) {
    this.cursor = cursor;
    this.report = report;
    this.envelope = envelope;
    this.attributes = attributes;
  }

  describe(): string {
    return telemetryPlace(`span ${this.draft.name}`, this.envelope.resource);
  }

  /** Reads the value of `resourceSpans`. */
  read(): void {
    this.envelope.readAll(LAYOUT, () => this.readSpan());
  }

  private readSpan(): void {
    const { cursor, report, draft } = this;
    const mistypes = cursor.mistypes;
    draft.clear();
    if (enterObject(cursor)) {
      for (let key = nextKey(cursor, SPAN_KEYS); key >= 0; key = nextKey(cursor, SPAN_KEYS)) this.readMember(key);
    }
    if (cursor.failed) return;
    report.rows++;
    if (cursor.mistypes !== mistypes) {
      cursor.mistypes = mistypes;
      report.reject('bad-span', cursor.describeMistype());
    } else draft.deliver(report, this.envelope.resource);
  }

  private readMember(key: number): void {
    const { cursor, draft } = this;
    switch (SPAN_MEMBERS[key]) {
      case 'traceId':
        draft.traceId = traceIdOf(readText(cursor));
        break;
      case 'spanId':
        draft.spanId = spanIdOf(readText(cursor));
        break;
      case 'parentSpanId':
        draft.parentSpanId = spanIdOf(readText(cursor));
        break;
      case 'name':
        draft.name = readText(cursor);
        break;
      case 'kind':
        draft.kind = readInteger(cursor);
        break;
      case 'startTimeUnixNano':
        draft.startMs = readMilliseconds(cursor);
        break;
      case 'endTimeUnixNano':
        draft.endMs = readMilliseconds(cursor);
        break;
      case 'attributes':
        draft.attributes = this.attributes.read();
        break;
      case 'events':
        eachElement(cursor, () => this.readEvent());
        break;
      case 'links':
        eachElement(cursor, () => this.readLink());
        break;
      default:
        this.readStatus();
    }
  }

  private readEvent(): void {
    const { cursor } = this;
    if (!enterObject(cursor)) return;
    let name = '';
    let attributes = NO_ATTRIBUTES;
    for (let key = nextKey(cursor, EVENT_KEYS); key >= 0; key = nextKey(cursor, EVENT_KEYS)) {
      if (key === FIRST) name = readText(cursor);
      else attributes = this.attributes.read();
    }
    this.draft.addEvent(name, attributes);
  }

  private readLink(): void {
    const { cursor } = this;
    if (!enterObject(cursor)) return;
    let traceId = '';
    let spanId = '';
    for (let key = nextKey(cursor, LINK_KEYS); key >= 0; key = nextKey(cursor, LINK_KEYS)) {
      if (key === FIRST) traceId = readText(cursor);
      else spanId = readText(cursor);
    }
    this.draft.addLink(traceIdOf(traceId), spanIdOf(spanId));
  }

  private readStatus(): void {
    const { cursor } = this;
    if (!enterObject(cursor)) return;
    for (let key = nextKey(cursor, STATUS_KEYS); key >= 0; key = nextKey(cursor, STATUS_KEYS)) {
      this.draft.status = readInteger(cursor);
    }
  }
}
