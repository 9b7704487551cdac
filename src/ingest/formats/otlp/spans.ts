import type { Attributes, SpanKind } from '../../../domain/telemetry.ts';
import type { JsonCursor } from '../json/json-cursor.ts';
import { enterObject, nextKey } from '../json/json-structure.ts';
import { readInteger, readMilliseconds, readText } from '../json/json-values.ts';
import { KeyTable } from '../json/key-table.ts';
import type { AttributeCache } from './attribute-cache.ts';
import { NO_ATTRIBUTES } from './attributes.ts';
import { type Envelope, eachElement, envelopeLayout } from './envelope.ts';
import { flagOutcome, isFlagEvent } from './flag-evaluation.ts';
import { spanIdOf, traceIdOf } from './identifiers.ts';
import type { LineReport } from './line-report.ts';

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
const FAILED = 2;
/** By the protocol's number; 0, unspecified, may be taken for internal (trace.proto). */
const KINDS: readonly SpanKind[] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'];

interface Link {
  readonly traceId: string;
  readonly spanId: string;
}

/** A span while its members come in. */
interface SpanDraft {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: number;
  startMs: number;
  endMs: number;
  status: number;
  attributes: Attributes;
  flags: Map<string, string> | null;
  links: Link[] | null;
}

/** Reads the spans of OTLP/JSON. */
export class SpansReader {
  private readonly cursor: JsonCursor;
  private readonly report: LineReport;
  private readonly envelope: Envelope;
  private readonly attributes: AttributeCache;

  constructor(cursor: JsonCursor, report: LineReport, envelope: Envelope, attributes: AttributeCache) {
    this.cursor = cursor;
    this.report = report;
    this.envelope = envelope;
    this.attributes = attributes;
  }

  /** Reads the value of `resourceSpans`. */
  read(): void {
    this.envelope.readAll(LAYOUT, () => this.readSpan());
  }

  private readSpan(): void {
    const { cursor, report } = this;
    const mistypes = cursor.mistypes;
    const draft = emptyDraft();
    if (enterObject(cursor)) {
      for (let key = nextKey(cursor, SPAN_KEYS); key >= 0; key = nextKey(cursor, SPAN_KEYS))
        this.readMember(key, draft);
    }
    if (cursor.failed) return;
    report.rows++;
    if (cursor.mistypes !== mistypes) {
      cursor.mistypes = mistypes;
      report.reject('bad-span', cursor.describeMistype());
    } else this.deliver(draft);
  }

  private readMember(key: number, draft: SpanDraft): void {
    const { cursor } = this;
    switch (SPAN_MEMBERS[key]) {
      case 'traceId':
        draft.traceId = readText(cursor);
        break;
      case 'spanId':
        draft.spanId = readText(cursor);
        break;
      case 'parentSpanId':
        draft.parentSpanId = readText(cursor);
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
        eachElement(cursor, () => this.readEvent(draft));
        break;
      case 'links':
        eachElement(cursor, () => this.readLink(draft));
        break;
      default:
        this.readStatus(draft);
    }
  }

  private readEvent(draft: SpanDraft): void {
    const { cursor } = this;
    if (!enterObject(cursor)) return;
    let name = '';
    let attributes = NO_ATTRIBUTES;
    for (let key = nextKey(cursor, EVENT_KEYS); key >= 0; key = nextKey(cursor, EVENT_KEYS)) {
      if (key === FIRST) name = readText(cursor);
      else attributes = this.attributes.read();
    }
    const outcome = isFlagEvent(name) ? flagOutcome(attributes) : null;
    if (outcome === null) return;
    draft.flags ??= new Map();
    draft.flags.set(outcome.flag, outcome.variant);
  }

  private readLink(draft: SpanDraft): void {
    const { cursor } = this;
    if (!enterObject(cursor)) return;
    let traceId = '';
    let spanId = '';
    for (let key = nextKey(cursor, LINK_KEYS); key >= 0; key = nextKey(cursor, LINK_KEYS)) {
      if (key === FIRST) traceId = readText(cursor);
      else spanId = readText(cursor);
    }
    draft.links ??= [];
    draft.links.push({ traceId, spanId });
  }

  private readStatus(draft: SpanDraft): void {
    const { cursor } = this;
    if (!enterObject(cursor)) return;
    for (let key = nextKey(cursor, STATUS_KEYS); key >= 0; key = nextKey(cursor, STATUS_KEYS)) {
      draft.status = readInteger(cursor);
    }
  }

  private deliver(draft: SpanDraft): void {
    const { report, envelope } = this;
    const traceId = traceIdOf(draft.traceId);
    const spanId = spanIdOf(draft.spanId);
    const parentSpanId = spanIdOf(draft.parentSpanId);
    const kind = KINDS[draft.kind];
    const { startMs, endMs } = draft;
    if (!traceId || !spanId || parentSpanId === null) report.reject('bad-span', 'an id is missing or not hex');
    else if (kind === undefined) report.reject('bad-span', `kind ${draft.kind} is not known`);
    else if (startMs === 0 || endMs === 0) report.reject('bad-span', 'start or end is missing');
    else if (endMs < startMs) report.reject('bad-span', 'it ends before it starts');
    else {
      report.sink.span({
        traceId,
        spanId,
        parentSpanId,
        kind,
        name: draft.name,
        startMs,
        endMs,
        failed: draft.status === FAILED,
        resource: envelope.resource,
        attributes: draft.attributes,
        flags: draft.flags ?? NO_ATTRIBUTES,
        linkedSpanIds: draft.links === null ? NO_LINKS : linksWithin(traceId, draft.links),
      });
    }
  }
}

const NO_LINKS: readonly string[] = [];

function linksWithin(traceId: string, links: readonly Link[]): readonly string[] {
  const spanIds: string[] = [];
  for (const link of links) {
    const spanId = spanIdOf(link.spanId);
    if (spanId && traceIdOf(link.traceId) === traceId) spanIds.push(spanId);
  }
  return spanIds;
}

function emptyDraft(): SpanDraft {
  return {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    name: '',
    kind: 0,
    startMs: 0,
    endMs: 0,
    status: 0,
    attributes: NO_ATTRIBUTES,
    flags: null,
    links: null,
  };
}
