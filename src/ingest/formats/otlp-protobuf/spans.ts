import type { Attributes } from '../../../domain/telemetry.ts';
import { telemetryPlace } from '../../../domain/telemetry-place.ts';
import { NO_ATTRIBUTES } from '../otlp/attributes.ts';
import { isFlagEvent } from '../otlp/flag-evaluation.ts';
import type { RecordReport, Subject } from '../otlp/record-report.ts';
import { SpanDraft } from '../otlp/span-draft.ts';
import { GatheredBytes } from '../protobuf/gathered-bytes.ts';
import { InternedBytes } from '../protobuf/interned-bytes.ts';
import { FIXED64, LENGTH, type ProtobufCursor, tagOf, VARINT } from '../protobuf/protobuf-cursor.ts';
import { AttributeReader } from './attribute-reader.ts';
import { Envelope } from './envelope.ts';
import { readSpanId, readTraceId } from './identifiers.ts';

const TRACE_ID = tagOf(1, LENGTH);
const SPAN_ID = tagOf(2, LENGTH);
const PARENT_SPAN_ID = tagOf(4, LENGTH);
const NAME = tagOf(5, LENGTH);
const KIND = tagOf(6, VARINT);
const START = tagOf(7, FIXED64);
const END = tagOf(8, FIXED64);
const ATTRIBUTES = tagOf(9, LENGTH);
const EVENTS = tagOf(11, LENGTH);
const LINKS = tagOf(13, LENGTH);
const STATUS = tagOf(15, LENGTH);
const EVENT_NAME = tagOf(2, LENGTH);
const EVENT_ATTRIBUTES = tagOf(3, LENGTH);
const LINK_TRACE_ID = tagOf(1, LENGTH);
const LINK_SPAN_ID = tagOf(2, LENGTH);
const STATUS_CODE = tagOf(3, VARINT);

const ATTRIBUTES_LIMIT = { entries: 1 << 13, bytes: 1 << 22 };

/** Reads the spans of OTLP/protobuf. */
export class SpansReader implements Subject {
  private readonly cursor: ProtobufCursor;
  private readonly report: RecordReport;
  private readonly reader: AttributeReader;
  private readonly envelope: Envelope;
  private readonly draft = new SpanDraft();
  private readonly spanAttributes: GatheredBytes;
  private readonly eventAttributes: GatheredBytes;
  /** Many repeat; of those that carry ids and never do, the oldest make room. */
  private readonly known = new InternedBytes<Attributes>(ATTRIBUTES_LIMIT);

  constructor(cursor: ProtobufCursor, report: RecordReport) {
    this.cursor = cursor;
    this.report = report;
    this.reader = new AttributeReader(cursor);
    this.envelope = new Envelope(cursor, this.reader);
    this.spanAttributes = new GatheredBytes(cursor);
    this.eventAttributes = new GatheredBytes(cursor);
  }

  describe(): string {
    return telemetryPlace(`span ${this.draft.name}`, this.envelope.resource);
  }

  /** Reads a whole ExportTraceServiceRequest or TracesData. */
  read(): void {
    this.envelope.readAll(this.readSpan);
  }

  private readonly readSpan = (): void => {
    const { cursor, draft, spanAttributes } = this;
    draft.clear();
    spanAttributes.clear();
    while (cursor.more) this.readField(cursor.position, cursor.readTag());
    draft.attributes = this.attributesOf(spanAttributes, ATTRIBUTES);
    if (cursor.failed) return;
    this.report.rows++;
    draft.deliver(this.report, this.envelope.resource);
  };

  private readField(at: number, tag: number): void {
    const { cursor, draft } = this;
    switch (tag) {
      case TRACE_ID:
        draft.traceId = readTraceId(cursor);
        break;
      case SPAN_ID:
        draft.spanId = readSpanId(cursor);
        break;
      case PARENT_SPAN_ID:
        draft.parentSpanId = readSpanId(cursor);
        break;
      case NAME:
        draft.name = cursor.readText();
        break;
      case KIND:
        draft.kind = cursor.readInt32();
        break;
      case START:
        draft.startMs = cursor.readMilliseconds();
        break;
      case END:
        draft.endMs = cursor.readMilliseconds();
        break;
      case EVENTS:
        this.readEvent();
        break;
      case LINKS:
        this.readLink();
        break;
      case STATUS:
        this.readStatus();
        break;
      default:
        cursor.skip(tag);
        if (tag === ATTRIBUTES) this.spanAttributes.add(at, cursor.position);
    }
  }

  private readEvent(): void {
    const { cursor, eventAttributes } = this;
    eventAttributes.clear();
    let name = '';
    const holder = cursor.enter();
    while (cursor.more) {
      const at = cursor.position;
      const tag = cursor.readTag();
      if (tag === EVENT_NAME) name = cursor.readText();
      else cursor.skip(tag);
      if (tag === EVENT_ATTRIBUTES) eventAttributes.add(at, cursor.position);
    }
    cursor.leave(holder);
    if (isFlagEvent(name)) this.draft.addEvent(name, this.attributesOf(eventAttributes, EVENT_ATTRIBUTES));
  }

  private readLink(): void {
    const { cursor } = this;
    let traceId: string | null = '';
    let spanId: string | null = '';
    const holder = cursor.enter();
    while (cursor.more) {
      const tag = cursor.readTag();
      if (tag === LINK_TRACE_ID) traceId = readTraceId(cursor);
      else if (tag === LINK_SPAN_ID) spanId = readSpanId(cursor);
      else cursor.skip(tag);
    }
    cursor.leave(holder);
    this.draft.addLink(traceId, spanId);
  }

  private readStatus(): void {
    const { cursor } = this;
    const holder = cursor.enter();
    while (cursor.more) {
      const tag = cursor.readTag();
      if (tag === STATUS_CODE) this.draft.status = cursor.readInt32();
      else cursor.skip(tag);
    }
    cursor.leave(holder);
  }

  private attributesOf(source: GatheredBytes, tag: number): Attributes {
    if (source.length === 0 || this.cursor.failed) return NO_ATTRIBUTES;
    const entry = this.known.read(tag, source, () => this.reader.readAttributes(source, tag));
    return entry < 0 ? NO_ATTRIBUTES : this.known.get(entry);
  }
}
