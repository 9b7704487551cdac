import { isRefused, type StreamKind, type Temporality } from '../../../domain/telemetry.ts';
import { NO_ATTRIBUTES } from '../otlp/attributes.ts';
import { SHAPES, shapeNumber } from '../otlp/metric-rules.ts';
import type { RecordReport } from '../otlp/record-report.ts';
import { StreamOpener } from '../otlp/stream-opener.ts';
import type { GatheredBytes } from '../protobuf/gathered-bytes.ts';
import { InternedBytes, NO_ENTRY } from '../protobuf/interned-bytes.ts';
import type { ProtobufCursor } from '../protobuf/protobuf-cursor.ts';
import { AttributeReader } from './attribute-reader.ts';
import { Envelope, type ScopeListener } from './envelope.ts';

const NAME_LIMIT = { entries: 1 << 16, bytes: 1 << 23 };
const STREAM_LIMIT = { entries: 1 << 18, bytes: 1 << 25 };

/**
 * The streams of a run. What identifies one is a chain of byte strings: resource, scope, name, unit, attributes, each
 * numbered within the one before, so that a known point costs comparisons and no text. The sink, which sorts attributes,
 * answers the same number for the same stream in another spelling, or after it was forgotten here.
 */
export class StreamBook implements ScopeListener {
  readonly envelope: Envelope;
  private readonly attributes: AttributeReader;
  private readonly opener: StreamOpener;
  private readonly streams = new InternedBytes<number>(STREAM_LIMIT);
  private readonly units = new InternedBytes<string>(NAME_LIMIT, this.streams);
  private readonly names = new InternedBytes<string>(NAME_LIMIT, this.units);
  private readonly scopes = new InternedBytes<string>(NAME_LIMIT, this.names);
  private scopeEntry = NO_ENTRY;
  private scope = '';
  private name = '';
  private unit = '';
  private kind: StreamKind = 'gauge';
  private temporality: Temporality = 'instant';
  private monotonic = false;
  /** A number for everything that identifies a stream, except its attributes. */
  private space = 0;
  private streamEntry = NO_ENTRY;
  /** The attributes of a point whose stream is not known yet, as bytes and decoded. */
  private unknown: GatheredBytes | null = null;
  private pending = NO_ATTRIBUTES;

  constructor(cursor: ProtobufCursor, report: RecordReport) {
    this.attributes = new AttributeReader(cursor);
    this.opener = new StreamOpener(report);
    this.envelope = new Envelope(cursor, this.attributes, this, this.scopes);
  }

  beginScope(resourceEntry: number, scope: GatheredBytes): boolean {
    this.scopeEntry = this.scopes.read(resourceEntry, scope, () => this.attributes.readScope(scope));
    if (this.scopeEntry === NO_ENTRY) return false;
    this.scope = this.scopes.get(this.scopeEntry);
    return true;
  }

  beginMetric(
    name: GatheredBytes,
    unit: GatheredBytes,
    kind: StreamKind,
    temporality: Temporality,
    monotonic: boolean,
  ): void {
    const nameEntry = this.names.read(this.scopeEntry, name, () => textOf(name));
    this.name = this.names.get(nameEntry);
    const unitEntry = this.units.read(nameEntry, unit, () => textOf(unit));
    this.unit = this.units.get(unitEntry);
    this.kind = kind;
    this.temporality = temporality;
    this.monotonic = monotonic;
    this.space = unitEntry * SHAPES + shapeNumber(kind, temporality, monotonic);
  }

  /** Looks the attributes of a point up; false, with the cursor failed, where they cannot be decoded. */
  beginPoint(attributes: GatheredBytes, tag: number): boolean {
    this.streamEntry = this.streams.find(this.space, attributes);
    if (this.streamEntry !== NO_ENTRY) return true;
    const decoded = this.attributes.readAttributes(attributes, tag);
    if (decoded === undefined) return false;
    this.unknown = attributes;
    this.pending = decoded;
    return true;
  }

  /** The sink's number for the point at hand. */
  stream(): number {
    return this.streamEntry === NO_ENTRY ? this.open() : this.streams.get(this.streamEntry);
  }

  private open(): number {
    const stream = this.opener.open({
      resource: this.envelope.resource,
      scope: this.scope,
      metric: this.name,
      unit: this.unit,
      kind: this.kind,
      temporality: this.temporality,
      monotonic: this.monotonic,
      attributes: this.pending,
    });
    if (isRefused(stream)) return stream;
    this.pending = NO_ATTRIBUTES;
    this.streamEntry = this.streams.add(this.space, this.unknown!, stream);
    return stream;
  }
}

export function textOf(source: GatheredBytes, mostBytes = source.length): string {
  return source.bytes.toString('utf8', source.start, Math.min(source.end, source.start + mostBytes));
}
